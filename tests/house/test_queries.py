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
from orgs.models import Reorganisation
from orgs.services import affiliate_facts
from reporting.models import Cell, Report
from reporting.selectors.layout import layout_of
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection, load_monthly_form
from reporting.services.review import accept
from reporting.services.submission import submit
from sanzhang.models import Occupation
from sanzhang.services import (
    appointments,
    candidacies,
    leading,
    meetings,
    occupations,
    people,
    procedures,
    terms,
)
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.evaluations import choose_exemplar
from sanzhang.services.meetings import MeetingFacts
from sanzhang.services.people import PersonFacts
from tests import work
from tests.affiliates import affiliate
from tests.factories import Tree, make_tree, user_at
from tests.month import PERIOD, WHILE_FILLING, fill

FEW, MANY = 4, 14
BOARDS = (
    "overview",
    "coverage",
    "completeness",
    "totals",
    "blank_spots",
    "cases",
    "targets",
    "wall",
    "standing",
)
PAGES = [
    *(("county", f"reporting:{name}") for name in ("desk", "grid", "chase", "mine")),
    *(("city", f"reporting:{name}") for name in ("desk", "queue", "issues", "deadlines", "counted", *BOARDS)),
    *(("province", f"reporting:{name}") for name in ("queue", "cycles", *BOARDS)),
    *(("county", f"sanzhang:{name}") for name in ("list", "terms", "candidacies")),
    *(
        ("county", f"sanzhang:{name}")
        for name in ("candidacy_list", "step_speeds", "meetings", "meeting_month")
    ),
    ("city", "sanzhang:opinions"),
    *(("city", f"sanzhang:{name}") for name in ("composition", "composed_bodies", "composed_people")),
    *(("city", f"sanzhang:{name}") for name in ("coverage", "cover_units")),
    *(("city", f"v1:{name}") for name in ("composition", "key_people_coverage")),
    *(("county", f"duty:{name}") for name in ("list", "activities", "supports", "exemplars", "grades")),
    *(("city", f"v1:{name}") for name in ("activity-list", "support-list")),
    *(("city", f"orgs:{name}") for name in ("tree", "list", "affiliates", "affiliates_overview")),
    *(("city", f"orgs:{name}") for name in ("roster", "missing", "item_coverage", "confirmations")),
    *(("city", f"orgs:{name}") for name in ("cohorts", "expectations")),
    ("county", "orgs:affiliates_matrix"),
    ("city", "v1:affiliate-list"),
    *(("city", name) for name in ("files:centre", "notices:inbox", "home")),
    ("city administrator", "accounts:list"),
    *(("city administrator", name) for name in ("orgs:reorganisations", "v1:reorganisation-list")),
    ("city administrator", "orgs:division_updates"),
    ("audit administrator", "audit:list"),
    *(
        ("city", f"v1:{name}")
        for name in (
            "unit-list",
            "report-list",
            "person-list",
            "appointment-list",
            "candidacy-list",
            "meeting-list",
        )
    ),
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
    procedures.publish(procedure=procedures.draft(owner=tree[code], preset="zhoukou", by=SYSTEM), by=SYSTEM)
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
    _found_affiliate(unit, person)
    seat = SeatFacts(position="vice_chair", valid_from=PERIOD.replace(year=2024), way_in="election")
    appointments.appoint(person=person, unit=unit, seat=seat, by=SYSTEM)
    _turn_bodies(unit, person)
    work.activity(unit, person, on=PERIOD)
    work.support(unit.parent, on=PERIOD, receiver=unit)
    choose_exemplar(unit=unit, kind="person", title="好校长", text="热心科普。", person=person, by=SYSTEM)


def _turn_bodies(unit, person) -> None:
    """A term, a meeting and somebody on the way in."""
    since = PERIOD.replace(year=2024)
    candidacies.open_candidacy(person=person, unit=unit, position="member", opened_on=since, by=SYSTEM)
    meetings.save_meeting(unit=unit, facts=MeetingFacts(kind="plenary", held_on=since), by=SYSTEM)
    terms.open_term(unit=unit, kind="leadership", ordinal=3, starts_on=since, by=SYSTEM)


def _found_affiliate(unit, person) -> None:
    """An association that the unit guides and the person leads; a county's works with each of its townships."""
    made = affiliate(unit, f"{unit.name}协会", "agri_association", has_party_group=True)
    day = PERIOD.replace(year=2024)
    leading.begin(affiliate=made, person=person, role="president", since=day, by=SYSTEM)
    affiliate_facts.set_members(affiliate=made, as_of=day, personal=9, by=SYSTEM)
    townships = list(unit.children.all())
    if townships:
        affiliate_facts.add_unit_partners(affiliate=made, units=townships, since=day, by=SYSTEM)


def _report(unit_id: int, clerk: User, reviewer: User | None) -> None:
    report = Report.objects.select_related("cycle").get(unit=unit_id)
    fill(report)
    submit(report=report, by=clerk)
    if reviewer:
        accept(report=report, by=reviewer)


def _leave_traces(user: User, place: int) -> None:
    Message.objects.create(user=user, kind="report.due", title="请报送", key=f"m{user.pk}-{place}")
    ExportJob.objects.create(kind="orgs.units", title="单位名册", requested_by_id=user.pk)
    Reorganisation.objects.create(unit=user.unit, title="合并", created_by="测试")
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
