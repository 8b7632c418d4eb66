"""Who owes a report to a collection: the units of its levels, narrowed to a named set, picked ones, established ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection as Units
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from orgs.choices import EstablishmentState, Level, UnitKind
from orgs.models import CohortMember, Establishment, UnitEdition
from reporting.choices import Whom
from reporting.models import Collection

ANCESTORS = ("province", "city", "county", "township")


def obliged(
    collection: Collection, on: dt.date, *, chosen: Units[int] | None = None
) -> QuerySet[UnitEdition]:
    """The editions of ``on`` that owe, by level and code; townships only where they are expected or have an
    association.

    A set of units obliges its members and what lies below them, of the levels that owe. ``chosen`` stands for the units
    of a collection that is not saved yet.
    """
    established = Establishment.objects.filter(
        unit=OuterRef("unit"),
        state=EstablishmentState.ESTABLISHED,
        valid_to__isnull=True,
        voided_at__isnull=True,
    )
    levels = [level for level in collection.levels if level <= Level.TOWNSHIP]
    found = (
        UnitEdition.objects.on(on)
        .filter(province=collection.owner_id, level__in=levels)
        .exclude(~Exists(established), level=Level.TOWNSHIP, kind=UnitKind.QUASI)
        .exclude(~Exists(established), level=Level.TOWNSHIP, is_expected=False)
    )
    if collection.established_only:
        found = found.filter(Exists(established) | Q(level=Level.PROVINCE))
    if collection.whom == Whom.COHORT:
        members = CohortMember.objects.on(on).filter(cohort=collection.cohort_id).values("unit")
        found = found.filter(_at_or_below(members))
    elif collection.whom == Whom.CHOSEN:
        found = found.filter(unit__in=_chosen(collection) if chosen is None else list(chosen))
    return found.order_by("level", "division_code")


def _at_or_below(units: object) -> Q:
    below = Q()
    for column in ANCESTORS:
        below |= Q(**{f"{column}__in": units})
    return below


def _chosen(collection: Collection) -> list[int]:
    return list(collection.chosen.values_list("pk", flat=True)) if collection.pk else []


@dataclass(frozen=True, slots=True)
class Obliged:
    """How many owe, by level, and the first of them by name."""

    counts: dict[Level, int]
    names: list[str]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def lines(self) -> list[tuple[str, int]]:
        return [(level.label, count) for level, count in self.counts.items()]


def count_obliged(
    collection: Collection, *, on: dt.date | None = None, chosen: Units[int] | None = None, named: int = 30
) -> Obliged:
    """Who would owe if the collection opened ``on`` a day (default: today)."""
    rows = list(obliged(collection, on or clock.today(), chosen=chosen).values_list("level", "display_name"))
    counts = Counter(Level(level) for level, _name in rows)
    return Obliged(
        {level: counts[level] for level in sorted(counts)}, [name for _level, name in rows[:named]]
    )
