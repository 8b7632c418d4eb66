"""The tree of a past day: units as they were called, coded and placed then, with the facts of that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

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


def as_they_were(editions: Iterable[UnitEdition], day: dt.date, *, opens: bool = True) -> list[OrgUnit]:
    """The units of ``editions`` as they were on ``day``, with their facts; two queries. They are to be shown only:
    ``closed_on`` and the present names are not in them, ``has_below`` says, where the list ``opens``, whether units hung
    on them that day (one query more)."""
    rows = list(editions)
    keys = [edition.unit_id for edition in rows]
    units = {unit.pk: unit for unit in with_facts(OrgUnit.objects.filter(pk__in=keys), day)}
    below = UnitEdition.objects.on(day).filter(parent__in=keys if opens else ())
    above = set(below.order_by().values_list("parent", flat=True).distinct())
    return [
        _as_it_was(units[edition.unit_id], edition, has_below=edition.unit_id in above) for edition in rows
    ]


def _as_it_was(unit: Any, edition: UnitEdition, *, has_below: bool = False) -> OrgUnit:
    for name in _AS_IT_WAS:
        setattr(unit, name, getattr(edition, name))
    unit.closed_on = None
    unit.has_below = has_below
    return unit


def call_as_they_were(units: Iterable[OrgUnit], day: dt.date) -> None:
    """Have ``units`` called, coded and placed as they were on ``day``, to be shown; those that did not stand then keep
    their names of today. One query."""
    asked = list(units)
    editions = {
        edition.unit_id: edition
        for edition in UnitEdition.objects.on(day).filter(unit__in=[unit.pk for unit in asked]).order_by()
    }
    for unit in asked:
        if unit.pk in editions:
            _as_it_was(unit, editions[unit.pk])


def children_on(
    unit: OrgUnit, day: dt.date, visible: OrgUnitQuerySet, *, opens: bool = True
) -> list[OrgUnit]:
    """The units directly below ``unit`` on ``day`` as they were, among ``visible``."""
    return as_they_were(stood_on(visible, day).filter(parent=unit), day, opens=opens)


def tops_on(units: Sequence[OrgUnit], day: dt.date) -> list[OrgUnit]:
    """Those of ``units`` that stood on ``day``, as they were."""
    return as_they_were(stood_on(OrgUnit.objects.filter(pk__in=[unit.pk for unit in units]), day), day)


def found_on(visible: OrgUnitQuerySet, text: str, day: dt.date, limit: int = 50) -> list[OrgUnit]:
    """The first units whose name or code of ``day`` answers to every word of ``text``, higher levels first."""
    editions = stood_on(visible, day).search(text).order_by("level", "division_code")
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
    return unit_facts(_as_it_was(unit, edition), day, below=level_counts_on(unit, day), with_life=False)
