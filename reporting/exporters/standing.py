"""The comparison of units as a sheet: the rows that the page shows."""

from __future__ import annotations

from typing import Any

from core import formats
from core.xlsx import XLSX, SheetColumn, add_sheet, new_book
from files.registry import Built, Exporter, Progress, register_exporter
from orgs.choices import Level
from reporting.papers.asking import asked, day_asked, may_have, title_of, tree_words
from reporting.papers.edition import edition_of
from reporting.rollup import THEN, Lens
from reporting.selectors.standing import MEASURES, read_standing

KIND = "reporting.standing"
TITLE = "单位对比"
COLUMNS = [
    SheetColumn("单位", width=24),
    SheetColumn("本期", "percent", 12),
    SheetColumn("环比（百分点）", "number", 14),
    SheetColumn("同比（百分点）", "number", 14),
    SheetColumn("目标", "percent", 12),
    SheetColumn("进度", width=14),
    SheetColumn("与平均相差（百分点）", "number", 18),
]


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    cycle, unit = asked(params)
    measure = params.get("measure") if params.get("measure") in MEASURES else next(iter(MEASURES))
    lens = Lens.now() if params.get("lens") == "now" else THEN
    found = read_standing(cycle, unit, str(measure), lens=lens, on=day_asked(params))
    edition = edition_of(cycle, unit)
    words = "以往的数据归到现行区划的单位" if lens.day else tree_words(params)
    book = new_book()
    add_sheet(
        book,
        TITLE,
        COLUMNS,
        (
            (
                each.name,
                None if each.rate is None else float(each.rate),
                _points(each.on_month),
                _points(each.on_year),
                float(each.target.goal.value) / 100 if each.target else None,
                each.target.pace.label if each.target else "",
                _points(each.against_sisters),
            )
            for each in found.places
        ),
        title=f"{unit.display_name}{cycle.label}{found.label}对比",
        notes=[f"截至{formats.day(found.as_of)}；导出人：{user.actor_label}", *([words] if words else [])],
    )
    book.save(path)
    return Built(edition.file_name(TITLE, "xlsx"), edition.record("—") | {"行数": len(found.places)})


def _points(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)


EXPORTER = Exporter(
    kind=KIND,
    title=lambda params: title_of(params, TITLE),
    allowed=lambda user, params: may_have(user, params, deepest=Level.CITY),
    build=_build,
    content_type=XLSX,
)


def register_standing_sheet() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
