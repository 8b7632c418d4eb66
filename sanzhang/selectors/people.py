"""Questions about single people: who may be the same head, what their life in the bodies was."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch

from sanzhang.models import Appointment, Filing, KeyPerson
from sanzhang.procedures import plans_in_force


def life_of(person: KeyPerson) -> list[Appointment]:
    """Every seat of a person, newest first, voided ones included, with filings and what is still to be filed."""
    filings = Prefetch("filings", Filing.objects.order_by("filed_on"))
    seats = list(
        person.appointments.select_related("unit", "body", "term", "candidacy").prefetch_related(filings)
    )
    plans = plans_in_force([seat.unit for seat in seats])
    for seat in seats:
        owed = seat.is_open and not seat.is_backfill
        seat.unfiled = plans[seat.unit.province_id].unfiled(seat) if owed else []
    return seats


def seats_of_people(people: Iterable[KeyPerson], day: dt.date) -> dict[int, list[Appointment]]:
    """The seats that ``people`` hold on ``day``, highest first, by person. One query."""
    seats: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.on(day).filter(person__in=[person.pk for person in people])
    for seat in rows.highest_first().select_related("unit", "body"):
        seats[seat.person_id].append(seat)
    return seats
