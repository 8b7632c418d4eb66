"""What else the unit page says of one unit: its yearly word, its resources, its cohorts, its evidence; in one statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from core import clock
from files.models import Attachment
from orgs.choices import ANCESTOR_FIELD
from orgs.models import (
    CohortMember,
    Expectation,
    FourLacks,
    OrgUnit,
    OrgUnitQuerySet,
    SixHaves,
    UnitResources,
    YearlyConfirmation,
)

RESOURCES = ("is_separate", "posts", "full_time", "part_time", "budget", "conference_seats", "basis")


@dataclass(frozen=True, slots=True)
class Standing:
    """``word`` is this year's confirmation (state, when, by whom), ``resources`` the present figures or ``None``,
    ``expectation`` who confirmed that it counts; ``files`` how many pieces of evidence stand behind its items."""

    word: dict[str, Any] | None
    resources: dict[str, Any] | None
    expectation: dict[str, Any] | None
    cohorts: list[dict[str, Any]]
    files: int


def with_standing(units: OrgUnitQuerySet, on: dt.date | None = None) -> OrgUnitQuerySet:
    """``units`` with all that :func:`standing_of` tells of ``on`` (today), in the statement that reads them."""
    day = on or clock.today()
    words = YearlyConfirmation.objects.filter(unit=OuterRef("pk"), year=day.year)
    resources = UnitResources.objects.on(day).filter(unit=OuterRef("pk"))
    expectations = Expectation.objects.on(day).filter(unit=OuterRef("pk"))
    above = reduce(or_, [Q(unit=OuterRef(name)) for name in ("pk", *ANCESTOR_FIELD.values())])
    members = CohortMember.objects.on(day).filter(above)
    files = Attachment.objects.filter(
        unit_id=OuterRef("pk"),
        owner_label__in=[SixHaves._meta.label_lower, FourLacks._meta.label_lower],
        removed_at__isnull=True,
    ).order_by()
    return units.annotate(
        standing_word=Subquery(
            words.values(
                said=JSONObject(state="state", at="confirmed_at", by="confirmed_by", remark="remark")
            )[:1]
        ),
        standing_figures=Subquery(
            resources.values(said=JSONObject(since="valid_from", **{name: name for name in RESOURCES}))[:1]
        ),
        standing_expectation=Subquery(
            expectations.values(
                said=JSONObject(since="valid_from", by="recorded_by", at="recorded_at", basis="basis")
            )[:1]
        ),
        standing_cohorts=ArraySubquery(
            members.order_by("-cohort__is_pilot", "cohort__name").values(
                said=JSONObject(pk="cohort_id", name="cohort__name", pilot="cohort__is_pilot")
            )
        ),
        standing_files=Coalesce(
            Subquery(files.values("unit_id").annotate(count=Count("pk")).values("count")), Value(0)
        ),
    )


def standing_of(unit: Any, on: dt.date | None = None) -> Standing:
    """The standing of ``unit`` on ``on`` (today); one query, or none where it was read :func:`with_standing`."""
    read = unit if hasattr(unit, "standing_files") and on is None else None
    if read is None:
        read = with_standing(OrgUnit.objects.filter(pk=unit.pk), on).get()
    cohorts = {cohort["pk"]: cohort for cohort in read.standing_cohorts}
    return Standing(
        word=read.standing_word,
        resources=read.standing_figures,
        expectation=read.standing_expectation,
        cohorts=list(cohorts.values()),
        files=read.standing_files,
    )
