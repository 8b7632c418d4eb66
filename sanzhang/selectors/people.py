"""Questions about single people: who may be the same head, what their life in the bodies was."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch, Q

from core.actor import Actor
from core.cipher import digest
from sanzhang.models import Appointment, Filing, KeyPerson
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.procedures import procedure_of

#: More candidates than this say nothing to the clerk.
MOST_DOUBLES = 5


def doubles_of(
    *, name: str, employer: str, phone: str | None, by: Actor, leave_out: KeyPerson | None = None
) -> list[KeyPerson]:
    """Records in ``by``'s scope with the same name and employer, or with the same telephone."""
    same = Q()
    if name and employer:
        same |= Q(name=name, employer=employer)
    if phone and len(phone) >= 7:
        same |= Q(phone_digest=digest(phone))
    if not same:
        return []
    found = KeyPerson.objects.present().filter(same).select_related("unit", "occupation")
    if leave_out is not None:
        found = found.exclude(pk=leave_out.pk)
    return [person for person in found[:50] if by.can(VIEW_PEOPLE, person.unit)][:MOST_DOUBLES]


def life_of(person: KeyPerson) -> list[Appointment]:
    """Every seat of a person, newest first, voided ones included, with filings and what is still to be filed."""
    filings = Prefetch("filings", Filing.objects.order_by("filed_on"))
    seats = list(
        person.appointments.select_related("unit", "body", "term", "candidacy").prefetch_related(filings)
    )
    for seat in seats:
        filed = {filing.authority for filing in seat.filings.all()}
        due = procedure_of(seat.unit).filed_with(seat.unit.level)
        owed = seat.is_open and not seat.is_backfill
        seat.unfiled = [authority for authority in due if authority not in filed] if owed else []
    return seats


def seats_of_people(people: Iterable[KeyPerson], day: dt.date) -> dict[int, list[Appointment]]:
    """The seats that ``people`` hold on ``day``, highest first, by person. One query."""
    seats: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.on(day).filter(person__in=[person.pk for person in people])
    for seat in rows.highest_first().select_related("unit", "body"):
        seats[seat.person_id].append(seat)
    return seats
