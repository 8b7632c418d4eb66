"""Meetings as a list and as a month; who could be elected at one."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, Q

from orgs.models import OrgUnit
from sanzhang.choices import Giver, MeetingKind
from sanzhang.models import Appointment, Candidacy, FilingBatch, Meeting
from sanzhang.models.meeting import MeetingQuerySet
from sanzhang.procedures import plan_in_force
from sanzhang.selectors.board import with_people


class MeetingState(Enum):
    """How a meeting stands: its code, what the page says, the tone of the pill."""

    PLANNED = ("planned", "计划", "info")
    OVERDUE = ("overdue", "已过计划日期，未登记召开", "danger")
    HELD = ("held", "已召开", "success")
    CANCELLED = ("cancelled", "已取消", "neutral")

    def __init__(self, code: str, label: str, tone: str) -> None:
        self.code, self.label, self.tone = code, label, tone


def state_of(meeting: Meeting, today: dt.date) -> MeetingState:
    if meeting.cancelled_at is not None:
        return MeetingState.CANCELLED
    if meeting.held_on is not None:
        return MeetingState.HELD
    is_overdue = meeting.planned_on is not None and meeting.planned_on < today
    return MeetingState.OVERDUE if is_overdue else MeetingState.PLANNED


def _standing_as(today: dt.date) -> dict[str, Q]:
    """What makes a meeting stand as each code of :class:`MeetingState` says."""
    standing, is_held = Q(cancelled_at__isnull=True), Q(held_on__isnull=False)
    return {
        "planned": standing & ~is_held & Q(planned_on__gte=today),
        "overdue": standing & ~is_held & Q(planned_on__lt=today),
        "held": standing & is_held,
        "cancelled": ~standing,
    }


def in_state(meetings: MeetingQuerySet, code: str, today: dt.date) -> MeetingQuerySet:
    """Those of ``meetings`` that stand as ``code`` says."""
    return meetings.filter(_standing_as(today)[code])


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting with how it stands and how many took their seats by it."""

    meeting: Meeting
    state: MeetingState
    elected: int

    def __str__(self) -> str:
        return str(self.meeting)


def meeting_rows(meetings: list[Meeting], today: dt.date) -> list[MeetingRow]:
    """Rows of one page. One query more."""
    keys = [meeting.pk for meeting in meetings]
    counts = Counter(
        dict(
            Appointment.objects.standing()
            .filter(meeting__in=keys)
            .order_by()
            .values_list("meeting")
            .annotate(count=Count("pk"))
        )
    )
    return [MeetingRow(meeting, state_of(meeting, today), counts[meeting.pk]) for meeting in meetings]


def count_by_state(meetings: MeetingQuerySet, today: dt.date) -> dict[str, int]:
    """How many stand in each state. One query."""
    states = _standing_as(today).items()
    return meetings.order_by().aggregate(**{code: Count("pk", filter=state) for code, state in states})


@dataclass(slots=True)
class Day:
    """One square of the month."""

    day: dt.date
    is_inside: bool
    is_today: bool
    rows: list[MeetingRow]


#: Meetings shown in one square; the rest are behind its link.
SHOWN_A_DAY = 4


def month_of(meetings: MeetingQuerySet, first: dt.date, today: dt.date) -> list[Day]:
    """The weeks of the month of ``first``, Monday first. Two queries."""
    days = [day for week in calendar.Calendar().monthdatescalendar(first.year, first.month) for day in week]
    shown = (
        meetings.standing()
        .with_day()
        .filter(day__gte=days[0], day__lte=days[-1])
        .select_related("unit")
        .order_by("day", "unit__division_code")
    )
    by_day: dict[dt.date, list[MeetingRow]] = {}
    found = list(shown)
    for row in meeting_rows(found, today):
        by_day.setdefault(row.meeting.held_on or row.meeting.planned_on or first, []).append(row)
    return [Day(day, day.month == first.month, day == today, by_day.get(day, [])) for day in days]


def ready_in(unit: OrgUnit) -> list[Candidacy]:
    """Candidacies of ``unit`` that wait for a meeting's decision, or for the seat alone."""
    ready = Candidacy.objects.open().filter(Q(waits_for=Giver.MEETING) | Q(due=""), unit=unit)
    return list(with_people(ready).order_by("position", "person__pinyin", "pk"))


def ready_for(meeting: Meeting) -> list[Candidacy]:
    """Who could be elected at the meeting."""
    return ready_in(meeting.unit)


def elected_at(meeting: Meeting) -> list[Appointment]:
    """Who took a seat by the meeting, the highest first."""
    seats = Appointment.objects.filter(meeting=meeting).highest_first()
    return list(seats.select_related("person__occupation", "unit", "body").prefetch_related("filings"))


def still_to_file(meeting: Meeting, seats: list[Appointment]) -> list[Appointment]:
    """Those of ``seats`` that an authority of the procedure has not been told of, each with ``unfiled``."""
    plan = plan_in_force(meeting.unit)
    found = []
    for seat in seats:
        seat.unfiled = plan.unfiled(seat)
        if seat.voided_at is None and (seat.unfiled or not seat.filings.all()):
            found.append(seat)
    return found


def filings_of(meeting: Meeting) -> list[FilingBatch]:
    """The letters by which people of the meeting were filed together, each with how many (``count``)."""
    return list(meeting.filing_batches.annotate(count=Count("filings")))


def default_way(kind: str) -> str:
    """The way in that a meeting of ``kind`` most often is."""
    return "election" if kind == MeetingKind.CONGRESS else "co_option"
