"""A form version as pages, rules and papers read it: sections of items, and which of them a level owes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orgs.choices import Level
from reporting.choices import ValueKind
from reporting.models import Cell, Figure, FormItem, FormVersion, Report, Section
from reporting.rules import TEXT_LIMIT, Entry, Line, Sheet


@dataclass(frozen=True, slots=True)
class Layout:
    """Items of one form version in order, read once."""

    version: FormVersion
    items: tuple[FormItem, ...]

    def owed_at(self, level: int) -> list[FormItem]:
        """Items that a unit of ``level`` types."""
        return [item for item in self.items if level in item.owed_by and item.indicator.is_typed]

    def numeric_owed_at(self, level: int) -> list[FormItem]:
        return [item for item in self.owed_at(level) if item.indicator.is_numeric]

    def registry_items(self) -> list[FormItem]:
        return [item for item in self.items if not item.indicator.is_typed]

    def sections(self) -> list[tuple[Section, list[FormItem]]]:
        """Sections in order, each with its items."""
        grouped: dict[int, tuple[Section, list[FormItem]]] = {}
        for item in self.items:
            grouped.setdefault(item.section_id, (item.section, []))[1].append(item)
        return list(grouped.values())

    def lines(self, level: int) -> list[Line]:
        return [line_of(item, level) for item in self.owed_at(level)]

    def item(self, key: str) -> FormItem | None:
        return next((item for item in self.items if item.indicator.key == key), None)


def layout_of(version: FormVersion) -> Layout:
    """The items of ``version`` with section and indicator. A published version never changes, so that a process reads
    it once."""
    if version.published_at is None:
        return _read(version)
    layout = _published.get(version.pk)
    if layout is None or layout.version.rules != version.rules:
        layout = _published[version.pk] = _read(version)
    return layout


#: Layouts of published versions, by primary key.
_published: dict[int, Layout] = {}


def _read(version: FormVersion) -> Layout:
    items = version.items.select_related("section", "indicator").order_by("section__order", "order")
    return Layout(version, tuple(items))


def line_of(item: FormItem, level: int) -> Line:
    indicator = item.indicator
    return Line(
        key=indicator.key,
        name=indicator.name,
        kind=ValueKind(indicator.value_kind),
        is_flow=indicator.is_flow,
        is_required=level in item.required_at,
        max_length=item.max_length or TEXT_LIMIT,
    )


def entries_of(cells: Iterable[Cell], recorded: Mapping[str, Decimal] | None = None) -> dict[str, Entry]:
    """What stands in the cells, by indicator key, on top of what the ledgers have ``recorded``; ``cell.indicator``
    should be loaded. Where a ledger has a number, nothing typed beside it is 0 more."""
    recorded = recorded or {}
    entries = {key: Entry(value=number, recorded=number) for key, number in recorded.items()}
    for cell in cells:
        part = recorded.get(cell.indicator.key)
        whole = cell.value if part is None else part + (cell.value or 0)
        entries[cell.indicator.key] = Entry(whole, cell.text, cell.explanation, part)
    return entries


def frozen_entries(figures: Iterable[Figure]) -> dict[str, Entry]:
    """What a version froze, by indicator key; ``figure.indicator`` should be loaded."""
    return {
        figure.indicator.key: Entry(figure.value, figure.text, figure.explanation, figure.recorded or None)
        for figure in figures
    }


def sheet_for_rules(
    *, report: Report, layout: Layout, entries: Mapping[str, Entry], past: Mapping[str, Sequence[Decimal]]
) -> Sheet:
    """The report as the rules see it."""
    return Sheet(
        lines=layout.lines(report.level),
        entries=entries,
        relations=layout.version.rules,
        history=past,
    )


def figures_of(version_id: int | None) -> dict[str, Figure]:
    """The frozen figures of a version by indicator key."""
    if version_id is None:
        return {}
    rows = Figure.objects.filter(version=version_id).select_related("indicator")
    return {row.indicator.key: row for row in rows}


def level_label(level: int) -> str:
    return Level(level).label


def as_counted(indicator: Any, value: Decimal | None) -> Decimal | None:
    """The value with the decimals that its kind has: counts none, money two."""
    if value is None:
        return None
    return value.quantize(Decimal("0.01") if indicator.value_kind == ValueKind.MONEY else Decimal(1))


def display_value(indicator: Any, value: Decimal | None) -> str:
    """Digits of a value as the input shows it: counts whole, money with two decimals, nothing for nothing."""
    if value is None:
        return ""
    return f"{value:.2f}" if indicator.value_kind == ValueKind.MONEY else f"{value:.0f}"
