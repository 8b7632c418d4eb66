"""Meetings: planned, held, called off; and the election of many at one of them, with its one paper."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from core.formats import day
from orgs.models import OrgUnit
from sanzhang.choices import Employment, Giver
from sanzhang.models import Appointment, Candidacy, Meeting
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.procedures import plan_of
from sanzhang.rules import meetings as rules
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.candidacies import StepFacts, locked_open, seat_held, take
from sanzhang.services.guards import ensure, named, settle
from sanzhang.services.papers import keep_paper


@dataclasses.dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What is typed about a meeting: planned, or held already."""

    kind: str
    session: int | None = None
    ordinal: int | None = None
    planned_on: dt.date | None = None
    held_on: dt.date | None = None
    place: str = ""
    number: str = ""
    note: str = ""


COLUMNS = tuple(field.name for field in dataclasses.fields(MeetingFacts))


@dataclasses.dataclass(frozen=True, slots=True)
class Elected:
    """One of those a meeting decides on, and how the person will serve."""

    candidacy: Candidacy
    employment: str = Employment.PART_TIME
    secondment_ends_on: dt.date | None = None


def save_meeting(
    *,
    unit: OrgUnit,
    facts: MeetingFacts,
    by: Actor,
    meeting: Meeting | None = None,
    upload: UploadedFile | None = None,
) -> Meeting:
    """Plan a meeting, record one as held, or correct what was typed. The day of one that elected somebody stays."""
    ensure(by, MANAGE_PEOPLE, unit)
    with transaction.atomic():
        held = Meeting(unit=unit) if meeting is None else _locked(meeting, by)
        settle(
            [
                *rules.day_is_possible(facts.planned_on, facts.held_on, clock.today()),
                *rules.day_of_election_stays(held, facts.held_on),
            ],
            "",
        )
        for name in COLUMNS:
            value = getattr(facts, name)
            setattr(held, name, value.strip() if isinstance(value, str) else value)
        held.recorded_by = held.recorded_by or by.actor_label[:120]
        held.save()
        if upload is not None:
            keep_paper(owner=held, unit=unit, upload=upload, by=by)
        when = f"{day(held.held_on)}召开" if held.held_on else f"计划{day(held.planned_on)}召开"
        record(
            kind="sanzhang.meeting_saved",
            by=by,
            unit=unit,
            obj=held,
            summary=f"{unit.association}{held.title}，{when}",
            data={"planned_on": held.planned_on, "held_on": held.held_on, "number": held.number},
        )
    return held


def cancel_meeting(*, meeting: Meeting, reason: str, by: Actor) -> Meeting:
    """Call a meeting off, saying why; one that elected somebody stands."""
    with transaction.atomic():
        held = _locked(meeting, by)
        if not reason.strip():
            raise DomainError.of("reason_missing", "请写明取消原因。", "reason")
        if held.elected.exists() or held.decisions.exists():
            raise Conflict.of("meeting_elected", "该会议已办理选举或增补，不能取消。")
        held.cancelled_at = clock.now()
        held.save(update_fields=["cancelled_at"])
        record(
            kind="sanzhang.meeting_cancelled",
            by=by,
            unit=held.unit,
            obj=held,
            summary=f"取消{held}",
            data={"reason": reason.strip()},
        )
    return held


def elect(
    *,
    meeting: Meeting,
    elected: Sequence[Elected],
    way_in: str,
    by: Actor,
    basis: str = "",
    explanation: str = "",
) -> list[Appointment]:
    """All of ``elected`` take their seats by one meeting: its day, its number, its paper. All, or none.

    Raises ``DomainError`` with the problems of every one refused, each with the person's name and, in ``meta``, the
    candidacy; nothing is done then. Warnings pass with an ``explanation``. (Zhoukou 四(四)三)
    """
    if not elected:
        raise DomainError.of("nobody_chosen", "请先勾选当选人员。", "chosen")
    with transaction.atomic():
        held = _locked(meeting, by)
        if held.held_on is None:
            raise Conflict.of("meeting_not_held", "会议尚未召开，请先登记召开日期。")
        settle(rules.way_fits_meeting(way_in, held.kind), "")
        seats: list[Appointment] = []
        problems: list[Problem] = []
        for one in sorted(elected, key=lambda one: one.candidacy.pk):
            try:
                with transaction.atomic():
                    seats.append(seat_by_meeting(held, one, way_in, basis, by, explanation))
            except DomainError as error:
                problems += named(error, one.candidacy.person.name, candidacy=one.candidacy.pk)
        if problems:
            raise DomainError(problems)
        record(
            kind="sanzhang.elected",
            by=by,
            unit=held.unit,
            obj=held,
            summary=f"{held}：{len(seats)}人任职",
            data={"appointments": [seat.pk for seat in seats], "way_in": way_in},
        )
    return seats


def seat_by_meeting(
    meeting: Meeting, one: Elected, way_in: str, basis: str, by: Actor, explanation: str
) -> Appointment:
    """One of those elected: the decision by the meeting, where it is still due, then the seat."""
    assert meeting.held_on is not None
    held = locked_open(one.candidacy)
    settle(rules.meeting_is_of_the_unit(held, meeting), "")
    plan = plan_of(held.procedure_id)
    due = plan.next_step(held.unit.level, list(held.steps.all()))
    if due is not None:
        step = due.key if due.giver == Giver.MEETING else plan.steps(held.unit.level)[-1].key
        take(held, plan, step, StepFacts(meeting.held_on, number=meeting.number, meeting=meeting), by)
    facts = SeatFacts(
        position=held.position,
        valid_from=meeting.held_on,
        employment=one.employment,
        secondment_ends_on=one.secondment_ends_on,
        way_in=way_in,
        basis=basis,
    )
    return seat_held(held, facts, by, explanation)


def _locked(meeting: Meeting, by: Actor) -> Meeting:
    held = Meeting.objects.select_for_update(of=("self",)).select_related("unit").get(pk=meeting.pk)
    ensure(by, MANAGE_PEOPLE, held.unit)
    if held.cancelled_at is not None:
        raise Conflict.of("meeting_cancelled", "该会议已取消，请刷新页面查看。")
    return held
