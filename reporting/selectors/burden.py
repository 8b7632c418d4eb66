"""What a form costs those who fill it in: minutes a year, estimated from its cells and measured from real filling.

The estimate counts a figure at half a minute, a text at eight; the measure adds up the pauses of at most five minutes
between the cells of a report as they were last saved, so that what was typed and left to lie does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from orgs.choices import Level
from reporting.choices import Rhythm, ValueKind
from reporting.models import Collection, Form, FormItem, Report
from reporting.selectors.layout import layout_of

MINUTES = {
    ValueKind.COUNT: Decimal("0.5"),
    ValueKind.DECIMAL: Decimal("0.5"),
    ValueKind.MONEY: Decimal("0.5"),
    ValueKind.CHOICE: Decimal("0.25"),
    ValueKind.CHOICES: Decimal("0.5"),
    ValueKind.DATE: Decimal("0.25"),
    ValueKind.TEXT: Decimal(8),
    ValueKind.FILE: Decimal(3),
}
#: Rows that a table is reckoned to have.
ROWS_RECKONED = 5
PERIODS = {Rhythm.MONTH: 12, Rhythm.QUARTER: 4, Rhythm.HALF: 2, Rhythm.YEAR: 1, Rhythm.ONCE: 1}

#: Median minutes of filling by form and level, over reports with at least three cells typed by people.
MEASURED = """
SELECT form_id, level, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) / 60.0, count(*) FROM (
    SELECT form_id, report_id, level, 30 + sum(gap) FILTER (WHERE gap <= 300) AS seconds, count(*) AS cells FROM (
        SELECT v.form_id, c.report_id, r.level,
               extract(epoch FROM c.updated_at - lag(c.updated_at) OVER (PARTITION BY c.report_id ORDER BY c.updated_at)) AS gap
        FROM reporting_cell c JOIN reporting_report r ON r.id = c.report_id
        JOIN reporting_cycle y ON y.id = r.cycle_id JOIN reporting_formversion v ON v.id = y.form_version_id
        WHERE v.form_id = ANY(%(forms)s) AND c.updated_by_id IS NOT NULL AND r.first_submitted_at IS NOT NULL
    ) gaps GROUP BY form_id, report_id, level
) typed WHERE cells >= 3 AND seconds > 30 GROUP BY form_id, level
"""
#: Units by form and level that owed it in its last cycle.
OWING = """
SELECT last.form_id, r.level, count(*) FROM (
    SELECT DISTINCT ON (v.form_id) v.form_id, y.id FROM reporting_cycle y
    JOIN reporting_formversion v ON v.id = y.form_version_id
    WHERE v.form_id = ANY(%(forms)s) ORDER BY v.form_id, y.period DESC, y.id DESC
) last JOIN reporting_report r ON r.cycle_id = last.id GROUP BY last.form_id, r.level
"""


@dataclass(frozen=True, slots=True)
class CostPart:
    """What the items of one kind are reckoned at, in minutes a report."""

    label: str
    cells: int
    minutes: Decimal


@dataclass(frozen=True, slots=True)
class LevelCost:
    """What one level spends: minutes a report estimated, kind by kind, and (where known) measured."""

    level: Level
    parts: tuple[CostPart, ...]
    measured: Decimal | None
    reports: int
    periods: int
    units: int

    @property
    def cells(self) -> int:
        """Of one report."""
        return sum(part.cells for part in self.parts)

    @property
    def estimated(self) -> Decimal:
        return sum((part.minutes for part in self.parts), Decimal(0))

    @property
    def minutes(self) -> Decimal:
        """Of one report: as measured, else as estimated."""
        return self.estimated if self.measured is None else self.measured

    @property
    def a_year(self) -> Decimal:
        """Of one unit in a year."""
        return (self.minutes * self.periods).quantize(Decimal(1))

    @property
    def hours_of_all(self) -> Decimal:
        """Of all units of the level in a year, in hours."""
        return (self.a_year * self.units / 60).quantize(Decimal(1))


def minutes_of(item: FormItem) -> Decimal:
    """What answering an item is reckoned at."""
    kind = ValueKind(item.indicator.value_kind)
    if kind == ValueKind.TABLE:
        columns = [MINUTES.get(ValueKind(column.value_kind), Decimal(1)) for column in item.columns.all()]
        return ROWS_RECKONED * sum((min(one, Decimal(1)) for one in columns), Decimal(0))
    return MINUTES.get(kind, Decimal(0))


def costs_of(form: Form, items: Sequence[FormItem]) -> list[LevelCost]:
    """Level by level what a form costs, by the collections that use it now."""
    return costs_of_many({form.pk: items})[form.pk]


def cost_of(report: Report) -> LevelCost | None:
    """What the form of ``report`` costs units of its level; nothing where these type nothing."""
    version = report.cycle.form_version
    costs = costs_of(version.form, layout_of(version).items)
    return next((cost for cost in costs if cost.level == report.level), None)


def costs_of_many(forms: Mapping[int, Sequence[FormItem]]) -> dict[int, list[LevelCost]]:
    """The same for many forms by primary key, with the items that each asks; three queries."""
    measured, owing = _read(MEASURED, forms), _read(OWING, forms)
    periods = periods_a_year(forms)
    return {
        pk: [
            cost
            for level in Level
            if (
                cost := _cost(
                    level, items, measured.get((pk, level)), owing.get((pk, level)), periods.get(pk, 0)
                )
            )
        ]
        for pk, items in forms.items()
    }


def _cost(
    level: Level,
    items: Sequence[FormItem],
    measured: tuple[Any, ...] | None,
    owing: tuple[Any, ...] | None,
    periods: int,
) -> LevelCost | None:
    owed = [item for item in items if item.indicator.is_typed and level in item.owed_by]
    if not owed:
        return None
    minutes, reports = measured or (None, 0)
    return LevelCost(
        level=level,
        parts=_parts(owed),
        measured=None if minutes is None else Decimal(str(minutes)).quantize(Decimal("0.1")),
        reports=reports,
        periods=periods,
        units=owing[0] if owing else 0,
    )


def _parts(items: Sequence[FormItem]) -> tuple[CostPart, ...]:
    """By kind, in the order in which the form first asks for each."""
    found: dict[str, CostPart] = {}
    for item in items:
        label = str(ValueKind(item.indicator.value_kind).label)
        before = found.get(label, CostPart(label, 0, Decimal(0)))
        found[label] = CostPart(label, before.cells + 1, before.minutes + minutes_of(item))
    return tuple(found.values())


def periods_a_year(forms: Iterable[int]) -> dict[int, int]:
    """How often a year each form is asked for, over all its collections in force."""
    found: dict[int, int] = {}
    rows = Collection.objects.filter(form__in=list(forms), is_active=True).values_list("form_id", "rhythm")
    for form_id, rhythm in rows:
        found[form_id] = found.get(form_id, 0) + PERIODS[Rhythm(rhythm)]
    return found


def _read(sql: str, forms: Iterable[int]) -> dict[tuple[int, int], tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"forms": list(forms)})
        return {(row[0], row[1]): row[2:] for row in cursor.fetchall()}


def heaviest(costs: Iterable[LevelCost]) -> LevelCost | None:
    """Whom the form costs most."""
    return max(costs, key=lambda cost: cost.a_year, default=None)
