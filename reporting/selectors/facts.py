"""Registry figures as pages read them: stored with the cycle, or 截至目前 before that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from string import Template

from django.db import connection
from django.db.models import QuerySet

from core import clock
from core.dated import Moment
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit, UnitEdition
from reporting.models import Cycle, CycleFact
from reporting.selectors.registry import (
    ABOVE_TOWNSHIPS,
    COMPUTED,
    RATIOS_ABOVE_TOWNSHIPS,
    parameters,
    statement,
)

_NOT_AT_TOWNSHIPS = frozenset((*ABOVE_TOWNSHIPS, *RATIOS_ABOVE_TOWNSHIPS))


@dataclass(frozen=True, slots=True)
class Fact:
    """A count, or both parts of a ratio."""

    numerator: int
    denominator: int | None = None

    @property
    def is_ratio(self) -> bool:
        return self.denominator is not None

    @property
    def value(self) -> Decimal | None:
        """The count; for a ratio the unrounded percentage, ``None`` where the denominator is zero."""
        if self.denominator is None:
            return Decimal(self.numerator)
        if self.denominator == 0:
            return None
        return Decimal(self.numerator) * 100 / Decimal(self.denominator)


@dataclass(slots=True)
class FactTable:
    """Facts by unit and indicator key. ``as_of`` is their day, ``is_provisional`` whether they may still change."""

    as_of: dt.date
    is_provisional: bool
    _facts: dict[int, dict[str, Fact]] = field(default_factory=dict)

    def fact(self, unit_id: int, key: str) -> Fact | None:
        """``None`` where the registry has no such figure (“—”)."""
        return self._facts.get(unit_id, {}).get(key)

    def of(self, unit_id: int) -> dict[str, Fact]:
        """All facts of one unit by key."""
        return self._facts.get(unit_id, {})

    def number(self, unit_id: int, key: str) -> int:
        """The numerator, 0 where there is none."""
        fact = self.fact(unit_id, key)
        return fact.numerator if fact else 0

    def put(self, unit_id: int, key: str, numerator: int, denominator: int | None) -> None:
        self._facts.setdefault(unit_id, {})[key] = Fact(
            int(numerator), None if denominator is None else int(denominator)
        )

    def __iter__(self) -> Iterator[int]:
        return iter(self._facts)


def closing_moment(cycle: Cycle) -> Moment:
    """The end of the cycle's window."""
    return Moment(cycle.window_last, cycle.window.ends_at)


def opening_moment(cycle: Cycle) -> Moment:
    """The end of the window before: the last day that the cycle's own does not hold."""
    return Moment(cycle.window_first - dt.timedelta(days=1), cycle.window.starts_at)


def cycle_before(cycle: Cycle) -> int | None:
    """The cycle whose stored closing figures are this one's opening figures; its window ends where this one begins."""
    return (
        Cycle.objects.filter(
            collection=cycle.collection_id,
            window_last=cycle.window_first - dt.timedelta(days=1),
            facts_at__isnull=False,
        )
        .values_list("pk", flat=True)
        .first()
    )


def facts_of(
    cycle: Cycle,
    *,
    units: Iterable[int] | None = None,
    within: OrgUnit | None = None,
    keys: Iterable[str] | None = None,
) -> FactTable:
    """The facts stored with ``cycle``; empty before they were computed.

    Of ``units``, or of ``within`` and all below it as the tree was then, or of all; of all indicators or of ``keys``.
    """
    table = FactTable(as_of=cycle.window_last, is_provisional=cycle.facts_at is None)
    facts = CycleFact.objects.filter(cycle=cycle)
    if units is not None:
        facts = facts.filter(unit__in=list(units))
    if within is not None:
        facts = facts.filter(unit__in=_units_within(within, cycle.window_last))
    if keys is not None:
        facts = facts.filter(indicator__key__in=list(keys))
    for unit_id, key, numerator, denominator in facts.values_list(
        "unit_id", "indicator__key", "numerator", "denominator"
    ):
        table.put(unit_id, key, numerator, denominator)
    return table


def _units_within(within: OrgUnit, day: dt.date) -> QuerySet:
    if within.level > Level.TOWNSHIP:
        return UnitEdition.objects.none().values("unit")
    editions = UnitEdition.objects.on(day).filter(
        **{ANCESTOR_FIELD[Level(within.level)]: within.pk}, level__lte=Level.TOWNSHIP
    )
    return editions.values("unit")


def moment_shown(cycle: Cycle) -> Moment:
    """The end of the cycle's window, or now while that is to come: what facts as they stand are read at."""
    return min(closing_moment(cycle), Moment(clock.today(), clock.now()), key=lambda moment: moment.instant)


def day_shown(cycle: Cycle) -> dt.date:
    """The day that :func:`facts_for` answers for."""
    return cycle.window_last if cycle.facts_at else moment_shown(cycle).day


def facts_now(unit: OrgUnit, cycle: Cycle, *, units: Collection[int] | None = None) -> FactTable:
    """The facts of ``unit`` and all below it as they stand (截至目前), at most until the end of the cycle's window.

    Stores nothing; the same statement as the monthly job, over the subtree alone. Of that subtree only ``units`` are
    read where they are named. A village has none.
    """
    at = moment_shown(cycle)
    table = FactTable(as_of=at.day, is_provisional=True)
    if unit.level > Level.TOWNSHIP:
        return table
    facts = statement(unit)
    values = parameters(at=at, before=opening_moment(cycle), cycle_before=cycle_before(cycle), within=unit)
    if units is not None:
        facts = Template("$facts AND c.unit_id = ANY(%(units)s)").substitute(facts=facts)
        values["units"] = list(units)
    with connection.cursor() as cursor:
        cursor.execute(facts, values)
        for unit_id, key, numerator, denominator in cursor.fetchall():
            table.put(unit_id, key, numerator, denominator)
    return table


def facts_for(cycle: Cycle, *, within: OrgUnit, units: Collection[int] | None = None) -> FactTable:
    """Stored facts of a subtree, or of some ``units`` in it, where the cycle has them, else as they stand."""
    if not cycle.facts_at:
        return facts_now(within, cycle, units=units)
    return facts_of(cycle, within=within) if units is None else facts_of(cycle, units=units)


def unit_facts(cycle: Cycle, unit: OrgUnit) -> FactTable:
    """The facts of one unit without those below it: stored where the cycle has them, else as they stand."""
    return facts_for(cycle, within=unit, units=[unit.pk])


def is_computed(key: str, level: int) -> bool:
    """Whether the registry computes an indicator for units of ``level``; otherwise pages show “—”."""
    return (
        key in COMPUTED and (level < Level.TOWNSHIP or key not in _NOT_AT_TOWNSHIPS) and level < Level.VILLAGE
    )
