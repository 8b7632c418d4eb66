"""The month under hands that move at the same instant: exactly one wins, nothing is lost, nothing is done twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import close_old_connections

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from notices.choices import Channel
from notices.models import Message
from notices.services import tell
from notices.services.dispatching import send_waiting
from reporting.choices import CaseState, ReportState
from reporting.models import (
    CorrectionCase,
    Cycle,
    CycleFact,
    Figure,
    Reminder,
    Report,
    ReportVersion,
    ReviewRound,
)
from reporting.services import advancing, review
from reporting.services.corrections import confirm, open_case, refuse
from reporting.services.cycles import lock_cycle, open_cycle
from reporting.services.facts import compute_facts
from reporting.services.filling import CellChange, save_cells
from reporting.services.reminding import remind
from reporting.services.submission import submit, withdraw
from tests.at_once import at_once
from tests.factories import make_tree, user_at
from tests.month import PERIOD, WHILE_FILLING, Month, fill, make_collection, make_month

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)


@pytest.fixture
def month() -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(make_tree())
        close_old_connections()


def won(answers: list[Any]) -> list[Any]:
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(error, DomainError) for error in lost), lost
    return [answer for answer in answers if not isinstance(answer, Exception)]


def again(user: User) -> User:
    """The same person in another request: nothing remembered."""
    return User.objects.get(pk=user.pk)


def submitted(month: Month) -> Report:
    fill(month.county_report, health_events=4, health_reached=100)
    return submit(report=month.county_report, by=month.clerk)


@pytest.mark.parametrize("attempt", ROUNDS)
def test_two_reviewers_at_once_leave_one_decision(month: Month, attempt: int) -> None:
    report = submitted(month)
    colleague = user_at(month.tree.city, Role.REVIEWER)
    answers = at_once(
        lambda: review.accept(report=report, by=again(month.city)),
        lambda: review.send_back(
            report=report,
            reason="figure_doubtful",
            remark="请核对",
            by=again(colleague),
            revision=report.revision,
        ),
        lambda: review.accept(report=report, by=again(colleague)),
    )
    assert len(won(answers)) == 1
    assert all(isinstance(answer, Conflict) for answer in answers if isinstance(answer, Exception))
    assert ReviewRound.objects.filter(report=report).count() == 1
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.state == ReportState.ACCEPTED) == (fresh.live_version_id is not None)
    decided = AuditEvent.objects.filter(object_id=str(report.pk), kind__in=["report.accept", "report.return"])
    assert decided.count() == 1


@pytest.mark.parametrize("attempt", ROUNDS)
def test_double_submission_makes_one_version_and_one_message(month: Month, attempt: int) -> None:
    fill(month.county_report)
    report = month.county_report
    answers = at_once(*[lambda: submit(report=report, by=again(month.clerk))] * 4)
    assert len(won(answers)) == 1
    assert ReportVersion.objects.filter(report=report).count() == 1
    assert Message.objects.filter(user=month.city, kind="report.submit").count() == 1


@pytest.mark.parametrize("attempt", ROUNDS)
def test_save_against_submission_is_in_the_version_or_refused(month: Month, attempt: int) -> None:
    report = month.county_report
    fill(report, health_events=4, health_reached=100)
    cell = report.cells.get(indicator__key="health_events")
    change = CellChange(report_id=report.pk, key="health_events", value="9", revision=cell.revision)
    saving, submitting = at_once(
        lambda: save_cells(reports=[report], changes=[change], by=again(month.clerk)),
        lambda: submit(report=report, by=again(month.clerk)),
    )
    assert isinstance(submitting, Report), submitting
    frozen = Figure.objects.get(version=submitting.last_version, indicator__key="health_events").value
    typed = report.cells.get(indicator__key="health_events").value
    assert frozen == typed == (4 if isinstance(saving, Exception) else 9)


@pytest.mark.parametrize("attempt", ROUNDS)
def test_withdrawal_against_acceptance_leaves_one(month: Month, attempt: int) -> None:
    report = submitted(month)
    answers = at_once(
        lambda: withdraw(report=report, by=again(month.clerk)),
        lambda: review.accept(report=report, by=again(month.city)),
    )
    (kept,) = won(answers)
    fresh = Report.objects.get(pk=report.pk)
    assert fresh.state == kept.state
    assert (fresh.live_version_id is None) == (fresh.state == ReportState.DRAFT)


def test_two_hands_in_one_cell_leave_one_value_and_show_the_other(month: Month) -> None:
    report = month.county_report
    other = user_at(month.tree.county, Role.REPORTER)

    def type_in(user: User, value: str) -> Callable[[], Any]:
        change = CellChange(report_id=report.pk, key="inspections", value=value)
        return lambda: save_cells(reports=[report], changes=[change], by=again(user))

    answers = at_once(type_in(month.clerk, "3"), type_in(other, "5"))
    assert sorted(len(answer.saved) for answer in answers) == [0, 1]
    (conflict,) = [conflict for answer in answers for conflict in answer.conflicts]
    assert str(int(report.cells.get(indicator__key="inspections").value)) == conflict.value


def test_two_confirmations_of_one_case_move_the_total_once(month: Month) -> None:
    report = submitted(month)
    review.accept(report=report, by=month.city)
    case = open_case(report=report, changes={"health_events": "9"}, reason="漏计", by=month.clerk)
    answers = at_once(
        lambda: confirm(case=case, by=again(month.city)),
        lambda: confirm(case=case, by=again(month.city)),
        lambda: refuse(case=case, note="佐证不足", by=again(month.city)),
    )
    assert len(won(answers)) == 1
    fresh = Report.objects.get(pk=report.pk)
    counted = Figure.objects.get(version=fresh.live_version, indicator__key="health_events").value
    state = CorrectionCase.objects.get(pk=case.pk).state
    assert (state, counted) in {(CaseState.CONFIRMED, 9), (CaseState.REFUSED, 4)}


def test_two_corrections_at_once_open_one_case(month: Month) -> None:
    report = submitted(month)
    review.accept(report=report, by=month.city)
    answers = at_once(
        *[
            lambda: open_case(
                report=report, changes={"inspections": "7"}, reason="漏计", by=again(month.clerk)
            )
        ]
        * 3
    )
    assert len(won(answers)) == 1
    assert CorrectionCase.objects.count() == 1


def test_cycle_opened_by_many_at_once_is_one(month: Month) -> None:
    december = dt.date(2026, 12, 1)
    collection = month.cycle.collection
    answers = at_once(*[lambda: open_cycle(collection=collection, period=december, by=SYSTEM)] * 4)
    won(answers)
    cycles = Cycle.objects.filter(period=december)
    assert cycles.count() == 1
    assert cycles.get().reports.count() == month.cycle.reports.count()


def test_facts_computed_by_many_at_once_are_written_once(month: Month) -> None:
    won(at_once(*[lambda: compute_facts(cycle=month.cycle, by=SYSTEM)] * 3))
    keys = list(CycleFact.objects.filter(cycle=month.cycle).values_list("unit_id", "indicator_id"))
    assert len(keys) == len(set(keys)) > 0


def test_message_of_beat_delivered_twice_changes_nothing() -> None:
    """The sweep and a doubled broker message may both arrive: one cycle, one reminder a desk and day."""
    tree = make_tree()
    user_at(tree.county, Role.REPORTER)
    with time_machine.travel(WHILE_FILLING, tick=False):
        make_collection(tree)
    with time_machine.travel(WHILE_FILLING.replace(day=22), tick=False):
        at_once(*[lambda: advancing.advance(at=clock.now())] * 3)
        assert Cycle.objects.filter(period=PERIOD).count() == 1
        at_once(*[lambda: remind(at=clock.now())] * 3)
        said = list(Message.objects.values_list("user_id", "key"))
        remind(at=clock.now())
        assert list(Message.objects.values_list("user_id", "key")) == said
    assert len(said) == len(set(said)) > 0


@pytest.mark.parametrize(
    ("late_by", "on_time"), [(dt.timedelta(microseconds=-1), True), (dt.timedelta(0), False)]
)
def test_deadline_to_the_instant(month: Month, late_by: dt.timedelta, on_time: bool) -> None:
    report = month.county_report
    last_second = report.deadline.astimezone(WHILE_FILLING.tzinfo) - dt.timedelta(seconds=1)
    assert (last_second.hour, last_second.minute, last_second.second) == (23, 59, 59)
    fill(report)
    with time_machine.travel(report.deadline + late_by, tick=False):
        assert submit(report=report, by=month.clerk).on_time is on_time


def test_lock_against_acceptance_holds_exactly_what_was_accepted(month: Month) -> None:
    submitted(month)
    compute_facts(cycle=month.cycle, by=SYSTEM)
    review.accept(report=month.county_report, by=month.city)
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    answers = at_once(
        lambda: review.accept(report=month.city_report, by=again(month.province)),
        lambda: lock_cycle(cycle=month.cycle, by=again(month.province)),
    )
    assert won(answers)
    cycle = Cycle.objects.get(pk=month.cycle.pk)
    if cycle.is_locked:
        assert month.city_report.state == ReportState.ACCEPTED
        total = cycle.totals.get(unit=month.tree.province, indicator__key="health_events")
        assert total.value == 4


def test_two_beats_remind_everybody_once(month: Month) -> None:
    on_the_day = WHILE_FILLING.replace(hour=9)
    counts = at_once(*[lambda: remind(at=on_the_day)] * 4)
    assert sorted(counts)[:3] == [0, 0, 0]
    told = Message.objects.filter(kind="reminder")
    assert max(counts) == told.count() > 0
    assert Reminder.objects.filter(message__isnull=True).count() == 0


def test_two_workers_send_one_mail(month: Month) -> None:
    month.clerk.email = "clerk@example.org"
    month.clerk.save(update_fields=["email"])
    tell(users=[month.clerk], key="once", kind="report", title="月报已退回")
    counts = at_once(*[lambda: send_waiting(channel=Channel.MAIL)] * 4)
    assert sorted(counts) == [0, 0, 0, 1]
    assert len(mail.outbox) == 1
