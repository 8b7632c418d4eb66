"""Cohorts and who is in them, on any day: for filters, rankings and obligations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from core import clock
from core.errors import check
from orgs.choices import ANCESTOR_FIELD
from orgs.models import Cohort, CohortMember, OrgUnit, OrgUnitQuerySet
from orgs.models.cohort import CohortQuerySet
from orgs.permissions import VIEW_UNITS
from orgs.rules.cohorts import codes_are_known, codes_in
from orgs.selectors.listing import narrowed


def units_of(cohort: Cohort, on: dt.date | None = None) -> OrgUnitQuerySet:
    """The members of ``cohort`` on ``on`` (today)."""
    present = CohortMember.objects.on(on or clock.today()).filter(cohort=cohort)
    return OrgUnit.objects.filter(pk__in=present.values("unit"))


def covered_by(cohort: Cohort, on: dt.date | None = None) -> Q:
    """The members and all below them, as a condition on any row with the ancestor columns and ``unit``: a pilot city makes
    its counties pilots."""
    members = CohortMember.objects.on(on or clock.today()).filter(cohort=cohort).values("unit")
    condition = Q(unit__in=members)
    for column in ANCESTOR_FIELD.values():
        condition |= Q(**{f"{column}__in": members})
    return condition


def covered_ids(cohort: Cohort, on: dt.date, units: QuerySet[Any]) -> set[int]:
    """Which of ``units`` (editions of that day) are members or lie below one; one query."""
    return set(units.filter(covered_by(cohort, on)).values_list("unit_id", flat=True))


def known_cohorts(user: Any) -> CohortQuerySet:
    """Those that ``user`` may name in a filter: kept by a unit in reach, or by one above."""
    return Cohort.objects.known_to(user, VIEW_UNITS).select_related("owner")


def with_counts(cohorts: QuerySet[Cohort], on: dt.date | None = None) -> QuerySet[Cohort]:
    """``cohorts`` with ``size``, how many units are in on ``on`` (today)."""
    day = on or clock.today()
    present = (
        Q(members__valid_to__isnull=True) | Q(members__valid_to__gt=day),
        Q(members__valid_from__lte=day, members__voided_at__isnull=True),
    )
    return cohorts.annotate(size=Count("members", filter=present[0] & present[1]))


def narrowed_cohorts(cohorts: QuerySet[Cohort], criteria: dict[str, Any]) -> QuerySet[Cohort]:
    """By ``q`` (name), ``pilot`` and ``state`` (``open`` unless it says ``closed`` or ``all``)."""
    if text := (criteria.get("q") or "").strip():
        cohorts = cohorts.filter(name__contains=text)
    if criteria.get("pilot"):
        cohorts = cohorts.filter(is_pilot=True)
    state = criteria.get("state") or "open"
    return cohorts if state == "all" else cohorts.filter(closed_on__isnull=state == "open")


def members_of(
    cohort: Cohort, user: Any, *, on: dt.date | None = None, text: str = "", past: bool = False
) -> QuerySet[CohortMember]:
    """Who is in on ``on`` (today), or with ``past`` everyone who ever was, as far as ``user`` sees them, in code order."""
    rows = CohortMember.objects.filter(cohort=cohort, voided_at__isnull=True)
    rows = rows if past else rows.on(on or clock.today())
    found = rows.filter(
        unit__in=OrgUnit.objects.visible_to(user, VIEW_UNITS).search(text).values("pk")
    ).select_related("unit")
    return found.order_by("unit__division_code", "valid_from")


def present_member_ids(cohort: Cohort) -> set[int]:
    return set(CohortMember.objects.open_ended().filter(cohort=cohort).values_list("unit_id", flat=True))


def candidates_for(cohort: Cohort, criteria: dict[str, Any]) -> OrgUnitQuerySet:
    """Open units of whoever keeps ``cohort``, narrowed as the list of units is."""
    return narrowed(OrgUnit.objects.within(cohort.owner), criteria)


def units_by_codes(cohort: Cohort, text: str) -> list[OrgUnit]:
    """The open units that pasted codes name. Raises :class:`DomainError` that names the codes of none."""
    asked = codes_in(text)
    units = list(OrgUnit.objects.within(cohort.owner).open().filter(division_code__in=asked))
    check(codes_are_known(asked, {unit.division_code for unit in units}))
    return units
