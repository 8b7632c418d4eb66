"""The list of units, today's or a past day's: what it may be narrowed to, and sorted by. One condition each, in the
database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from core import clock
from orgs.choices import EstablishmentState, HavesItem, LacksItem, OfficerRole
from orgs.models import (
    CohortMember,
    Establishment,
    FourLacks,
    OrgUnitQuerySet,
    SixHaves,
    UnitEdition,
    UnitOfficer,
)

#: What a list may be narrowed to besides the states of :class:`EstablishmentState`.
BLANK = "blank"
STANDS = EstablishmentState.ESTABLISHED
#: Closed units besides the open ones, or alone.
WITH_CLOSED, ONLY_CLOSED = "with", "only"

#: Units, or the editions of a day: both are called, coded and placed by the same names.
Rows = QuerySet[Any]
Narrow = Callable[[Rows, Any, dt.date], Rows]


def key_of(rows: Rows) -> str:
    """The column of ``rows`` that holds the unit."""
    return "unit_id" if rows.model is UnitEdition else "pk"


def narrowed(rows: Any, criteria: dict[str, Any], on: dt.date | None = None) -> Any:
    """``rows`` that meet every criterion of ``NARROWINGS`` given, with their facts of ``on`` (today); unit criteria may
    be units or their keys. Closed units only where ``closed`` says so; editions of a day stood on it."""
    day = on or clock.today()
    found = rows if rows.model is UnitEdition else _by_life(rows, criteria.get("closed"))
    for name, narrow in NARROWINGS.items():
        value = criteria.get(name)
        if value not in (None, "", []):
            found = narrow(found, value, day)
    return found


def _by_life(units: OrgUnitQuerySet, closed: Any) -> OrgUnitQuerySet:
    if closed == ONLY_CLOSED:
        return units.filter(closed_on__isnull=False)
    return units if closed else units.open()


def _of(rows: Rows, facts: Any) -> Any:
    """Those of ``facts`` that are of the row's unit."""
    return facts.filter(unit=OuterRef(key_of(rows)))


def _in_state(rows: Rows, state: str, day: dt.date) -> Rows:
    facts = _of(rows, Establishment.objects.on(day))
    if state == BLANK:
        return rows.filter(~Exists(facts.filter(state=STANDS)), is_expected=True)
    if state == EstablishmentState.ABSENT:
        return rows.filter(~Exists(facts.exclude(state=state)))
    return rows.filter(Exists(facts.filter(state=state)))


def _overdue(rows: Rows, wanted: bool, day: dt.date) -> Rows:
    late = _of(rows, Establishment.objects.on(day)).filter(planned_on__lt=day).exclude(state=STANDS)
    return rows.filter(Exists(late) if wanted else ~Exists(late))


def _with_officer(rows: Rows, holds: Any, day: dt.date, role: OfficerRole) -> Rows:
    """``holds``: there is such an officer, or (``False``) there is none."""
    named = _of(rows, UnitOfficer.objects.on(day)).filter(role=role)
    return rows.filter(Exists(named) if holds else ~Exists(named))


def _with_items(rows: Rows, items: Any, day: dt.date, model: Any, holds: bool) -> Rows:
    for item in [items] if isinstance(items, str) else items:
        there = _of(rows, model.objects.on(day)).filter(item=item)
        rows = rows.filter(Exists(there) if holds else ~Exists(there))
    return rows


def _in_cohort(rows: Rows, cohort: Any, day: dt.date) -> Rows:
    """Members and, as a pilot county pilots whole, everything below them."""
    members = CohortMember.objects.on(day).filter(cohort=cohort).values("unit")
    return rows.filter(
        Q(**{f"{key_of(rows)}__in": members})
        | Q(city__in=members)
        | Q(county__in=members)
        | Q(township__in=members)
    )


def _equal(name: str) -> Narrow:
    return lambda rows, value, day: rows.filter(**{name: value})


NARROWINGS: dict[str, Narrow] = {
    "q": lambda rows, text, day: rows.search(text.strip()),  # type: ignore[attr-defined]
    "level": _equal("level"),
    "kind": _equal("kind"),
    "parent": _equal("parent"),
    "city": _equal("city"),
    "county": _equal("county"),
    "township": _equal("township"),
    "expected": _equal("is_expected"),
    "established": _in_state,
    "overdue": _overdue,
    "leader": lambda rows, holds, day: _with_officer(rows, holds, day, OfficerRole.LEADER_IN_CHARGE),
    "liaison": lambda rows, holds, day: _with_officer(rows, holds, day, OfficerRole.LIAISON),
    "has": lambda rows, items, day: _with_items(rows, items, day, SixHaves, True),
    "has_not": lambda rows, items, day: _with_items(rows, items, day, SixHaves, False),
    "lacks": lambda rows, items, day: _with_items(rows, items, day, FourLacks, True),
    "cohort": _in_cohort,
}


