"""The table as the page shows it: heads merged, one page of rows, each number with its way down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from django.core.paginator import Page, Paginator

from reporting.pivot.axes import Line
from reporting.pivot.notes import Reasons, basis_words
from reporting.pivot.ordering import may_sort, ordered_rows
from reporting.pivot.table import Cell, Pivot, named

ROWS = 100


@dataclass(frozen=True, slots=True)
class Head:
    """One cell above the table; the innermost may be sorted by."""

    label: str
    span: int = 1
    sort: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    href: str = ""
    note: int = 0
    reason: str = ""
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    labels: tuple[str, ...]
    cells: list[ShownCell]
    css: str = ""


@dataclass(slots=True)
class Screen:
    pivot: Pivot
    heads: list[list[Head]]
    rows: list[ShownRow]
    page: Page
    notes: list[str] = field(default_factory=list)
    reasons: list[tuple[int, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.page.paginator.count


def screen_of(pivot: Pivot, page: str | None, way: Callable[[Cell], str]) -> Screen:
    """One page of ``pivot``; ``way`` tells the address behind a cell, empty where it leads nowhere."""
    whole, others, sums = ordered_rows(pivot)
    held = Paginator(others, ROWS).get_page(page)
    reasons = Reasons()

    def shown(row: Line, css: str = "") -> ShownRow:
        return ShownRow(row.labels, [_shown(cell, way, reasons) for cell in pivot.cells(row)], css)

    rows = [
        *(shown(row, "pivot-whole") for row in whole),
        *(shown(row) for row in held),
        *(shown(row, "pivot-sum") for row in sums),
    ]
    return Screen(pivot, heads_of(pivot), rows, held, basis_words(pivot), reasons.listed())


def _shown(cell: Cell, way: Callable[[Cell], str], reasons: Reasons) -> ShownCell:
    shown = cell.shown
    if shown.value is None:
        return ShownCell(shown.text, note=reasons.number(shown.reason), reason=shown.reason)
    return ShownCell(shown.text, href=way(cell), is_stale=shown.is_stale)


def column_labels(pivot: Pivot) -> list[tuple[str, ...]]:
    """The labels of each column from the outside in, with what it is counted in; one word where there is none."""
    found = []
    for column in pivot.columns:
        labels = column.labels
        if column.indicator is not None:
            measure = column.measure or pivot.question.measures[0]
            words = named(column.indicator, measure)
            labels = tuple(words if label == column.indicator.name else label for label in labels)
        found.append(labels or ("数值",))
    return found


def heads_of(pivot: Pivot) -> list[list[Head]]:
    """Rows of heads from the outside in; neighbours with the same labels above share one."""
    labels = column_labels(pivot)
    depth = len(labels[0]) if labels else 0
    lines: list[list[Head]] = []
    for level in range(depth - 1):
        runs = groupby(labels, key=lambda one: one[: level + 1])
        lines.append([Head(key[-1], span=len(list(held))) for key, held in runs])
    lines.append([_leaf(pivot, label[-1], at) for at, label in enumerate(labels, start=1)])
    return lines


def _leaf(pivot: Pivot, label: str, at: int) -> Head:
    if not may_sort(pivot):
        return Head(label)
    asked = pivot.question.sort
    sorted_ = {str(at): "ascending", str(-at): "descending"}.get(asked, "")
    wanted = str(at) if asked == str(-at) else str(-at)
    return Head(label, sort=pivot.question.changed(sort=wanted).query(), sorted=sorted_)
