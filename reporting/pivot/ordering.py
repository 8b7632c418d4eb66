"""Rows in the order asked for: the whole first, sums last, those between by one column where the question says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from reporting.pivot.axes import Line
from reporting.pivot.question import Axis
from reporting.pivot.table import Pivot


def may_sort(pivot: Pivot) -> bool:
    """Rows are sorted where each is one unit."""
    return pivot.arrangement.rows == (Axis.UNIT,)


def ordered_rows(pivot: Pivot) -> tuple[list[Line], list[Line], list[Line]]:
    """The whole, the others, the sums."""
    whole = [row for row in pivot.rows if not row.is_total and row.place is not None and row.place.is_whole]
    sums = [row for row in pivot.rows if row.is_total]
    taken = {id(row) for row in (*whole, *sums)}
    others = [row for row in pivot.rows if id(row) not in taken]
    if len(pivot.rows) == len(whole):
        whole, others = [], whole
    at = abs(int(pivot.question.sort or 0))
    if may_sort(pivot) and 0 < at <= len(pivot.columns):
        others = _sorted(pivot, others, at - 1, is_down=pivot.question.sort.startswith("-"))
    return whole, others, sums


def _sorted(pivot: Pivot, rows: list[Line], at: int, *, is_down: bool) -> list[Line]:
    """By one column's values; rows without one stand last either way."""
    column = pivot.columns[at]
    valued: list[tuple[Any, Line]] = []
    absent: list[Line] = []
    for row in rows:
        value = pivot.cell(row, column).shown.value
        if value is None:
            absent.append(row)
        else:
            valued.append((Fraction(value), row))
    valued.sort(key=lambda pair: pair[0], reverse=is_down)
    return [row for _value, row in valued] + absent
