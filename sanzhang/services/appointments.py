"""Seats: taking one, leaving it, and striking out what was entered by mistake."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from core.formats import day
from orgs.models import OrgUnit
from sanzhang.choices import BODY_OF_POSITION, Employment, EndReason, Position
from sanzhang.models import Appointment, KeyPerson, LeadershipBody, Meeting, Occupation, OccupationSeat, Term
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.rules import people as rules
from sanzhang.services.guards import ensure, explained, refused_in_words, settle
from sanzhang.services.people import common_unit, locked
from sanzhang.services.quotas import problems_of_seat


@dataclasses.dataclass(frozen=True, slots=True)
class SeatFacts:
    """What is typed about a seat. Of people already in post (``is_backfill``) position and start suffice."""

    position: str
    valid_from: dt.date
    employment: str = Employment.PART_TIME
    secondment_ends_on: dt.date | None = None
    way_in: str = ""
    basis: str = ""
    is_backfill: bool = False


def body_of(unit: OrgUnit, position: str) -> LeadershipBody:
    """The body of ``unit`` in which ``position`` sits; made on first use."""
    body, _created = LeadershipBody.objects.get_or_create(
        unit=unit, kind=BODY_OF_POSITION[Position(position)]
    )
    return body


def allowed_positions(occupation: Occupation) -> dict[int, Sequence[str]]:
    """The positions of ``occupation`` by level, as the province's list has them."""
    return dict(OccupationSeat.objects.filter(occupation=occupation).values_list("level", "positions"))


def problems_of(
    *, occupation: Occupation, birth_month: dt.date | None, unit: OrgUnit, seat: SeatFacts
) -> list[Problem]:
    """What stands against anybody of ``occupation`` taking ``seat`` in ``unit``, whoever else sits there."""
    return problems_by_list(
        occupation=occupation,
        allowed=allowed_positions(occupation),
        birth_month=birth_month,
        level=unit.level,
        seat=seat,
    )


def problems_by_list(
    *,
    occupation: Occupation,
    allowed: rules.Allowed,
    birth_month: dt.date | None,
    level: int,
    seat: SeatFacts,
) -> list[Problem]:
    """The same where the province's list was read before: ``allowed`` are the occupation's positions by level."""
    unknown = rules.level_has_position(level, seat.position)
    return [
        *(unknown or rules.occupation_may_take(occupation, allowed, level, seat.position)),
        *rules.employment_fits(level, seat.position, seat.employment),
        *rules.start_is_possible(seat.valid_from, clock.today()),
        *rules.secondment_ends(seat.employment, seat.valid_from, seat.secondment_ends_on),
        *rules.age_fits(birth_month, seat.valid_from),
        *rules.way_in_is_stated(seat.way_in, seat.basis, is_backfill=seat.is_backfill),
    ]


def problems_of_place(*, occupation: Occupation, unit: OrgUnit, position: str) -> list[Problem]:
    """Rule 1: whether the level has the position at all, and whether the occupation may take it there."""
    unknown = rules.level_has_position(unit.level, position)
    return unknown or rules.occupation_may_take(
        occupation, allowed_positions(occupation), unit.level, position
    )


def appoint(
    *,
    person: KeyPerson,
    unit: OrgUnit,
    seat: SeatFacts,
    by: Actor,
    explanation: str = "",
    decided_on: dt.date | None = None,
    meeting: Meeting | None = None,
) -> Appointment:
    """``person`` takes a seat in ``unit``. The body is made where it is missing, the term found by the start.

    ``decided_on`` is the day of the election or co-option, where the procedure recorded it, ``meeting`` where it
    happened. Raises ``DomainError``
    with every problem at once; a start outside the recorded terms passes with an ``explanation``.
    """
    ensure(by, MANAGE_PEOPLE, unit)
    with transaction.atomic():
        head = locked(person)
        body = body_of(unit, seat.position)
        terms = list(body.terms.all())
        problems = [
            *problems_of(occupation=head.occupation, birth_month=head.birth_month, unit=unit, seat=seat),
            *rules.seat_is_free(_seat_in_the_way(head, body, seat.valid_from)),
            *rules.term_covers(terms, seat.valid_from),
            *_problems_of_quota(terms, seat),
        ]
        if decided_on is not None:
            problems += rules.seat_follows_decision(seat.valid_from, decided_on)
        warnings = settle(problems, explanation)
        _lift_record(head, unit, by)
        seconded = seat.employment == Employment.SECONDED
        with refused_in_words():
            appointment = Appointment.objects.create(
                person=head,
                body=body,
                unit=unit,
                term=rules.term_of(terms, seat.valid_from),
                position=seat.position,
                employment=seat.employment,
                secondment_ends_on=seat.secondment_ends_on if seconded else None,
                way_in=seat.way_in,
                basis=seat.basis.strip(),
                meeting=meeting,
                is_backfill=seat.is_backfill,
                valid_from=seat.valid_from,
                recorded_by=by.actor_label[:80],
            )
        record(
            kind="sanzhang.appointed",
            by=by,
            summary=f"{head.name}任{unit.association}{appointment.get_position_display()}，自{day(seat.valid_from)}",
            unit=unit,
            obj=appointment,
            data={"person": head.pk, "way_in": seat.way_in, "is_backfill": seat.is_backfill}
            | explained(warnings, explanation),
        )
    return appointment


