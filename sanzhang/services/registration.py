"""The clerk's one act: a person and the first seat, or a person and the first step towards one."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from core.actor import Actor
from orgs.models import OrgUnit
from sanzhang.models import KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.services import appointments, candidacies, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.guards import ensure, settle
from sanzhang.services.people import PersonFacts


def register_with_seat(
    *,
    facts: PersonFacts,
    unit: OrgUnit,
    seat: SeatFacts,
    by: Actor,
    explanation: str = "",
    key: uuid.UUID | None = None,
) -> KeyPerson:
    """A person in office in ``unit``: both are written, or neither. The same ``key`` again changes nothing.

    Raises ``DomainError`` with the problems of the person and of the seat together.
    """
    ensure(by, MANAGE_PEOPLE, unit)
    if registered := _registered(key):
        return registered
    problems = [
        *people.problems_of_new(facts, by=by, is_backfill=seat.is_backfill),
        *appointments.problems_of(
            occupation=facts.occupation, birth_month=facts.birth_month, unit=unit, seat=seat
        ),
    ]
    settle(problems, explanation)
    with transaction.atomic():
        person = people.register(
            facts=facts, unit=unit, by=by, is_backfill=seat.is_backfill, explanation=explanation, key=key
        )
        if not person.appointments.exists():
            appointments.appoint(person=person, unit=unit, seat=seat, by=by, explanation=explanation)
    return person


def register_candidate(
    *,
    facts: PersonFacts,
    unit: OrgUnit,
    position: str,
    opened_on: dt.date,
    by: Actor,
    explanation: str = "",
    key: uuid.UUID | None = None,
) -> KeyPerson:
    """A person shortlisted for a seat of ``unit``: both are written, or neither."""
    ensure(by, MANAGE_PEOPLE, unit)
    if registered := _registered(key):
        return registered
    problems = [
        *people.problems_of_new(facts, by=by),
        *appointments.problems_of_place(occupation=facts.occupation, unit=unit, position=position),
    ]
    settle(problems, explanation)
    with transaction.atomic():
        person = people.register(facts=facts, unit=unit, by=by, explanation=explanation, key=key)
        if not person.candidacies.exists():
            candidacies.open_candidacy(
                person=person, unit=unit, position=position, opened_on=opened_on, by=by
            )
    return person


def _registered(key: uuid.UUID | None) -> KeyPerson | None:
    return KeyPerson.objects.filter(registration_key=key).first() if key else None