def _unit_path(rows: Rows, name: str) -> str:
    """The way from a row to a column or relation of its unit."""
    return f"unit__{name}" if rows.model is UnitEdition else name


def _joined(rows: Rows, day: dt.date, relation: str, field: str, **wanted: Any) -> tuple[Rows, Any]:
    """``field`` of the one row of ``relation`` that holds on ``day``: a join, for a subquery would be asked 65,000 times."""
    path = _unit_path(rows, relation)
    holds = (
        Q(**{f"{path}__valid_from__lte": day, f"{path}__voided_at__isnull": True})
        & (Q(**{f"{path}__valid_to__isnull": True}) | Q(**{f"{path}__valid_to__gt": day}))
        & Q(**{f"{path}__{name}": value for name, value in wanted.items()})
    )
    return rows.annotate(sort_row=FilteredRelation(path, condition=holds)), F(f"sort_row__{field}")


def _state_rank(rows: Rows, day: dt.date) -> tuple[Rows, Any]:
    """Blank spots first, then preparing, established, and what is not expected."""
    stated = Establishment.objects.on(day)
    key = f"{key_of(rows)}__in"
    return rows, Case(
        When(**{key: stated.filter(state=STANDS).values("unit")}, then=Value(3)),
        When(**{key: stated.filter(state=EstablishmentState.PREPARING).values("unit")}, then=Value(2)),
        When(is_expected=True, then=Value(1)),
        default=Value(4),
        output_field=IntegerField(),
    )


def _count(rows: Rows, day: dt.date, model: Any, items: Any) -> tuple[Rows, Any]:
    """How many of ``items`` a unit has: each is one small set to look in."""
    key = f"{key_of(rows)}__in"
    parts = [
        Case(
            When(**{key: model.objects.on(day).filter(item=item).values("unit")}, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        for item in items.values
    ]
    return rows, reduce(add, parts)


def _own(name: str) -> Sort:
    return lambda rows, day: (rows, F(name))


def _of_today(name: str) -> Sort:
    """A column that a unit has and its editions have not."""
    return lambda rows, day: (rows, F(_unit_path(rows, name)))


def _stated(field: str) -> Sort:
    return lambda rows, day: _joined(rows, day, "establishments", field)


def _officer(role: OfficerRole) -> Sort:
    return lambda rows, day: _joined(rows, day, "officers", "name", role=role)


#: What a list may be sorted by; each gives the rows, joined to what it needs, and an expression of them and the day.
Sort = Callable[[Rows, dt.date], tuple[Rows, Any]]
SORTS: dict[str, Sort] = {
    **{name: _own(name) for name in ("division_code", "level", "kind", "is_expected")},
    **{name: _of_today(name) for name in ("pinyin", "opened_on", "closed_on")},
    **{name: _own(f"{name}__pinyin") for name in ("city", "county", "township")},
    **{name: _stated(name) for name in ("reason_code", "planned_on", "responsible", "basis")},
    "since": _stated("valid_from"),
    "state": _state_rank,
    "haves": lambda rows, day: _count(rows, day, SixHaves, HavesItem),
    "lacks": lambda rows, day: _count(rows, day, FourLacks, LacksItem),
    "leader": _officer(OfficerRole.LEADER_IN_CHARGE),
    "liaison": _officer(OfficerRole.LIAISON),
}


def ordered(rows: Any, order: str, on: dt.date | None = None) -> Any:
    """``rows`` by one of ``SORTS`` (``-`` before it: from the end), absent values last, then by code."""
    key = order.removeprefix("-")
    if key == "division_code":
        return rows.order_by(order, "pk")
    rows, expression = SORTS[key](rows, on or clock.today())
    rows = rows.annotate(sort_key=expression)
    direction = (
        F("sort_key").desc(nulls_last=True) if order.startswith("-") else F("sort_key").asc(nulls_last=True)
    )
    return rows.order_by(direction, "division_code", "pk")
