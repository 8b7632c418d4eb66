"""The list of units: what it may be narrowed to, and sorted by. One condition each, in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from core import clock
from orgs.choices import EstablishmentState, OfficerRole
from orgs.models import (
    CohortMember,
    Establishment,
    FourLacks,
    OrgUnitQuerySet,
    SixHaves,
    UnitOfficer,
)

#: What a list may be narrowed to besides the states of :class:`EstablishmentState`.
BLANK = "blank"
STANDS = EstablishmentState.ESTABLISHED
#: Closed units besides the open ones, or alone.
WITH_CLOSED, ONLY_CLOSED = "with", "only"

Narrow = Callable[[OrgUnitQuerySet, Any, dt.date], OrgUnitQuerySet]


def narrowed(units: OrgUnitQuerySet, criteria: dict[str, Any], on: dt.date | None = None) -> OrgUnitQuerySet:
    """``units`` that meet every criterion of ``NARROWINGS`` given, with their facts of ``on`` (today); unit criteria may
    be units or their keys. Closed units only where ``closed`` says so."""
    day = on or clock.today()
    found = _by_life(units, criteria.get("closed"))
    for name, narrow in NARROWINGS.items():
        value = criteria.get(name)
        if value not in (None, "", []):
            found = narrow(found, value, day)
    return found


def _by_life(units: OrgUnitQuerySet, closed: Any) -> OrgUnitQuerySet:
    if closed == ONLY_CLOSED:
        return units.filter(closed_on__isnull=False)
    return units if closed else units.open()


def _in_state(units: OrgUnitQuerySet, state: str, day: dt.date) -> OrgUnitQuerySet:
    facts = Establishment.objects.on(day).filter(unit=OuterRef("pk"))
    if state == BLANK:
        return units.expected().filter(~Exists(facts.filter(state=STANDS)))
    if state == EstablishmentState.ABSENT:
        return units.filter(~Exists(facts.exclude(state=state)))
    return units.filter(Exists(facts.filter(state=state)))


def _overdue(units: OrgUnitQuerySet, wanted: bool, day: dt.date) -> OrgUnitQuerySet:
    late = Establishment.objects.on(day).filter(unit=OuterRef("pk"), planned_on__lt=day).exclude(state=STANDS)
    return units.filter(Exists(late) if wanted else ~Exists(late))


def _with_officer(units: OrgUnitQuerySet, holds: Any, day: dt.date, role: OfficerRole) -> OrgUnitQuerySet:
    """``holds``: there is such an officer, or (``False``) there is none."""
    named = UnitOfficer.objects.on(day).filter(unit=OuterRef("pk"), role=role)
    return units.filter(Exists(named) if holds else ~Exists(named))


def _with_items(units: OrgUnitQuerySet, items: Any, day: dt.date, model: Any, holds: bool) -> OrgUnitQuerySet:
    for item in [items] if isinstance(items, str) else items:
        there = model.objects.on(day).filter(unit=OuterRef("pk"), item=item)
        units = units.filter(Exists(there) if holds else ~Exists(there))
    return units


def _in_cohort(units: OrgUnitQuerySet, cohort: Any, day: dt.date) -> OrgUnitQuerySet:
    """Members and, as a pilot county pilots whole, everything below them."""
    members = CohortMember.objects.on(day).filter(cohort=cohort).values("unit")
    return units.filter(
        Q(pk__in=members) | Q(city__in=members) | Q(county__in=members) | Q(township__in=members)
    )


def _equal(name: str) -> Narrow:
    return lambda units, value, day: units.filter(**{name: value})


NARROWINGS: dict[str, Narrow] = {
    "q": lambda units, text, day: units.search(text.strip()),
    "level": _equal("level"),
    "kind": _equal("kind"),
    "parent": _equal("parent"),
    "city": _equal("city"),
    "county": _equal("county"),
    "township": _equal("township"),
    "expected": _equal("is_expected"),
    "established": _in_state,
    "overdue": _overdue,
    "leader": lambda units, holds, day: _with_officer(units, holds, day, OfficerRole.LEADER_IN_CHARGE),
    "liaison": lambda units, holds, day: _with_officer(units, holds, day, OfficerRole.LIAISON),
    "has": lambda units, items, day: _with_items(units, items, day, SixHaves, True),
    "has_not": lambda units, items, day: _with_items(units, items, day, SixHaves, False),
    "lacks": lambda units, items, day: _with_items(units, items, day, FourLacks, True),
    "cohort": _in_cohort,
}


def _stated(day: dt.date, field: str) -> Any:
    facts = Establishment.objects.on(day).filter(unit=OuterRef("pk")).order_by("-valid_from", "-pk")
    return Subquery(facts.values(field)[:1])


def _state_rank(day: dt.date) -> Any:
    """Blank spots first, then preparing, established, and what is not expected."""
    facts = Establishment.objects.on(day).filter(unit=OuterRef("pk"))
    return Case(
        When(Exists(facts.filter(state=STANDS)), then=Value(3)),
        When(Exists(facts.filter(state=EstablishmentState.PREPARING)), then=Value(2)),
        When(is_expected=True, then=Value(1)),
        default=Value(4),
        output_field=IntegerField(),
    )


def _officer_name(day: dt.date, role: OfficerRole) -> Any:
    return Subquery(UnitOfficer.objects.on(day).filter(unit=OuterRef("pk"), role=role).values("name")[:1])


def _count(model: Any, day: dt.date) -> Any:
    rows = model.objects.on(day).filter(unit=OuterRef("pk")).order_by().values("unit")
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), Value(0))


#: What a list may be sorted by; each is an expression of the day.
SORTS: dict[str, Callable[[dt.date], Any]] = {
    **{
        name: lambda day, name=name: F(name)  # type: ignore[misc]
        for name in ("division_code", "pinyin", "level", "kind", "is_expected", "opened_on", "closed_on")
    },
    **{name: lambda day, name=name: F(f"{name}__pinyin") for name in ("city", "county", "township")},  # type: ignore[misc]
    **{
        name: lambda day, name=name: _stated(day, name)  # type: ignore[misc]
        for name in ("reason_code", "planned_on", "responsible", "basis")
    },
    "since": lambda day: _stated(day, "valid_from"),
    "state": _state_rank,
    "haves": lambda day: _count(SixHaves, day),
    "lacks": lambda day: _count(FourLacks, day),
    "leader": lambda day: _officer_name(day, OfficerRole.LEADER_IN_CHARGE),
    "liaison": lambda day: _officer_name(day, OfficerRole.LIAISON),
}


def ordered(units: OrgUnitQuerySet, order: str, on: dt.date | None = None) -> OrgUnitQuerySet:
    """``units`` by one of ``SORTS`` (``-`` before it: from the end), absent values last, then by code."""
    key = order.removeprefix("-")
    if key == "division_code":
        return units.order_by(order, "pk")
    expression = SORTS[key](on or clock.today())
    units = units.annotate(sort_key=expression)
    direction = (
        F("sort_key").desc(nulls_last=True) if order.startswith("-") else F("sort_key").asc(nulls_last=True)
    )
    return units.order_by(direction, "division_code", "pk")
