"""A small province with one of everything in a county of each city, for tests that walk through the whole house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import time_machine
from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.roles import Role
from core.actor import SYSTEM
from files.models import ExportJob
from files.services import attach
from notices.models import Message
from orgs.choices import OfficerRole
from orgs.models import OrgUnit
from orgs.services import facts
from reporting.services.corrections import open_case
from reporting.services.review import accept
from reporting.services.submission import submit
from sanzhang.models import Occupation
from sanzhang.services import appointments, candidacies, occupations, people, terms
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import Tree, user_at
from tests.month import WHILE_FILLING, Month, fill, make_month

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
IN_OCTOBER = WHILE_FILLING.replace(month=10)
PDF = b"%PDF-1.7\n%%EOF\n"


@dataclass
class Area:
    """A county with one of everything: what a route's argument is called → the object's key, by the route's name."""

    county: OrgUnit
    reporter: User
    keys: dict[str, Any]


@dataclass
class House:
    """Two counties in two cities, and who sits where."""

    tree: Tree
    month: Month
    own: Area
    foreign: Area
    people: dict[str, User]


def furnish(tree: Tree) -> House:
    """October is accepted at the counties and has a correction open; November is being filled in."""
    occupations.load_defaults(by=SYSTEM)
    with time_machine.travel(IN_OCTOBER, tick=False):
        october = make_month(tree, OCTOBER)
    people_ = _people(tree, october)
    others = {
        "clerk": user_at(tree["370202"], Role.REPORTER),
        "city": user_at(tree["3702"], Role.REPORTER, Role.REVIEWER),
    }
    own = _report_october(october, "370102", october.clerk, october.city)
    foreign = _report_october(october, "370202", others["clerk"], others["city"])
    with time_machine.travel(WHILE_FILLING, tick=False):
        cycle = october.next(NOVEMBER)
        month = Month(**(vars(october) | {"cycle": cycle}))
        return House(
            tree=tree,
            month=month,
            own=_area(month, "370102", october.clerk, own),
            foreign=_area(month, "370202", others["clerk"], foreign),
            people=people_,
        )


def _people(tree: Tree, month: Month) -> dict[str, User]:
    province, city, county = tree["37"], tree["3701"], tree["370102"]
    return {
        "county reporter": month.clerk,
        "county reviewer": month.county_reviewer,
        "county leader": month.county_leader,
        "county administrator": user_at(county, Role.UNIT_ADMIN),
        "township reporter": user_at(tree["370102001"], Role.REPORTER),
        "city desk": month.city,
        "city leader": user_at(city, Role.LEADER),
        "city administrator": user_at(city, Role.UNIT_ADMIN),
        "province desk": month.province,
        "province leader": user_at(province, Role.LEADER),
        "province administrator": user_at(province, Role.UNIT_ADMIN),
        "system administrator": user_at(province, Role.SYSTEM_ADMIN),
        "security administrator": user_at(province, Role.SECURITY_ADMIN),
        "audit administrator": user_at(province, Role.AUDIT_ADMIN),
    }


def _report_october(october: Month, code: str, clerk: User, city: User) -> Any:
    report = october.report(code)
    with time_machine.travel(IN_OCTOBER, tick=False):
        for township in october.tree.units.values():
            if township.parent_id == report.unit_id:
                fill(october.report(township.division_code))
        fill(report)
        submit(report=report, by=clerk)
        accept(report=october.report(code), by=city)
        return open_case(
            report=october.report(code), changes={"inspections": "3"}, reason="漏计两次督导", by=clerk
        )


def _area(month: Month, code: str, clerk: User, case: Any) -> Area:
    county = month.tree[code]
    township = next(unit for unit in month.tree.units.values() if unit.parent_id == county.pk)
    report = month.report(code)
    head = _person(f"王秀兰{code}", "医院院长", county)
    seat = appointments.appoint(
        person=head,
        unit=county,
        seat=SeatFacts(position="vice_chair", valid_from=dt.date(2024, 3, 1), way_in="election"),
        by=SYSTEM,
    )
    candidate = _person(f"赵一鸣{code}", "学校校长", township)
    officer = facts.set_officer(
        unit=county,
        role=OfficerRole.LIAISON,
        name="周敏",
        post="副主席",
        since=dt.date(2024, 1, 1),
        by=SYSTEM,
    )
    attachment = attach(
        owner=report,
        unit=county,
        upload=SimpleUploadedFile("佐证.pdf", PDF),
        kind="evidence",
        by=clerk,
    )
    account = user_at(county, Role.LEADER)
    job = ExportJob.objects.create(kind="orgs.units", title="单位名册", requested_by_id=clerk.pk)
    message = Message.objects.create(user=clerk, kind="test", title="提醒", body="请按时报送", key=f"k{code}")
    keys = {
        "unit": county.pk,
        "township": township.pk,
        "report": report.pk,
        "township_report": month.report(township.division_code).pk,
        "accepted": case.report_id,
        "case": case.pk,
        "person": head.pk,
        "seat": seat.pk,
        "candidacy": candidacies.open_candidacy(
            person=candidate, unit=township, position="vice_chair", opened_on=dt.date(2026, 11, 2), by=SYSTEM
        ).pk,
        "term": terms.open_term(
            unit=county, kind="leadership", ordinal=7, starts_on=dt.date(2022, 1, 1), by=SYSTEM
        ).pk,
        "officer": officer.pk,
        "attachment": attachment.pk,
        "job": job.pk,
        "message": message.pk,
        "account": account.pk,
        "posting": account.postings.get().pk,
        "attempt": AccessAttempt.objects.create(
            username=account.username, ip_address="10.0.0.1", failures_since_start=5
        ).pk,
        "cycle": month.cycle.pk,
        "collection": month.cycle.collection_id,
        "occupation": Occupation.objects.get(name="医院院长").pk,
    }
    return Area(county, clerk, keys)


def _person(name: str, occupation: str, unit: OrgUnit) -> Any:
    known = PersonFacts(
        name=name[:3], occupation=Occupation.objects.get(name=occupation), employer=f"{name}的单位"
    )
    return people.register(facts=known, unit=unit, by=SYSTEM)
