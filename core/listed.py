"""The columns of a list as the columns of a sheet: a file says in each cell what the page says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from core.tables import Column, raw_value
from core.xlsx import Kind, SheetColumn

_KINDS: dict[str, Kind] = {
    "number": "number",
    "money": "money",
    "percent": "percent",
    "day": "day",
    "moment": "moment",
}
_WIDTHS = {"name": 34.0, "day": 13.0, "moment": 18.0, "number": 10.0, "pill": 14.0}
_WIDTH = 22.0


def sheet_columns(columns: Iterable[Column]) -> list[SheetColumn]:
    """Columns of a sheet for those of a list; numbers and days stay numbers and days."""
    return [
        SheetColumn(column.label, _KINDS.get(column.kind, "text"), _WIDTHS.get(column.kind, _WIDTH))
        for column in columns
    ]


def sheet_rows(columns: Sequence[Column], records: Iterable[Any]) -> Iterator[list[Any]]:
    """The cells of ``records``, one list a row."""
    for record in records:
        yield [_cell(column, record) for column in columns]


def _cell(column: Column, record: Any) -> Any:
    value = raw_value(column, record)
    if column.kind == "pill":
        return value[0] if value else ""
    if isinstance(value, Fraction):
        return float(value)
    return value if column.kind in _KINDS or value is None else str(value)
