"""People of a small county: the default occupations, and a quick way to register somebody."""

from __future__ import annotations

import datetime as dt
import uuid
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
from tests.factories import Tree, user_at

START = dt.date(2024, 3, 1)
PHONE = "13805310001"


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
    return user_at(tree.township, "reporter")


@pytest.fixture
def form_of(occupation_of: Any, tree: Tree) -> Callable[..., dict[str, Any]]:
    """What the browser sends when a person and a seat are registered."""

    def make(occupation: str = "医院院长", **fields: Any) -> dict[str, Any]:
        return {
            "record_as": "seat",
            "unit": tree.county.pk,
            "occupation": occupation_of(occupation).pk,
            "position": "vice_chair",
            "employment": "part_time",
            "valid_from": "2024-03-01",
            "way_in": "election",
            "name": "王秀兰",
            "employer": "历下区人民医院",
            "phone": PHONE,
            "birth_month": "1975-06",
            "is_front_line": "on",
            "key": str(uuid.uuid4()),
        } | fields

    return make


@pytest.fixture
def heads(tree: Tree, person_of: Any, seat_of: Any) -> dict[str, KeyPerson]:
    """Four people in two counties."""
    vice = person_of("赵一", occupation="医院院长", phone=PHONE)
    seat_of(vice)
    town = person_of("钱二", occupation="农业服务中心主任", unit=tree.township)
    seat_of(
        town, tree.township, way_in="co_option", employment="seconded", secondment_ends_on=dt.date(2027, 1, 1)
    )
    left = person_of("孙三", occupation="学校校长")
    appointments.end(
        appointment=seat_of(left, position="member"), on=dt.date(2025, 1, 1), reason="retired", by=SYSTEM
    )
    foreign = person_of("李四", unit=tree.other_county, phone="13805310002")
    seat_of(foreign, tree.other_county, position="delegate", way_in="", is_backfill=True)
    return {"vice": vice, "town": town, "left": left, "foreign": foreign}
