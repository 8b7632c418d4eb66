"""A table of a paper: columns, lines and cells, the same object for workbook, PDF and docx."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from core import formats

Kind = Literal[
    "text", "long", "index", "number", "money", "percent", "points", "change", "rank", "day", "moment"
]
Role = Literal["whole", "part", "pilot", "zone", "own", "band"]
Value = str | int | Decimal | Fraction | dt.date | dt.datetime | None
#: Stands in place of a flow that was not accepted; a state from an earlier month bears the same star.
NOT_COUNTED = "未计入*"
STAR = "*"
REGISTRY_SOURCE = "台账数由平台按统计期末已登记的情况计算"
TYPED_SOURCE = "填报数取自各单位月报"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value; ``kind`` where it differs from its column's, ``mark`` a star behind the figure."""

    value: Value = None
    kind: Kind | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """``label`` under ``group`` where heads have two levels; ``is_summed`` where the whole is the sum of its parts."""

    label: str
    kind: Kind = "number"
    group: str = ""
    width: float = 10.0
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    role: Role
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class PaperTable:
    """``name`` is the sheet's. ``paper`` is the size it is printed on, always landscape in the workbook;
    ``source`` says where its figures come from."""

    name: str
    title: str
    columns: list[Column]
    lines: list[Line]
    notes: list[str] = field(default_factory=list)
    paper: Literal["A4", "A3"] = "A4"
    label_columns: int = 2
    source: str = ""

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Neighbouring columns of one group with their number; a column without group stands alone as ``""``."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return found

    @property
    def has_groups(self) -> bool:
        return any(column.group for column in self.columns)

    def rows(self) -> Iterator[list[str]]:
        """Every line as people read it."""
        for line in self.lines:
            yield [shown(cell, column) for cell, column in zip(line.cells, self.columns, strict=False)]


def decimal_of(value: Value) -> Decimal | None:
    """A figure as Decimal; text and days have none."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    return None


def shown(cell: Cell, column: Column) -> str:
    """A cell as it stands on paper and screen: separators, one decimal for rates, “—” for nothing."""
    kind = cell.kind or column.kind
    value = cell.value
    if isinstance(value, str):
        return value
    if value is None:
        return "" if kind in ("text", "long", "index") else formats.ABSENT
    return _written(kind, value) + cell.mark


def _written(kind: Kind, value: Any) -> str:
    number = decimal_of(value)
    match kind:
        case "percent":
            return formats.percent(number)
        case "change":
            return f"{formats.signed(None if number is None else number * 100, 1)}%"
        case "points":
            return formats.signed(number, 1)
        case "money":
            return formats.number(number, 2)
        case "day":
            return formats.day(value)
        case "moment":
            return formats.moment(value)
        case "text" | "long" | "index":
            return str(value)
    return formats.number(number, 0)


def band(text: str, columns: int) -> Line:
    """A line across the table that heads what follows."""
    return Line("band", (Cell(text, "text"), *(Cell("", "text") for _ in range(columns - 1))))


def ranks(values: Iterable[Fraction | None]) -> list[int | None]:
    """Competition ranks 1, 1, 3, highest first; ``None`` has none."""
    known = list(values)
    ordered = sorted((value for value in known if value is not None), reverse=True)
    return [None if value is None else ordered.index(value) + 1 for value in known]
