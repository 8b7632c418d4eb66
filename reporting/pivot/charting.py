"""A table as a figure: as many series and categories as can be told apart, of one kind of number."""

from __future__ import annotations

from typing import Any

from reporting.pivot.axes import ALL_PERIODS, Line
from reporting.pivot.measuring import Shown, unit_words
from reporting.pivot.ordering import ordered_rows
from reporting.pivot.question import Axis
from reporting.pivot.table import Pivot

SERIES, CATEGORIES, TILE_ROWS = 8, 40, 40


def chart_of(pivot: Pivot) -> dict[str, Any] | None:
    """Data for ``{% chart %}`` with a ``note`` on what was left out; ``None`` where there is nothing to draw."""
    kind = pivot.question.chart
    whole, others, _sums = ordered_rows(pivot)
    rows = [row for row in (*whole, *others) if row.period != ALL_PERIODS]
    columns = [column for column in pivot.columns if not column.is_total]
    if not kind or not rows or not columns:
        return None
    rows, columns = _alike(pivot, rows, columns)
    by_column = _periods_across(pivot) and kind in ("line", "tiles")
    across, down = (columns, rows) if by_column else (rows, columns)
    most = TILE_ROWS if kind == "tiles" else SERIES
    series = [
        {"name": name, "data": [_value(pivot, line, other, by_column) for other in across[:CATEGORIES]]}
        for name, line in zip(_labels(pivot, down), down[:most], strict=False)
    ]
    cells = [pivot.cell(rows[0], column) for column in columns] + [
        pivot.cell(row, columns[0]) for row in rows
    ]
    words = {unit_words(cell.indicator, cell.measure) for cell in cells}
    drawn_of = {line.indicator.name: None for line in (*rows, *columns) if line.indicator}
    return {
        "type": kind,
        "title": "、".join([*pivot.caption, *list(drawn_of)[:3]]) or "查询结果",
        "categories": _labels(pivot, across[:CATEGORIES]),
        "series": series,
        "unit": words.pop() if len(words) == 1 else "",
        "category_name": "时期" if by_column else pivot.row_heads[-1],
        "note": _note(len(across), len(down), most),
    }


def _alike(pivot: Pivot, rows: list[Line], columns: list[Line]) -> tuple[list[Line], list[Line]]:
    """Of several indicators or measures those of the first one's kind: counts and percentages share no axis."""
    first = pivot.cell(rows[0], columns[0])

    def fits(row: Line, column: Line) -> bool:
        cell = pivot.cell(row, column)
        return cell.measure == first.measure and cell.shown.kind == first.shown.kind

    return [row for row in rows if fits(row, columns[0])], [one for one in columns if fits(rows[0], one)]


def _periods_across(pivot: Pivot) -> bool:
    return Axis.PERIOD in pivot.arrangement.columns


def _labels(pivot: Pivot, lines: list[Line]) -> list[str]:
    """What tells the lines apart; labels that all of them share are left out."""
    told = [line.labels for line in lines]
    if not told or not told[0]:
        return ["".join(pivot.caption[:1]) or "数值"] * len(lines)
    kept = [at for at in range(len(told[0])) if len({labels[at] for labels in told}) > 1] or [
        len(told[0]) - 1
    ]
    return [" ".join(labels[at] for at in kept if labels[at]) for labels in told]


def _value(pivot: Pivot, line: Line, other: Line, by_column: bool) -> float | None:
    row, column = (line, other) if by_column else (other, line)
    return drawn(pivot.cell(row, column).shown)


def drawn(shown: Shown) -> float | None:
    """As the chart takes it: percentages as ratios, points as points."""
    if shown.value is None:
        return None
    return round(float(shown.value) * (100 if shown.kind == "points" else 1), 6)


def _note(across: int, down: int, most: int) -> str:
    left = []
    if down > most:
        left.append(f"只画前{most}个系列，共{down}个")
    if across > CATEGORIES:
        left.append(f"只画前{CATEGORIES}项，共{across}项")
    return "；".join(left)
