"""The tree of a past day: units as they were called, coded and placed then, with the facts of that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from orgs.models import OrgUnit, OrgUnitQuerySet, UnitEdition
from orgs.models.edition import EditionQuerySet
from orgs.selectors.units import UnitFacts, level_counts_on, unit_facts, with_facts

_AS_IT_WAS = (
    *("name", "display_name", "division_code", "level", "kind", "is_expected", "parent_id"),
    *("province_id", "city_id", "county_id", "township_id"),
)


def stood_on(units: OrgUnitQuerySet, day: dt.date) -> EditionQuerySet:
    """The editions of ``units`` that were valid on ``day``, in code order."""
    return (
        UnitEdition.objects.on(day).filter(unit__in=units.values("pk")).order_by("division_code", "unit_id")
    )


def as_they_were(editions: Iterable[UnitEdition], day: dt.date) -> list[OrgUnit]:
    """The units of ``editions`` as they were on ``day``, with their facts; two queries. They are to be shown only:
    ``closed_on`` and the present names are not in them, ``has_below`` says whether units hung on them that day."""
    rows = list(editions)
    keys = [edition.unit_id for edition in rows]
    units = {unit.pk: unit for unit in with_facts(OrgUnit.objects.filter(pk__in=keys), day)}
    above = set(
        UnitEdition.objects.on(day)
        .filter(parent__in=keys)
        .order_by()
        .values_list("parent", flat=True)
        .distinct()
    )
    return [
        _as_it_was(units[edition.unit_id], edition, has_below=edition.unit_id in above) for edition in rows
    ]


def _as_it_was(unit: Any, edition: UnitEdition, *, has_below: bool = False) -> OrgUnit:
    for name in _AS_IT_WAS:
        setattr(unit, name, getattr(edition, name))
    unit.closed_on = None
    unit.has_below = has_below
    return unit


def children_on(unit: OrgUnit, day: dt.date, visible: OrgUnitQuerySet) -> list[OrgUnit]:
    """The units directly below ``unit`` on ``day`` as they were, among ``visible``."""
    return as_they_were(stood_on(visible, day).filter(parent=unit), day)


def tops_on(units: Sequence[OrgUnit], day: dt.date) -> list[OrgUnit]:
    """Those of ``units`` that stood on ``day``, as they were."""
    return as_they_were(stood_on(OrgUnit.objects.filter(pk__in=[unit.pk for unit in units]), day), day)


def found_on(visible: OrgUnitQuerySet, text: str, day: dt.date, limit: int = 50) -> list[OrgUnit]:
    """The first units whose name or code of ``day`` answers to every word of ``text``, higher levels first."""
    editions = stood_on(visible, day).order_by("level", "division_code")
    for word in text.split():
        editions = editions.filter(Q(display_name__contains=word) | Q(division_code__startswith=word))
    return as_they_were(editions[:limit], day)


def edition_on(unit: OrgUnit, day: dt.date) -> UnitEdition | None:
    """How ``unit`` was on ``day``; ``None`` before it was set up and after it was closed."""
    return (
        UnitEdition.objects.on(day)
        .filter(unit=unit)
        .select_related("parent", "province", "city", "county", "township")
        .first()
    )


def facts_on(unit: OrgUnit, edition: UnitEdition, day: dt.date) -> UnitFacts:
    """The facts of ``unit`` on ``day`` with the unit as it was; the tables below it by that day's tree."""
    for name in ("province", "city", "county", "township"):
        setattr(unit, name, getattr(edition, name))
    return unit_facts(_as_it_was(unit, edition), day, below=level_counts_on(unit, day))