def end(*, appointment: Appointment, on: dt.date, reason: str, by: Actor, note: str = "") -> Appointment:
    """The seat is left: ``on`` is the first day out of office. Other seats of the person stay."""
    with transaction.atomic():
        seat = locked_seat(appointment)
        ensure(by, MANAGE_PEOPLE, seat.unit)
        if not seat.is_open:
            raise Conflict.of("seat_closed", "该任职已离任或已作废，请刷新页面查看。")
        if reason not in EndReason.values:
            raise DomainError.of("reason_missing", "请选择离任原因。", "reason")
        settle(rules.end_follows_start(seat.valid_from, on, clock.today()), "")
        seat.valid_to, seat.end_recorded_at = on, clock.now()
        seat.end_reason, seat.end_note = reason, note.strip()
        seat.save(update_fields=["valid_to", "end_recorded_at", "end_reason", "end_note"])
        record(
            kind="sanzhang.ended",
            by=by,
            summary=f"{seat.person.name}自{day(on)}起不再任{seat.unit.association}{seat.get_position_display()}",
            unit=seat.unit,
            obj=seat,
            data={"on": on, "reason": reason, "note": note.strip()},
        )
    return seat


def void(*, appointment: Appointment, reason: str, by: Actor) -> Appointment:
    """Strike out a seat that was entered by mistake; the row stays, with who struck it out and why."""
    with transaction.atomic():
        seat = locked_seat(appointment)
        ensure(by, MANAGE_PEOPLE, seat.unit)
        if seat.voided_at is not None:
            raise Conflict.of("seat_voided", "该任职已作废，请刷新页面查看。")
        if not reason.strip():
            raise DomainError.of("reason_missing", "请写明作废原因。", "reason")
        seat.voided_at = clock.now()
        seat.save(update_fields=["voided_at"])
        record(
            kind="sanzhang.voided",
            by=by,
            summary=f"作废{seat.person.name}任{seat.unit.association}{seat.get_position_display()}的登记",
            unit=seat.unit,
            obj=seat,
            data={"reason": reason.strip()},
        )
    return seat


def _problems_of_quota(terms: Sequence[Term], seat: SeatFacts) -> list[Problem]:
    """What stands against one seat more in the present term; past terms are as they were."""
    term = rules.term_of(terms, seat.valid_from)
    if term is None or term.ended_on is not None:
        return []
    return problems_of_seat(term=term, position=seat.position, employment=seat.employment)


def locked_seat(appointment: Appointment) -> Appointment:
    """The row for the rest of the transaction."""
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("unit", "person")
    return rows.get(pk=appointment.pk)


def _seat_in_the_way(person: KeyPerson, body: LeadershipBody, start: dt.date) -> dt.date | None:
    """The start of a seat in the same body that an open one from ``start`` would overlap."""
    seats = Appointment.objects.standing().filter(person=person, body=body)
    return (
        seats.exclude(valid_to__lte=start).order_by("valid_from").values_list("valid_from", flat=True).first()
    )


def _lift_record(person: KeyPerson, unit: OrgUnit, by: Actor) -> None:
    """The record is kept at or above every body the person sits in: lift it where the new seat lies elsewhere."""
    if unit.is_within(person.unit):
        return
    shared = common_unit(person.unit, unit)
    if shared is None or not by.can(MANAGE_PEOPLE, shared):
        message = f"该人员的档案由{person.unit.association}管理，请与其联系办理，或由共同的上级登记。"
        raise DomainError.of("record_elsewhere", message, "unit")
    person.unit = shared
    person.save(update_fields=["unit", "updated_at"])
