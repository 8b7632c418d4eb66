"""What of the registry a desk hands over with its posting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.handovers import open_handover
from core.actor import SYSTEM
from core.clock import today
from sanzhang.choices import MeetingKind
from sanzhang.models import Candidacy, LeadershipBody, Term
from sanzhang.selectors.open_work import open_work_of_posting
from sanzhang.services import candidacies, procedures
from sanzhang.services.meetings import MeetingFacts, cancel_meeting, save_meeting
from sanzhang.services.supports import confirm_receipt
from tests.factories import Tree
from tests.work import support

OPENED = dt.date(2026, 3, 2)
NOMINEE = "王秀兰（农技站站长）拟任历下区科协副主席"


def lines(person: User) -> list[str]:
    return [str(work) for posting in person.postings.all() for work in open_work_of_posting(posting)]


@pytest.fixture
def nominated(tree: Tree, clerk: User, person_of: Any) -> Candidacy:
    """Zhoukou's procedure is in force: the superior is asked right after the shortlist."""
    draft = procedures.draft(owner=tree.province, preset="zhoukou", by=SYSTEM)
    procedures.publish(procedure=draft, by=SYSTEM)
    person = person_of("王秀兰", unit=tree.county, occupation="农技站站长")
    return candidacies.open_candidacy(
        person=person, unit=tree.county, position="vice_chair", opened_on=OPENED, by=clerk
    )


def test_candidacy_is_on_the_clerks_list_and_on_the_superiors_until_it_ends(
    nominated: Candidacy, clerk: User, city_official: User
) -> None:
    assert lines(clerk) == [f"{NOMINEE}：上级科协意见，等待济南市科协"]
    assert f"{NOMINEE}：待本单位出具意见" in lines(city_official)
    candidacies.withdraw(candidacy=nominated, on=OPENED, reason="本人不愿任职", by=clerk)
    assert lines(clerk) == lines(city_official) == []


def test_township_candidacy_is_on_both_desks_that_work_it(
    tree: Tree, nominated: Candidacy, clerk: User, township_clerk: User, other_clerk: User, person_of: Any
) -> None:
    person = person_of("李大力", unit=tree.township, occupation="农技站站长")
    candidacies.open_candidacy(
        person=person, unit=tree.township, position="vice_chair", opened_on=OPENED, by=clerk
    )
    assert len(lines(clerk)) == 2
    assert [line for line in lines(clerk) if "李大力" in line] == lines(township_clerk)
    assert lines(other_clerk) == []


def test_planned_meeting_until_it_was_held_or_called_off(tree: Tree, clerk: User) -> None:
    day = today()
    plan = MeetingFacts(kind=MeetingKind.PLENARY, planned_on=day)
    meeting = save_meeting(unit=tree.county, facts=plan, by=clerk)
    words = f"{day.year}年{day.month}月{day.day}日计划召开的历下区科协全委会议：待登记召开情况"
    assert lines(clerk) == [words]
    cancel_meeting(meeting=meeting, reason="改期", by=clerk)
    assert lines(clerk) == []


def test_support_waits_at_the_receivers_desk_until_confirmed(
    tree: Tree, clerk: User, other_clerk: User
) -> None:
    row = support(tree.city, on=OPENED, receiver=tree.county)
    assert lines(clerk) == ["济南市科协2026年3月2日给予历下区科协的“科普惠农项目”：待确认收到"]
    assert lines(other_clerk) == []
    confirm_receipt(support=row, by=clerk)
    assert lines(clerk) == []


def test_overdue_renewals_are_told_as_a_number(tree: Tree, clerk: User) -> None:
    body = LeadershipBody.objects.create(unit=tree.county, kind="committee")
    Term.objects.create(body=body, ordinal=3, starts_on=dt.date(2018, 1, 1), lawful_end=dt.date(2023, 1, 1))
    assert lines(clerk) == ["领导机构换届：逾期未换届1个"]


def test_handover_lists_the_registrys_work(
    nominated: Candidacy, clerk: User, other_clerk: User, unit_admin: User
) -> None:
    handover = open_handover(leaver=clerk, successor=other_clerk, by=unit_admin)
    assert handover.lines.filter(text=NOMINEE, standing="上级科协意见，等待济南市科协").exists()


def test_queries_do_not_grow_with_candidacies(
    tree: Tree, nominated: Candidacy, clerk: User, person_of: Any
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as told:
            assert lines(clerk)
        return len(told)

    before = asked()
    for name in ("李大力", "赵小芳"):
        person = person_of(name, unit=tree.township, occupation="农技站站长")
        candidacies.open_candidacy(
            person=person, unit=tree.township, position="vice_chair", opened_on=OPENED, by=clerk
        )
    assert asked() == before
