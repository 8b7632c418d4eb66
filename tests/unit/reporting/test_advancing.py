"""What the clock does: opening, facts at the window's end, reminders once per occasion."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from notices.models import Message
from reporting.models import Cycle, CycleFact
from reporting.services.advancing import advance, remind
from reporting.services.review import send_back
from reporting.services.submission import submit
from tests.factories import Tree, user_at
from tests.month import Month, fill, make_collection


def at(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=clock.SHANGHAI)


def test_facts_are_taken_once_the_window_has_ended(tree: Tree, db: None) -> None:
    with time_machine.travel(at(19, 23), tick=False) as traveller:
        collection = make_collection(tree)
        collection.first_period = dt.date(2026, 11, 1)
        collection.save()
        first = advance(at=clock.now())
        assert (first.opened, first.facts) == (1, 0)
        traveller.move_to(at(20, 0))
        second = advance(at=clock.now())
        assert (second.opened, second.facts) == (0, 1)
        cycle = Cycle.objects.get()
        assert cycle.facts_at is not None
        expected = CycleFact.objects.get(
            cycle=cycle, unit=tree.province, indicator__key="units_expected_township"
        )
        townships = [u for u in tree.units.values() if u.level == 4 and u.is_expected]
        assert expected.numerator == len(townships)
        assert advance(at=clock.now()).facts == 0


def test_opening_tells_every_desk_that_types_once(month: Month) -> None:
    clerk = user_at(month.tree["370112"], Role.REPORTER)
    before = Message.objects.filter(kind="cycle.open").count()
    month.next(dt.date(2026, 12, 1))
    month.next(dt.date(2026, 12, 1))
    told = set(Message.objects.filter(kind="cycle.open").values_list("user__username", flat=True))
    assert Message.objects.filter(kind="cycle.open").count() == before + len(told)
    assert {clerk.username, month.clerk.username, month.city.username} <= told


@pytest.mark.parametrize(
    ("day", "told"), [(17, False), (18, True), (19, True), (20, True), (21, True), (22, False), (23, True)]
)
def test_clerk_is_reminded_before_on_and_after_the_deadline(month: Month, day: int, told: bool) -> None:
    """The county's 22nd is a Sunday and moves forward to Friday the 20th."""
    remind(at=at(day))
    assert Message.objects.filter(user=month.clerk, kind="reminder").exists() == told


def test_reminder_of_one_stage_comes_once(month: Month) -> None:
    remind(at=at(20, 9))
    assert remind(at=at(20, 10)) == 0
    assert Message.objects.filter(user=month.clerk, kind="reminder").count() == 1


def test_reminder_names_the_townships_still_to_be_typed(month: Month) -> None:
    remind(at=at(20))
    body = Message.objects.get(user=month.clerk, kind="reminder").body
    assert "本单位月报尚未上报" in body
    assert "3个" in body


def test_who_has_submitted_is_left_in_peace(month: Month) -> None:
    fill(month.county_report)
    for code in ("370102001", "370102002", "370102003"):
        fill(month.report(code))
    submit(report=month.county_report, by=month.clerk)
    remind(at=at(20))
    assert not Message.objects.filter(user=month.clerk, kind="reminder").exists()


def test_returned_report_is_chased_by_its_own_term(month: Month) -> None:
    fill(month.county_report)
    for code in ("370102001", "370102002", "370102003"):
        fill(month.report(code))
    submit(report=month.county_report, by=month.clerk)
    send_back(report=month.county_report, reason="other", remark="核实", days=3, by=month.city)
    remind(at=at(22))
    titles = [
        message.title
        for message in Message.objects.filter(user=month.clerk, kind="reminder")
        if "退回" in message.title
    ]
    assert titles == ["2026年11月退回修改的月报明天截止"]


def test_city_is_told_once_who_is_missing(month: Month) -> None:
    remind(at=at(21))
    remind(at=at(23))
    [message] = Message.objects.filter(user=month.city, kind="missing")
    assert "历下区" in message.body
    assert "历城区" in message.body
    assert AuditEvent.objects.filter(kind="report.missing", unit_id=month.tree.city.pk).count() == 1
