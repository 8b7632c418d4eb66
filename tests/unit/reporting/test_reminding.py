"""Who is reminded, on which days, once; and what need not go out any more."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from notices.choices import Channel, MailState
from notices.models import Dispatch, Message, ReminderPolicy
from notices.services.dispatching import send_waiting
from reporting.choices import ReminderKind, SignOffMode
from reporting.models import Reminder, UnitReporting
from reporting.services.excuses import defer, exempt
from reporting.services.reminding import remind
from reporting.services.review import accept, send_back
from reporting.services.submission import ask_sign_off, submit
from tests.factories import user_at
from tests.month import Month, fill

TOWNSHIPS = ("370102001", "370102002", "370102003")


def at(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=clock.SHANGHAI)


def hand_in(month: Month) -> None:
    fill(month.county_report)
    for code in TOWNSHIPS:
        fill(month.report(code))
    submit(report=month.county_report, by=month.clerk)


def titles(user, kind: str = "reminder") -> list[str]:
    return list(Message.objects.filter(user=user, kind=kind).order_by("pk").values_list("title", flat=True))


@pytest.mark.parametrize(
    ("day", "told"), [(17, False), (18, True), (19, True), (20, True), (21, True), (22, True), (23, True)]
)
def test_clerk_is_reminded_before_on_and_after_the_deadline(month: Month, day: int, told: bool) -> None:
    """The county's 22nd is a Sunday and moves forward to Friday the 20th."""
    remind(at=at(day))
    assert Message.objects.filter(user=month.clerk, kind="reminder").exists() == told


def test_missed_day_is_made_up_for_once_and_not_for_ever(month: Month) -> None:
    """The portal stood still on the 23rd, the third day after."""
    for day in (20, 21, 22):
        remind(at=at(day))
    assert len(titles(month.clerk)) == 2
    for day in (24, 25):
        remind(at=at(day))
    assert titles(month.clerk)[2:] == ["2026年11月月报11月20日截止，已逾期4天"]
    Reminder.objects.all().delete()
    Message.objects.all().delete()
    remind(at=at(30))
    assert titles(month.clerk) == ["2026年11月月报11月20日截止，已逾期10天"]
    Reminder.objects.all().delete()
    Message.objects.all().delete()
    remind(at=clock.start_of(dt.date(2026, 12, 1)))
    assert titles(month.clerk) == []


def test_whoever_takes_over_is_not_told_again_of_a_day_that_was_heard(month: Month) -> None:
    remind(at=at(21))
    newcomer = user_at(month.tree.county, Role.REPORTER)
    remind(at=at(22))
    assert titles(newcomer) == []
    remind(at=at(23))
    assert len(titles(newcomer)) == 1


def test_stages_are_those_of_the_province(month: Month) -> None:
    ReminderPolicy.objects.create(
        unit=month.tree.province, days_before=[5], on_day=False, days_after=[], escalate_after=None
    )
    assert not [remind(at=at(day)) for day in (18, 19, 20) if titles(month.clerk)]
    remind(at=at(15))
    assert titles(month.clerk) == ["2026年11月月报11月20日截止，还有5天"]
    remind(at=at(28))
    assert len(titles(month.clerk)) == 1


def test_reminder_of_one_stage_comes_once(month: Month) -> None:
    remind(at=at(20, 9))
    assert remind(at=at(20, 10)) == 0
    assert titles(month.clerk) == ["2026年11月月报11月20日截止，就在今天"]
    mine = Reminder.objects.filter(user=month.clerk)
    assert mine.count() == 4
    assert mine.values("message").distinct().count() == 1


def test_reminder_names_the_townships_still_to_be_typed(month: Month) -> None:
    remind(at=at(20))
    body = Message.objects.get(user=month.clerk, kind="reminder").body
    assert "本单位尚未上报" in body
    assert "3个" in body


def test_who_has_submitted_is_left_in_peace(month: Month) -> None:
    hand_in(month)
    remind(at=at(20))
    assert titles(month.clerk) == []


def test_exempt_is_left_in_peace_and_deferred_reminded_by_the_new_day(month: Month) -> None:
    exempt(report=month.report("370112"), reason="受灾", by=month.city)
    defer(report=month.county_report, until=dt.date(2026, 11, 24), reason="受灾", by=month.city)
    other = user_at(month.tree["370112"], Role.REPORTER)
    remind(at=at(20))
    own = Reminder.objects.filter(report=month.county_report)
    assert not own.exists()
    remind(at=at(23))
    assert own.get().stage.endswith(":-1")
    assert not Reminder.objects.filter(report=month.report("370112"), user=other).exists()


def test_returned_report_is_chased_by_its_own_term_each_time(month: Month) -> None:
    hand_in(month)
    for _round in range(2):
        send_back(report=month.county_report, reason="other", remark="核实", days=3, by=month.city)
        remind(at=at(22))
        submit(report=month.county_report, by=month.clerk)
    assert titles(month.clerk) == ["退回修改的2026年11月月报11月23日截止，还有1天"] * 2


def test_leader_who_holds_it_is_reminded_and_not_the_clerk(month: Month) -> None:
    UnitReporting.objects.update_or_create(unit=month.tree.county, defaults={"sign_off": SignOffMode.PHONE})
    fill(month.county_report)
    for code in TOWNSHIPS:
        fill(month.report(code))
    ask_sign_off(report=month.county_report, by=month.clerk)
    remind(at=at(19))
    assert titles(month.county_leader) == ["2026年11月月报待签批，11月20日截止，还有1天"]
    reminded = Reminder.objects.filter(report=month.county_report)
    assert {one.user_id for one in reminded} == {month.county_leader.pk}


def test_reviewer_is_reminded_of_what_lies_unread(month: Month) -> None:
    hand_in(month)
    day = clock.today()
    remind(at=clock.start_of(day + dt.timedelta(days=1)))
    assert not Reminder.objects.filter(kind=ReminderKind.REVIEWING).exists()
    for days in (2, 3):
        remind(at=clock.start_of(day + dt.timedelta(days=days)))
    assert titles(month.city).count("2026年11月月报有1份待审核") == 1
    accept(report=month.county_report, by=month.city)
    assert remind(at=clock.start_of(day + dt.timedelta(days=2))) == 0


def test_city_is_told_once_who_is_missing(month: Month) -> None:
    remind(at=at(21))
    remind(at=at(23))
    [message] = Message.objects.filter(user=month.city, kind="missing")
    assert "历下区" in message.body
    assert "历城区" in message.body
    assert AuditEvent.objects.filter(kind="report.missing", unit_id=month.tree.city.pk).count() == 1


def test_leader_above_hears_after_the_days_set_and_once(month: Month) -> None:
    leader = user_at(month.tree.city, Role.LEADER)
    remind(at=at(24))
    assert titles(leader, "missing") == []
    for day in (25, 26):
        remind(at=at(day))
    [title] = titles(leader, "missing")
    assert title == "2026年11月月报有3个单位逾期5天未报，报请领导关注"
    assert not Reminder.objects.filter(kind=ReminderKind.ESCALATED, report__level=4).exists()


def test_digest_leaves_out_what_was_done_meanwhile(month: Month) -> None:
    month.clerk.email = "clerk@example.org"
    month.clerk.save(update_fields=["email"])
    remind(at=at(19))
    message = Message.objects.get(user=month.clerk, kind="reminder")
    hand_in(month)
    with time_machine.travel(at(20, 9), tick=False):
        send_waiting(channel=Channel.MAIL)
    message.refresh_from_db()
    assert message.mail_state == MailState.DROPPED
    assert not Dispatch.objects.filter(user=month.clerk).exists()
