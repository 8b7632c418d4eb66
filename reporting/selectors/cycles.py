"""Cycles of a collection with how far each is, the next to open, and the deadlines that cities set."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import CaseState, ReportState
from reporting.models import Collection, CorrectionCase, Cycle, DeadlineOverride, period_label
from reporting.selectors.schedule import opens_on, period_to_open

CYCLES_SHOWN = 36
#: The levels for which a city may set an earlier day.
LOWER = {Level.COUNTY: "县级截止日", Level.TOWNSHIP: "乡镇截止日"}


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle: its reports in numbers, and what stands in the way of locking it."""

    cycle: Cycle
    reports: int
    cities: int
    cities_accepted: int
    to_review: int
    missing: int
    open_cases: int

    @property
    def window_has_ended(self) -> bool:
        return clock.now() >= self.cycle.window.ends_at

    @property
    def may_lock(self) -> bool:
        return not self.cycle.is_locked and self.cycle.facts_at is not None and not self.to_review

    @property
    def may_take_facts(self) -> bool:
        return not self.cycle.is_locked and self.window_has_ended


def cycle_rows(collection: Collection) -> list[CycleRow]:
    """The cycles of ``collection``, newest first; two queries."""
    top = Q(reports__reviewer=collection.owner_id) & ~Q(reports__unit=collection.owner_id)
    cycles = (
        Cycle.objects.filter(collection=collection)
        .annotate(
            report_count=Count("reports"),
            cities=Count("reports", filter=top & Q(reports__exempted_at__isnull=True)),
            cities_accepted=Count("reports", filter=top & Q(reports__state=ReportState.ACCEPTED)),
            to_review=Count(
                "reports",
                filter=Q(reports__reviewer=collection.owner_id, reports__state=ReportState.SUBMITTED),
            ),
            missing=Count(
                "reports",
                filter=Q(reports__level__lt=Level.TOWNSHIP, reports__first_submitted_at__isnull=True)
                & Q(reports__exempted_at__isnull=True),
            ),
        )
        .order_by("-period")[:CYCLES_SHOWN]
    )
    rows = list(cycles)
    waiting = dict(
        CorrectionCase.objects.filter(report__cycle__in=[row.pk for row in rows], state=CaseState.OPEN)
        .values_list("report__cycle")
        .annotate(count=Count("pk"))
    )
    for row in rows:
        row.collection = collection
    return [
        CycleRow(
            cycle=row,
            reports=row.report_count,
            cities=row.cities,
            cities_accepted=row.cities_accepted,
            to_review=row.to_review,
            missing=row.missing,
            open_cases=waiting.get(row.pk, 0),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class NextOpening:
    """The period that comes next, and when it would open by itself."""

    period: dt.date
    label: str
    opens_on: dt.date


def next_opening(collection: Collection) -> NextOpening | None:
    """The period that opens next; ``None`` once a one-off has been opened, or while the collection is not started."""
    period = period_to_open(collection) if collection.is_active else None
    if period is None:
        return None
    return NextOpening(period, period_label(period, collection.rhythm), opens_on(collection, period))


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """One city's days, or of a one-off its dates; ``None`` where the province's holds."""

    city: OrgUnit
    #: Level, what its deadline is called, the city's own day; of the levels that owe.
    days: list[tuple[int, str, int | dt.date | None]]


def deadline_rows(collection: Collection, unit: OrgUnit) -> list[DeadlineRow]:
    """The city ``unit``, or every city of the province ``unit``; two queries."""
    cities = OrgUnit.objects.open().at(Level.CITY).within(unit).in_code_order()
    own = {
        (row.city_id, row.level): row.on or row.day
        for row in DeadlineOverride.objects.filter(collection=collection)
    }
    levels = [level for level in LOWER if level in collection.levels]
    return [
        DeadlineRow(city, [(level.value, LOWER[level], own.get((city.pk, level))) for level in levels])
        for city in cities
    ]
