"""Choices and tables of a form summed over a unit: counts per option, rows added up by their key; and who said what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from orgs.models import OrgUnit
from reporting.answers import Column, Shape, column_sum, rows_of, written_answer, written_plain
from reporting.choices import Space, ValueKind
from reporting.models import Cycle, Figure, FormItem
from reporting.rollup import THEN, Basis, Lens, reports_within
from reporting.rollup.answers import choice_counts, table_totals
from reporting.selectors.layout import layout_of, shape_of

CHOSEN = (ValueKind.CHOICE, ValueKind.CHOICES)


@dataclass(frozen=True, slots=True)
class OptionTotal:
    key: str
    name: str
    count: int
    answered: int

    @property
    def share(self) -> Decimal | None:
        """Of the reports that answered at all, as a ratio."""
        return Decimal(self.count) / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class ChoiceTotal:
    item: FormItem
    answered: int
    options: list[OptionTotal]


@dataclass(frozen=True, slots=True)
class KeyTotal:
    """All rows with one key; ``sums`` stand in the order of the table's numeric columns."""

    key: str
    name: str
    rows: int
    units: int
    sums: list[Decimal | None]


@dataclass(frozen=True, slots=True)
class TableTotal:
    item: FormItem
    columns: list[Column]
    rows: list[KeyTotal]

    @property
    def whole(self) -> list[Decimal]:
        return [
            sum((row.sums[place] or Decimal(0) for row in self.rows), Decimal(0))
            for place in range(len(self.columns))
        ]

    @property
    def row_count(self) -> int:
        return sum(row.rows for row in self.rows)


def answer_totals(
    cycle: Cycle, unit: OrgUnit, basis: Basis, lens: Lens = THEN
) -> tuple[list[ChoiceTotal], list[TableTotal]]:
    """Every choice and every table of the cycle's form that is rolled up, for ``unit`` and all below it."""
    items = [item for item in layout_of(cycle.form_version).items if item.indicator.space == Space.SUM]
    choices = [item for item in items if item.indicator.value_kind in CHOSEN]
    tables = [item for item in items if item.indicator.value_kind == ValueKind.TABLE]
    keys = [item.indicator.key for item in choices]
    counts = choice_counts(cycle, keys, basis=basis, within=unit, lens=lens) if keys else {}
    shown = []
    for item in choices:
        found = counts[item.indicator.key]
        options = [
            OptionTotal(option.key, option.name, found.options.get(option.key, 0), found.answered)
            for option in shape_of(item).options
        ]
        shown.append(ChoiceTotal(item, found.answered, options))
    return shown, [_table(cycle, item, basis, unit, lens) for item in tables]


def _table(cycle: Cycle, item: FormItem, basis: Basis, unit: OrgUnit, lens: Lens) -> TableTotal:
    shape = shape_of(item)
    numeric = [column for column in shape.columns if column.is_numeric]
    rows = [
        KeyTotal(
            row.key,
            _key_name(shape, row.key),
            row.rows,
            row.units,
            [row.sums.get(column.key) for column in numeric],
        )
        for row in table_totals(cycle, item, basis=basis, within=unit, lens=lens)
    ]
    return TableTotal(item, numeric, rows)


def _key_name(shape: Shape, key: str) -> str:
    column = shape.key_column
    return written_plain(key, column.kind, column.options) if column and key else key or "（未填）"


def key_words(shape: Shape, chosen: str) -> str:
    """An option, or the key of a table's rows, as people read it."""
    if shape.kind == ValueKind.TABLE:
        return _key_name(shape, chosen)
    return written_plain(chosen, shape.kind, shape.options)


@dataclass(frozen=True, slots=True)
class Said:
    """What one report answered; of a table the rows asked for and what its numbers add up to."""

    report_id: int
    unit_name: str
    words: str
    rows: int


def answers_said(
    cycle: Cycle, unit: OrgUnit, item: FormItem, basis: Basis, *, chosen: str = "", lens: Lens = THEN
) -> QuerySet[Figure]:
    """The frozen answers behind a total, in code order; those that took an option, or have a row with a key."""
    version = "live_version" if basis == Basis.LIVE else "official_version"
    found = (
        Figure.objects.filter(
            indicator=item.indicator,
            version__report__cycle=cycle,
            version__report__in=reports_within(cycle, unit, lens),
            **{f"version__report__{version}": F("version_id")},
        )
        .exclude(text="")
        .select_related("version__report__unit")
        .order_by("version__report__unit__division_code")
    )
    if not chosen:
        return found
    if item.indicator.value_kind == ValueKind.TABLE:
        column = shape_of(item).key_column
        kept = f'"{column.key}": {json.dumps(chosen, ensure_ascii=False)}' if column else ""
        return found.filter(text__contains=kept)
    alone, first, last, within = chosen, f"{chosen},", f",{chosen}", f",{chosen},"
    return found.filter(
        Q(text=alone) | Q(text__startswith=first) | Q(text__endswith=last) | Q(text__contains=within)
    )


def said(figure: Figure, shape: Shape, chosen: str = "") -> Said:
    """One report's answer as the page lists it."""
    report = figure.version.report
    rows = rows_of(figure.text) if shape.kind == ValueKind.TABLE else []
    key = shape.key_column
    if chosen and key is not None:
        rows = [row for row in rows if row.get(key.key) == chosen]
    if shape.kind != ValueKind.TABLE:
        return Said(report.pk, report.unit_name, written_answer(figure.text, shape), 0)
    sums = [
        f"{column.name} {column_sum(rows, column.key):,f}" for column in shape.columns if column.is_numeric
    ]
    return Said(report.pk, report.unit_name, "，".join([f"{len(rows)} 行", *sums]), len(rows))
