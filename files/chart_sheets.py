"""The table behind a chart as a workbook: what the page itself showed, given back."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from core.errors import DomainError
from core.json_text import read_json
from core.xlsx import SheetColumn, add_sheet, new_book

#: A chart that can be read has fewer.
SERIES, CATEGORIES, CHARACTERS = 60, 400, 400_000
UNREADABLE = "图表数据不完整，请刷新页面后重试。"


@dataclass(frozen=True, slots=True)
class ChartData:
    """What ``{% chart %}`` draws: one line a category, one column a series."""

    unit: str
    category_name: str
    categories: list[str]
    series: list[tuple[str, list[Any]]]


def read_chart(text: str) -> ChartData:
    """From the JSON that the page holds; raises :class:`DomainError` for what no chart of ours says."""
    if len(text) > CHARACTERS:
        raise DomainError.of("chart_too_large", "图表数据过多，请到导出中心下载明细。")
    try:
        data = read_json(text)
        found = ChartData(
            unit=str(data.get("unit") or ""),
            category_name=str(data.get("category_name") or "项目"),
            categories=[str(one) for one in data["categories"]],
            series=[(str(one["name"]), list(one["data"])) for one in data["series"]],
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DomainError.of("bad_chart", UNREADABLE) from error
    if len(found.categories) > CATEGORIES or len(found.series) > SERIES:
        raise DomainError.of("chart_too_large", "图表数据过多，请到导出中心下载明细。")
    return found


def write_chart(title: str, chart: ChartData, *, note: str) -> BytesIO:
    """One sheet; text stays text, percentages are numbers in their format."""
    is_percent = chart.unit == "%"
    columns = [SheetColumn(chart.category_name, width=24)]
    columns += [
        SheetColumn(name, "percent" if is_percent else "number", 16) for name, _values in chart.series
    ]
    rows = [
        [label, *(_number(values[place]) if place < len(values) else None for _name, values in chart.series)]
        for place, label in enumerate(chart.categories)
    ]
    book = new_book()
    unit = f"（单位：{chart.unit}）" if chart.unit and not is_percent else ""
    add_sheet(book, "数据", columns, rows, title=f"{title}{unit}", notes=[note])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _number(value: Any) -> float | int | str | None:
    if value is None or isinstance(value, int | float):
        return value
    return str(value)
