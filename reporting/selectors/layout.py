"""A form version as pages, rules and papers read it: sections of items, and which of them a level owes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from orgs.choices import Level
from reporting.answers import Column, Shape, digits, options_of
from reporting.choices import Source, ValueKind
from reporting.expressions import Node, evaluate, read, registry_keys, say
from reporting.models import Cell, Figure, FormItem, FormVersion, Indicator, Report, Section
from reporting.rules.filling import TEXT_LIMIT, Entry, Line, Relation, Sheet, relation_of, scene_of
from reporting.selectors.beside import Beside
from reporting.selectors.history import History


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

    def needed_at(self, level: int) -> list[FormItem]:
        """What must stand in the cells before a report goes up: figures, and the rest where it is required."""
        return [
            item
            for item in self.owed_at(level)
            if item.indicator.is_numeric
            or (level in item.required_at and item.indicator.value_kind != ValueKind.FILE)
        ]

    def computed_at(self, level: int) -> list[FormItem]:
        """Items that a formula gives for a unit of ``level``."""
        return [item for item in self.items if level in item.owed_by and item.indicator.is_computed]

    def kept_at(self, level: int) -> dict[str, Indicator]:
        """What a version of a report of ``level`` keeps: what is typed and what is computed from it."""
        return {
            item.indicator.key: item.indicator
            for item in self.items
            if level in item.owed_by and item.indicator.is_reported
        }

    def registry_items(self) -> list[FormItem]:
        return [item for item in self.items if item.indicator.source == Source.REGISTRY]

    def files_wanted_at(self, level: int) -> list[str]:
        """Heaps that must not stay empty."""
        return [
            item.indicator.key
            for item in self.owed_at(level)
            if item.indicator.value_kind == ValueKind.FILE and item.file_count and level in item.required_at
        ]

    def registry_words(self) -> set[str]:
        """The registry's figures that the form's rules ask for."""
        return {key for rule in self.version.rules for key in registry_keys(relation_of(rule).demand)}

    def sections(self) -> list[tuple[Section, list[FormItem]]]:
        """Sections in order, each with its items."""
        grouped: dict[int, tuple[Section, list[FormItem]]] = {}
        for item in self.items:
            grouped.setdefault(item.section_id, (item.section, []))[1].append(item)
        return list(grouped.values())

    def lines(self, level: int) -> list[Line]:
        """What a unit of ``level`` answers, what is computed from it last."""
        return [line_of(item, level) for item in (*self.owed_at(level), *self.computed_at(level))]

    def completed(self, entries: Mapping[str, Entry], level: int) -> dict[str, Entry]:
        """``entries`` with what the formulas give; what cannot be worked out yet is empty."""
        found = dict(entries)
        computed = self.computed_at(level)
        if computed:
            typed = [line_of(item, level) for item in self.owed_at(level)]
            scene = scene_of(Sheet(lines=typed, entries=entries))
            for item in computed:
                result = evaluate(formula_of(item), scene)
                number = as_ratio(item.indicator, result) if isinstance(result, Decimal) else None
                found[item.indicator.key] = Entry(value=number)
        return found

    @property
    def names(self) -> dict[str, str]:
        """Names by key as formulas and rules are said in; columns of tables as ``item.column``."""
        found = {item.indicator.key: item.indicator.name for item in self.items}
        for item in self.items:
            for column in shape_of(item).columns:
                found[f"{item.indicator.key}.{column.key}"] = f"{item.indicator.name}·{column.name}"
        return found

    def said(self, item: FormItem) -> str:
        """A computed item's formula in words."""
        return say(formula_of(item), self.names)

    def rules_said(self) -> list[tuple[Relation, str]]:
        """Every rule of the version, with its demand in words."""
        names = self.names
        relations = [relation_of(rule) for rule in self.version.rules]
        return [(relation, say(relation.demand, names)) for relation in relations]

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
    items = (
        version.items.select_related("section", "indicator")
        .prefetch_related("columns")
        .order_by("section__order", "order")
    )
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
        minimum=item.minimum,
        maximum=item.maximum,
        file_count=item.file_count,
        columns=shape_of(item).columns,
        is_computed=indicator.is_computed,
    )


def shape_of(item: FormItem) -> Shape:
    """What may be answered to an item; its columns should be loaded."""
    kind = ValueKind(item.indicator.value_kind)
    columns: tuple[Column, ...] = ()
    if kind == ValueKind.TABLE:
        columns = tuple(
            Column(
                key=column.key,
                name=column.name,
                kind=ValueKind(column.value_kind),
                unit=column.unit_label,
                is_key=column.is_key,
                is_required=column.is_required,
                options=options_of(column.options),
            )
            for column in item.columns.all()
        )
    return Shape(kind, options_of(item.options), columns)


@lru_cache(maxsize=500)
def _formula(text: str) -> Node:
    return read(text)


def formula_of(item: FormItem) -> Node:
    return _formula(item.formula)


def as_ratio(indicator: Indicator, number: Decimal) -> Decimal:
    """A formula's result as it is kept: of a ratio the percentage, with two decimals at most."""
    scale = 100 if indicator.value_kind == ValueKind.RATIO else 1
    return (number * scale).quantize(Decimal(1) if indicator.places == 0 else Decimal("0.01"))


def entries_of(cells: Iterable[Cell], recorded: Mapping[str, Decimal] | None = None) -> dict[str, Entry]:
    """What stands in the cells, by indicator key, on top of what the ledgers have ``recorded``; ``cell.indicator``
    should be loaded."""
    return entries_typed(
        ((cell.indicator.key, cell.value, cell.text, cell.explanation) for cell in cells), recorded
    )


def entries_typed(
    typed: Iterable[tuple[str, Decimal | None, str, str]], recorded: Mapping[str, Decimal] | None = None
) -> dict[str, Entry]:
    """The same of what was typed: key, value, text and explanation. Where a ledger has a number, nothing typed beside
    it is 0 more."""
    recorded = recorded or {}
    entries = {key: Entry(value=number, recorded=number) for key, number in recorded.items()}
    for key, value, text, explanation in typed:
        part = recorded.get(key)
        whole = value if part is None else part + (value or 0)
        entries[key] = Entry(whole, text, explanation, part)
    return entries


def frozen_entries(figures: Iterable[Figure]) -> dict[str, Entry]:
    """What a version froze, by indicator key; ``figure.indicator`` should be loaded."""
    return {
        figure.indicator.key: Entry(figure.value, figure.text, figure.explanation, figure.recorded or None)
        for figure in figures
    }


def sheet_for_rules(
    *,
    report: Report,
    layout: Layout,
    entries: Mapping[str, Entry],
    history: History,
    beside: Beside,
) -> Sheet:
    """The report as the rules see it, formulas worked out."""
    return Sheet(
        lines=layout.lines(report.level),
        entries=layout.completed(entries, report.level),
        relations=layout.version.rules,
        history=history.past,
        last=history.last_month,
        last_year=history.last_year,
        registry=beside.registry,
        files=beside.files,
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
    """The value with the decimals that its kind has: counts none, the others two."""
    if value is None:
        return None
    return value.quantize(Decimal("0.01") if indicator.places else Decimal(1))


def display_value(indicator: Any, value: Decimal | None) -> str:
    """Digits of a value as the input shows it: counts whole, money with two decimals, nothing for nothing."""
    if value is None:
        return ""
    if indicator.value_kind == ValueKind.DECIMAL:
        return digits(value)
    return f"{value:.2f}" if indicator.places else f"{value:.0f}"
