"""Lists as data: columns that know how to read, write and sort a row; ``{% table %}`` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpRequest

from core import formats

Kind = Literal["text", "name", "number", "money", "percent", "amount", "day", "moment", "pill"]

_writers: dict[str, Callable[[Any], Any]] = {
    "number": formats.number,
    "money": lambda value: formats.number(value, 2),
    "percent": formats.percent,
    "day": formats.day,
    "moment": formats.moment,
}
_numeric = {"number", "money", "percent", "amount"}
_dated = {"day", "moment"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key (attribute, key or dotted path of the row), head and kind.

    An ``amount`` is a figure that comes written, with its unit. ``value`` computes instead of the key; ``link`` gives
    the address behind a cell. ``sort`` names the field that the list may be ordered by. A ``pill`` column's value is ``(label, tone)`` or ``(label, tone, icon)``.
    Where columns may be chosen, an ``is_fixed`` one always stays and an ``is_extra`` one is shown on demand.
    """

    key: str
    label: str
    kind: Kind = "text"
    value: Callable[[Any], Any] | None = None
    link: Callable[[Any], str | None] | None = None
    sort: str | None = None
    hint: str = ""
    is_fixed: bool = False
    is_extra: bool = False

    @property
    def is_numeric(self) -> bool:
        return self.kind in _numeric

    @property
    def is_dated(self) -> bool:
        return self.kind in _dated


#: Whether a kind, an occupation or a day may still be chosen.
IN_USE = Column(
    "is_active",
    "状态",
    "pill",
    value=lambda row: ("启用", "success") if row.is_active else ("停用", "neutral"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: Any
    href: str | None = None


@dataclass(slots=True)
class Row:
    record: Any
    cells: list[Cell]

    @property
    def mark(self) -> str:
        """The record's key, for the box of a table that selects."""
        return str(_read(self.record, "pk") or "")

    @property
    def label(self) -> str:
        """What the box is called."""
        return str(self.record)


@dataclass(slots=True)
class Table:
    """Columns and rows ready for ``{% table %}``. ``layout`` on a narrow screen: ``cards`` or ``scroll``.

    With ``selects``, each row has a box of that name whose value is the record's key; the table then stands in a form.
    """

    columns: list[Column]
    rows: list[Row]
    caption: str = ""
    empty: str = "暂无记录"
    empty_hint: str = ""
    order: str = ""
    layout: Literal["cards", "scroll"] = "cards"
    selects: str = ""
    heads: list[dict[str, Any]] = field(default_factory=list)


def order_of(request: HttpRequest, columns: Iterable[Column], default: str = "") -> str:
    """The ``?sort=`` of the request when a column allows it, else ``default``; fit for ``order_by``."""
    asked = request.GET.get("sort", "")
    allowed = {column.sort for column in columns if column.sort}
    return asked if asked.removeprefix("-") in allowed else default


def build(
    records: Iterable[Any],
    columns: Iterable[Column],
    *,
    request: HttpRequest | None = None,
    order: str = "",
    **options: Any,
) -> Table:
    """A table of ``records`` (one page of them, already ordered); ``options`` are those of :class:`Table`."""
    columns = list(columns)
    rows = [Row(record, [_cell(column, record) for column in columns]) for record in records]
    heads = [_head(column, request, order) for column in columns]
    return Table(columns=columns, rows=rows, order=order, heads=heads, **options)


def raw_value(column: Column, record: Any) -> Any:
    """What stands in a cell, before it is written for people."""
    return column.value(record) if column.value else _read(record, column.key)


def _cell(column: Column, record: Any) -> Cell:
    raw = raw_value(column, record)
    href = column.link(record) if column.link else None
    if column.kind == "pill":
        label, tone, icon = (*raw, "")[:3] if raw else ("", "neutral", "")
        return Cell(column, {"label": label, "tone": tone, "icon": icon}, href)
    written = _writers[column.kind](raw) if column.kind in _writers else raw
    return Cell(column, formats.ABSENT if written in (None, "") else written, href)


def _read(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = record.get(part) if isinstance(record, dict) else getattr(record, part, None)
        if callable(record):
            record = record()
    return record


def _head(column: Column, request: HttpRequest | None, order: str) -> dict[str, Any]:
    head: dict[str, Any] = {"column": column, "sorted": "", "url": ""}
    if column.sort is None or request is None:
        return head
    direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(order, "")
    query = request.GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{column.sort}" if direction == "ascending" else column.sort
    return head | {"sorted": direction, "url": f"?{query.urlencode()}"}
