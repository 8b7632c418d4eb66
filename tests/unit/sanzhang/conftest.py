"""People of a small county: the default occupations, and a quick way to register somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from core.actor import SYSTEM
from orgs.models import OrgUnit
from sanzhang.models import Appointment, KeyPerson, Occupation
from sanzhang.services import appointments, occupations, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import Tree

START = dt.date(2024, 3, 1)


@pytest.fixture
def occupation_of(db: None) -> Callable[[str], Occupation]:
    """An occupation of the default list by its name."""
    occupations.load_defaults(by=SYSTEM)
    return lambda name: Occupation.objects.get(name=name)


@pytest.fixture
def facts_of(occupation_of: Callable[[str], Occupation]) -> Callable[..., PersonFacts]:
    """What is typed about somebody."""

    def make(name: str = "王秀兰", occupation: str = "农技站站长", **fields: Any) -> PersonFacts:
        fields.setdefault("employer", f"{name}的单位")
        return PersonFacts(name=name, occupation=occupation_of(occupation), **fields)

    return make


@pytest.fixture
def person_of(facts_of: Callable[..., PersonFacts], tree: Tree) -> Callable[..., KeyPerson]:
    """A registered person."""

    def make(name: str = "王秀兰", unit: OrgUnit | None = None, by: Any = SYSTEM, **fields: Any) -> KeyPerson:
        return people.register(facts=facts_of(name, **fields), unit=unit or tree.county, by=by)

    return make


@pytest.fixture
def seat_of(tree: Tree) -> Callable[..., Appointment]:
    """A seat taken by election."""

    def make(person: KeyPerson, unit: OrgUnit | None = None, by: Any = SYSTEM, **fields: Any) -> Appointment:
        seat = SeatFacts(**({"position": "vice_chair", "valid_from": START, "way_in": "election"} | fields))
        return appointments.appoint(person=person, unit=unit or tree.county, seat=seat, by=by)

    return make


@pytest.fixture
def township_clerk(tree: Tree) -> User:
    """Reporter of a township of ``tree.county``."""
    from tests.factories import user_at

    return user_at(tree.township, "reporter")
