"""Typing areas as data: cells that save by themselves, as a grid of units × columns or as one unit's list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from core.errors import Problem


@dataclass(slots=True)
class Entry:
    """One cell to type into. ``report`` and ``key`` say where it is stored, ``revision`` which state was read.

    ``last`` and ``last_year`` stand beside for comparison. A ``fact`` is shown and cannot be typed. ``recorded`` is a
    number that is known already: what is typed comes on top of it.
    """

    report: int
    key: str
    value: Any = None
    revision: int = 0
    explanation: str = ""
    problems: list[Problem] = field(default_factory=list)
    last: Any = None
    last_year: Any = None
    is_fact: bool = False
    is_locked: bool = False
    recorded: Any = None

    @property
    def cell_id(self) -> str:
        """The cell's id on the page."""
        return f"entry-{self.report}-{self.key}"

    @property
    def is_readonly(self) -> bool:
        return self.is_fact or self.is_locked

    @property
    def state(self) -> str:
        if any(problem.is_error for problem in self.problems):
            return "error"
        if self.problems:
            return "explained" if self.explanation else "warning"
        return ""


@dataclass(frozen=True, slots=True)
class EntryColumn:
    """The head of a grid's column, or the label of a list's line."""

    key: str
    label: str
    unit: str = ""
    kind: Literal["count", "money"] = "count"
    hint: str = ""
    is_summed: bool = True


@dataclass(slots=True)
class EntryRow:
    """One unit of a grid."""

    label: str
    entries: list[Entry]
    note: str = ""


@dataclass(slots=True)
class EntryGrid:
    """Units × columns; each row's entries stand in the order of the columns.

    With ``row_sum_keys`` a last column sums those of each row, under ``row_sum_label``.
    """

    columns: list[EntryColumn]
    rows: list[EntryRow]
    row_head: str = "单位"
    caption: str = ""
    row_sum_label: str = ""
    row_sum_keys: tuple[str, ...] = ()

    @property
    def lines(self) -> list[tuple[EntryRow, list[tuple[EntryColumn, Entry]]]]:
        return [(row, list(zip(self.columns, row.entries, strict=True))) for row in self.rows]


@dataclass(slots=True)
class EntrySection:
    """A titled run of one unit's own lines."""

    title: str
    lines: list[tuple[EntryColumn, Entry]]
