"""Terms of bodies: entering one, and renewal as one act (换届)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.formats import day
from orgs.models import OrgUnit
from sanzhang import rules
from sanzhang.choices import BodyKind, EndReason, WayIn
from sanzhang.models import Appointment, LeadershipBody, Term
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.services.guards import ensure, refused_in_words, settle

#: A term lasts five years unless set otherwise.
TERM_YEARS = 5


def lawful_end_of(starts_on: dt.date) -> dt.date:
    """The day by which a term that began on ``starts_on`` must be renewed."""
    day_of_month = 28 if (starts_on.month, starts_on.day) == (2, 29) else starts_on.day
    return starts_on.replace(year=starts_on.year + TERM_YEARS, day=day_of_month)


def open_term(
    *,
    unit: OrgUnit,
    kind: str,
    ordinal: int,
    starts_on: dt.date,
    by: Actor,
    lawful_end: dt.date | None = None,
) -> Term:
    """Enter the present term of a body; seats already held since its start join it."""
    ensure(by, MANAGE_PEOPLE, unit)
    end = lawful_end or lawful_end_of(starts_on)
    if kind == BodyKind.TEAM:
        raise DomainError.of("team_has_no_term", "村级工作队伍没有届次。", "kind")
    settle(rules.term_is_possible(starts_on, end, clock.today()), "")
    with transaction.atomic():
        body, _created = LeadershipBody.objects.get_or_create(unit=unit, kind=kind)
        with refused_in_words():
            term = Term.objects.create(body=body, ordinal=ordinal, starts_on=starts_on, lawful_end=end)
        body.appointments.standing().filter(term=None, valid_from__gte=starts_on).update(term=term)
        _record("sanzhang.term_opened", by, unit, term, f"登记{body}第{ordinal}届，{day(starts_on)}起")
    return term


def renew_term(
    *,
    term: Term,
    starts_on: dt.date,
    by: Actor,
    carried: Collection[int] = (),
    lawful_end: dt.date | None = None,
) -> Term:
    """The renewal: ``term`` ends, the next begins on ``starts_on``; each open seat is carried over or ends with it.

    ``carried`` are the keys of the seats whose holders were elected again: they end with the old term and begin anew
    in the new one by election. All in one transaction.
    """
    end = lawful_end or lawful_end_of(starts_on)
    with transaction.atomic():
        old = Term.objects.select_for_update(of=("self",)).select_related("body__unit").get(pk=term.pk)
        unit = old.body.unit
        ensure(by, MANAGE_PEOPLE, unit)
        if old.ended_on is not None:
            raise Conflict.of("term_closed", "该届已办理换届，请刷新页面查看。")
        settle(rules.term_is_possible(starts_on, end, clock.today()), "")
        if starts_on <= old.starts_on:
            raise DomainError.of(
                "renewal_early", f"新一届应晚于上一届开始日期（{day(old.starts_on)}）。", "starts_on"
            )
        now = clock.now()
        old.ended_on, old.end_recorded_at = starts_on, now
        old.save(update_fields=["ended_on", "end_recorded_at"])
        with refused_in_words():
            new = Term.objects.create(
                body=old.body, ordinal=old.ordinal + 1, starts_on=starts_on, lawful_end=end
            )
        seats = list(old.body.appointments.open_ended().filter(valid_from__lt=starts_on).select_for_update())
        unknown = set(carried) - {seat.pk for seat in seats}
        if unknown:
            raise DomainError.of("unknown_seat", "连任名单与当前任职不符，请刷新页面后重新选择。", "carried")
        _end_with_term(seats, starts_on, now)
        again = [seat for seat in seats if seat.pk in set(carried)]
        Appointment.objects.bulk_create([_anew(seat, new, starts_on, by) for seat in again])
        old.body.appointments.open_ended().filter(valid_from__gte=starts_on).update(term=new)
        data = {"carried": [seat.pk for seat in again], "ended": len(seats) - len(again)}
        _record(
            "sanzhang.term_renewed",
            by,
            unit,
            new,
            f"{old.body}换届，第{new.ordinal}届{day(starts_on)}起",
            data,
        )
    return new


def _end_with_term(seats: list[Appointment], on: dt.date, now: dt.datetime) -> None:
    for seat in seats:
        seat.valid_to, seat.end_recorded_at, seat.end_reason = on, now, EndReason.RENEWAL
    Appointment.objects.bulk_update(seats, ["valid_to", "end_recorded_at", "end_reason"])


def _anew(seat: Appointment, term: Term, starts_on: dt.date, by: Actor) -> Appointment:
    """The same seat in the new term, by election."""
    return Appointment(
        person_id=seat.person_id,
        body_id=seat.body_id,
        unit_id=seat.unit_id,
        term=term,
        position=seat.position,
        employment=seat.employment,
        secondment_ends_on=seat.secondment_ends_on,
        way_in=WayIn.ELECTION,
        valid_from=starts_on,
        recorded_by=by.actor_label[:80],
    )


def _record(
    kind: str, by: Actor, unit: OrgUnit, term: Term, summary: str, data: dict[str, object] | None = None
) -> None:
    days = {"starts_on": term.starts_on, "lawful_end": term.lawful_end}
    record(kind=kind, by=by, summary=summary, unit=unit, obj=term, data=days | (data or {}))
