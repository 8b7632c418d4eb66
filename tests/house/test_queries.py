"""Pages ask the database the same number of questions for few rows and for many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.services import record
from core.actor import SYSTEM
from files.models import ExportJob
from notices.models import Message
from reporting.models import Cell, Report
from reporting.selectors.layout import layout_of
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection, load_monthly_form
from reporting.services.review import accept
from reporting.services.submission import submit
from sanzhang.models import Occupation
from sanzhang.services import appointments, occupations, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import Tree, make_tree, user_at
from tests.month import PERIOD, WHILE_FILLING, fill

FEW, MANY = 4, 14
BOARDS = ("overview", "coverage", "completeness", "totals", "blank_spots", "cases")
PAGES = [
    *(("county", f"reporting:{name}") for name in ("desk", "grid", "chase", "mine")),
    *(("city", f"reporting:{name}") for name in ("desk", "queue", "deadlines", *BOARDS)),
    *(("province", f"reporting:{name}") for name in ("queue", "cycles", *BOARDS)),
    *(("county", f"sanzhang:{name}") for name in ("list", "terms", "candidacies")),
    *(("city", f"orgs:{name}") for name in ("tree", "list")),
    *(("city", name) for name in ("files:centre", "notices:inbox", "home")),
    ("city administrator", "accounts:list"),
    ("audit administrator", "audit:list"),
    *(("city", f"v1:{name}") for name in ("unit-list", "report-list", "person-list", "appointment-list")),
]


@dataclass
class Land:
    """A province of one city with as many counties as the first county has townships, all with reports."""

    tree: Tree
    people: dict[str, User]


def settle(code: str, size: int) -> Land:
    counties = [f"{code}01{number:02}" for number in range(2, 2 + size)]
    names = {code: f"第{code}省", f"{code}01": f"第{code}市"}
    names |= {county: f"第{county}县" for county in counties}
    names |= {f"{counties[0]}{100 + number}": f"第{number}镇" for number in range(size)}
    tree = make_tree(names)
    load_monthly_form(owner=tree[code], by=SYSTEM)
    open_cycle(collection=load_collection(owner=tree[code], by=SYSTEM), period=PERIOD, by=SYSTEM)
    city = user_at(tree[f"{code}01"], Role.REPORTER, Role.REVIEWER)
    for place, county in enumerate(counties):
        clerk = user_at(tree[county], Role.REPORTER)
        _register(tree[county], place)
        if place:
            _report(tree[county].pk, clerk, city if place % 2 else None)
        _leave_traces(city, place)
    desks = {
        "county": user_at(tree[counties[0]], Role.REPORTER, Role.REVIEWER),
        "city": city,
        "province": user_at(tree[code], Role.REPORTER, Role.REVIEWER),
        "city administrator": user_at(tree[f"{code}01"], Role.UNIT_ADMIN),
        "audit administrator": user_at(tree[code], Role.AUDIT_ADMIN),
    }
    for number in range(size):
        _register(tree[f"{counties[0]}{100 + number}"], number)
    return Land(tree, desks)


def _register(unit, place: int) -> None:
    known = PersonFacts(
        name=f"王{chr(0x4E00 + place)}",
        occupation=Occupation.objects.get(name="学校校长"),
        employer=f"{unit.division_code}学校",
    )
    person = people.register(facts=known, unit=unit, by=SYSTEM)
    seat = SeatFacts(position="vice_chair", valid_from=PERIOD.replace(year=2024), way_in="election")
    appointments.appoint(person=person, unit=unit, seat=seat, by=SYSTEM)


def _report(unit_id: int, clerk: User, reviewer: User | None) -> None:
    report = Report.objects.select_related("cycle").get(unit=unit_id)
    fill(report)
    submit(report=report, by=clerk)
    if reviewer:
        accept(report=report, by=reviewer)


def _leave_traces(user: User, place: int) -> None:
    Message.objects.create(user=user, kind="report.due", title="请报送", key=f"m{user.pk}-{place}")
    ExportJob.objects.create(kind="orgs.units", title="单位名册", requested_by_id=user.pk)
    record(kind="test.happened", by=user, summary="办理一件事", unit=user.unit)


@pytest.fixture
def lands(db: None) -> Iterator[tuple[Land, Land]]:
    occupations.load_defaults(by=SYSTEM)
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield settle("37", FEW), settle("41", MANY)


def _asked(land: Land, role: str, name: str) -> list[str]:
    client = Client()
    client.force_login(land.people[role])
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(reverse(name))
    assert answer.status_code in (200, 302), f"{role} {name}: {answer.status_code}"
    return [query["sql"] for query in seen.captured_queries]


def test_number_of_queries_does_not_grow_with_the_rows(lands: tuple[Land, Land]) -> None:
    few, many = lands
    grown = {}
    for role, name in PAGES:
        before, after = len(_asked(few, role, name)), len(_asked(many, role, name))
        if after > before:
            grown[f"{role} {name}"] = (before, after)
    assert grown == {}


def test_saving_many_cells_asks_no_more_than_saving_one(lands: tuple[Land, Land]) -> None:
    few, many = lands
    asked = []
    for land in (few, many):
        report = Report.objects.filter(custodian=land.people["county"].unit, level=4).first()
        owed = layout_of(report.cycle.form_version).owed_at(report.level)
        keys = [item.indicator.key for item in owed if item.indicator.is_numeric][: 1 if land is few else 99]
        body = {
            "cells": [
                {"report": report.pk, "key": key, "value": "0", "explanation": None, "revision": 0}
                for key in keys
            ]
        }
        client = Client()
        client.force_login(land.people["county"])
        with CaptureQueriesContext(connection) as seen:
            answer = client.post(reverse("reporting:save_cells"), body, content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        asked.append(len(seen.captured_queries))
        assert Cell.objects.filter(report=report).count() == len(keys)
        assert len(keys) == (1 if land is few else 11)
    assert asked[1] <= asked[0] + 2
