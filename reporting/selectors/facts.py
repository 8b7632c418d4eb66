"""Registry figures as pages read them: stored with the cycle, or 截至目前 before that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from string import Template

from django.db import connection
from django.db.models import Q, QuerySet

from core import clock
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit, UnitEdition
from reporting.models import Cycle, CycleFact
from reporting.selectors.registry import (
    ABOVE_TOWNSHIPS,
    COMPUTED,
    RATIOS_ABOVE_TOWNSHIPS,
    Moment,
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
    level: Level | None = None,
) -> FactTable:
    """The facts stored with ``cycle``; empty before they were computed.

    Of ``units``, or of ``within`` and all below it as the tree was then, or of all; with ``level`` only of ``within``
    itself and its units of that level.
    """
    table = FactTable(as_of=cycle.window_last, is_provisional=cycle.facts_at is None)
    facts = CycleFact.objects.filter(cycle=cycle)
    if units is not None:
        facts = facts.filter(unit__in=list(units))
    if within is not None:
        facts = facts.filter(unit__in=_units_within(within, cycle.window_last, level))
    for unit_id, key, numerator, denominator in facts.values_list(
        "unit_id", "indicator__key", "numerator", "denominator"
    ):
        table.put(unit_id, key, numerator, denominator)
    return table


def _units_within(within: OrgUnit, day: dt.date, level: Level | None) -> QuerySet:
    if within.level > Level.TOWNSHIP:
        return UnitEdition.objects.none().values("unit")
    editions = UnitEdition.objects.on(day).filter(
        **{ANCESTOR_FIELD[Level(within.level)]: within.pk}, level__lte=Level.TOWNSHIP
    )
    if level is not None:
        editions = editions.filter(Q(level=level) | Q(unit=within))
    return editions.values("unit")


def facts_now(unit: OrgUnit, cycle: Cycle, *, level: Level | None = None) -> FactTable:
    """The facts of ``unit`` and all below it as they stand (截至目前), at most until the end of the cycle's window.

    Stores nothing; the same statement as the monthly job, over the subtree alone. With ``level`` only ``unit`` and
    its units of that level are read. A village has none.
    """
    if unit.level > Level.TOWNSHIP:
        return FactTable(as_of=clock.today(), is_provisional=True)
    facts = statement(unit)
    if level is not None:
        facts = Template("$facts AND (c.unit_id = %(within)s OR c.level = $level)").substitute(
            facts=facts, level=int(level)
        )
    return _as_they_stand(unit, cycle, facts)


def _as_they_stand(unit: OrgUnit, cycle: Cycle, facts: str) -> FactTable:
    at = min(closing_moment(cycle), Moment(clock.today(), clock.now()), key=lambda moment: moment.instant)
    table = FactTable(as_of=at.day, is_provisional=True)
    with connection.cursor() as cursor:
        cursor.execute(
            facts,
            parameters(at=at, before=opening_moment(cycle), cycle_before=cycle_before(cycle), within=unit),
        )
        for unit_id, key, numerator, denominator in cursor.fetchall():
            table.put(unit_id, key, numerator, denominator)
    return table


def facts_for(cycle: Cycle, *, within: OrgUnit, level: Level | None = None) -> FactTable:
    """Stored facts of a subtree where the cycle has them, else as they stand; ``level`` as in :func:`facts_of`."""
    if cycle.facts_at:
        return facts_of(cycle, within=within, level=level)
    return facts_now(within, cycle, level=level)


def unit_facts(cycle: Cycle, unit: OrgUnit) -> FactTable:
    """The facts of one unit without those below it: stored where the cycle has them, else as they stand."""
    if cycle.facts_at or unit.level > Level.TOWNSHIP:
        return facts_of(cycle, units=[unit.pk])
    return _as_they_stand(
        unit, cycle, Template("$facts AND c.unit_id = %(within)s").substitute(facts=statement(unit))
    )


def is_computed(key: str, level: int) -> bool:
    """Whether the registry computes an indicator for units of ``level``; otherwise pages show “—”."""
    return (
        key in COMPUTED and (level < Level.TOWNSHIP or key not in _NOT_AT_TOWNSHIPS) and level < Level.VILLAGE
    )
