"""A reorganisation against whoever works at the same instant: nothing is lost, nothing is left with a unit that is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import close_old_connections

from accounts.models import User
from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from orgs.choices import ActKind
from orgs.models import OrgUnit
from orgs.rules.reorganising import Line
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising
from reporting.choices import ReportState
from reporting.models import Report, ReportVersion
from reporting.services.cycles import open_cycle
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.at_once import at_once
from tests.factories import make_tree, user_at
from tests.month import WHILE_FILLING, Month, fill, make_month
from tests.reorganised import drafted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)
A, B = "370102", "370112"


@pytest.fixture
def month() -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(make_tree())
        close_old_connections()


def ready(month: Month, into: str = B):
    """A reorganisation whose preview has just been seen, as an act for a thread."""
    line = Line(ActKind.MERGE, unit_id=month.tree[A].pk, into_id=month.tree[into].pk)
    held = drafted(month.tree.province, [line])
    seen = reorganising.preview(held).digest
    return lambda: reorganising.apply(reorganisation=held, seen=seen, by=SYSTEM)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("attempt", ROUNDS)
def test_report_handed_in_at_that_instant_is_not_lost(month: Month, attempt: int) -> None:
    heir = user_at(month.tree[B], Role.REPORTER)
    fill(month.report(A), health_events=4, health_reached=100)
    for code in ("001", "002", "003"):
        fill(month.report(A + code), health_events=1, health_reached=10)
    applying, submitting = at_once(
        ready(month), lambda: submit(report=month.report(A), by=again(month.clerk))
    )
    assert not isinstance(applying, Exception), applying
    if isinstance(submitting, Exception):
        assert isinstance(submitting, DomainError), submitting
        submit(report=month.report(A), by=again(heir))
    report = month.report(A)
    assert (report.state, report.custodian_id) == (ReportState.SUBMITTED, month.tree[B].pk)
    assert ReportVersion.objects.filter(report=report).count() == 1
    assert all(month.report(A + code).state == ReportState.ACCEPTED for code in ("001", "002", "003"))
    assert accept(report=report, by=month.city).live_version is not None
    assert verify_tree() == []


@pytest.mark.parametrize("attempt", ROUNDS)
def test_month_opened_at_that_instant_leaves_no_report_with_a_unit_that_is_gone(
    month: Month, attempt: int
) -> None:
    collection = month.cycle.collection
    applying, cycle = at_once(
        ready(month), lambda: open_cycle(collection=collection, period=dt.date(2026, 12, 1), by=SYSTEM)
    )
    assert not isinstance(cycle, Exception), cycle
    if isinstance(applying, Conflict):
        ready(month)()
    gone = OrgUnit.objects.filter(closed_on__isnull=False)
    assert not Report.objects.filter(custodian__in=gone).exists()
    assert not Report.objects.filter(reviewer__in=gone).exists()


@pytest.mark.parametrize("attempt", ROUNDS)
def test_of_two_that_contradict_one_is_carried_out(month: Month, attempt: int) -> None:
    answers = at_once(ready(month), ready(month, "370171"))
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], DomainError)
    assert OrgUnit.objects.get(pk=month.tree[A].pk).successions.count() == 1
    assert verify_tree() == []
