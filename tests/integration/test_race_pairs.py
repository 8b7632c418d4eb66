"""Every pair of acts that exclude each other, begun at the same instant, again and again: exactly one wins.

``KEXIE_RACES=2000 pytest tests/integration/test_race_pairs.py`` runs each pair two thousand times; the ordinary run
is short. Whoever loses gets a refusal in words, never an error, and the rows afterwards are those of the winner alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import close_old_connections

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from notices.models import Message
from reporting.choices import CaseState, ReportState, SignOffMode
from reporting.models import (
    CorrectionCase,
    Excuse,
    Figure,
    Report,
    ReportStep,
    ReportVersion,
    ReviewRound,
    SignOff,
    UnitReporting,
)
from reporting.services import review
from reporting.services.corrections import confirm, open_case, refuse, withdraw_case
from reporting.services.cycles import lock_cycle, reopen_cycle
from reporting.services.excuses import exempt
from reporting.services.facts import compute_facts
from reporting.services.submission import ask_sign_off, reopen_draft, sign, submit, withdraw
from tests.at_once import at_once
from tests.factories import make_tree, user_at
from tests.month import WHILE_FILLING, Month, fill, make_month

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
RUNS = int(os.environ.get("KEXIE_RACES", "12"))
UNTOUCHED = {
    "state": ReportState.DRAFT,
    "last_version": None,
    "live_version": None,
    "official_version": None,
    "first_submitted_at": None,
    "on_time": None,
    "submitted_at": None,
    "accepted_at": None,
    "correction_due_at": None,
    "returns": 0,
    "exempted_at": None,
    "exempted_reason": "",
    "is_belated": False,
}


@dataclass
class Ring:
    """Two pairs of hands at each desk of one county's report."""

    month: Month
    colleague: User
    other_reviewer: User
    other_province: User

    @property
    def report(self) -> Report:
        return self.month.county_report

    def clear(self) -> None:
        """The report as it was when the month opened; what was typed stays."""
        mine = {"report": self.report.pk}
        CorrectionCase.objects.filter(**mine).delete()
        for model in (ReportStep, ReviewRound, SignOff, Excuse):
            model.objects.filter(**mine).delete()
        Report.objects.filter(pk=self.report.pk).update(**UNTOUCHED)
        Figure.objects.filter(version__report=self.report.pk).delete()
        ReportVersion.objects.filter(**mine).delete()
        Message.objects.all().delete()
        self.report.cells.filter(indicator__key="inspections").update(value=0)

    def accepted(self) -> Report:
        submit(report=self.report, by=self.month.clerk)
        return review.accept(report=self.report, by=self.month.city)

    def case(self) -> CorrectionCase:
        self.accepted()
        return open_case(
            report=self.report, changes={"inspections": "7"}, reason="漏计一次", by=self.month.clerk
        )


@pytest.fixture
def ring() -> Iterator[Ring]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        month = make_month(make_tree())
        fill(month.county_report, health_events=4, health_reached=100)
        tree = month.tree
        yield Ring(
            month,
            user_at(tree.county, Role.REPORTER),
            user_at(tree.city, Role.REVIEWER),
            user_at(tree.province, Role.REVIEWER),
        )
        close_old_connections()


def again(user: User) -> User:
    """The same person in another request: nothing remembered."""
    return User.objects.get(pk=user.pk)


def won(answers: list[Any]) -> list[int]:
    """Places of the acts that went through; the others were refused in words."""
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(error, DomainError) and error.problems for error in lost), lost
    return [place for place, answer in enumerate(answers) if not isinstance(answer, Exception)]


def returned(ring: Ring, by: User) -> Callable[[], Any]:
    return lambda: review.send_back(
        report=ring.report, reason="figure_doubtful", remark="请核对", by=again(by)
    )


Pair = tuple[Callable[[], Any], Callable[[], Any]]
Check = Callable[[int], None]


def two_submissions(ring: Ring) -> tuple[Pair, Check]:
    report = ring.report

    def check(winner: int) -> None:
        assert ReportVersion.objects.filter(report=report).count() == 1
        assert ReportStep.objects.filter(report=report).count() == 1
        assert Message.objects.filter(user=ring.month.city, kind="report.submit").count() == 1

    first = lambda: submit(report=report, by=again(ring.month.clerk))  # noqa: E731
    second = lambda: submit(report=report, by=again(ring.colleague))  # noqa: E731
    return (first, second), check


def withdrawal_and_acceptance(ring: Ring) -> tuple[Pair, Check]:
    submit(report=ring.report, by=ring.month.clerk)

    def check(winner: int) -> None:
        fresh = ring.report
        assert fresh.state == (ReportState.DRAFT, ReportState.ACCEPTED)[winner]
        assert (fresh.live_version_id is not None) == (winner == 1)
        assert fresh.rounds.count() == winner

    return (
        lambda: withdraw(report=ring.report, by=again(ring.month.clerk)),
        lambda: review.accept(report=ring.report, by=again(ring.month.city)),
    ), check


def withdrawal_and_return(ring: Ring) -> tuple[Pair, Check]:
    submit(report=ring.report, by=ring.month.clerk)

    def check(winner: int) -> None:
        assert ring.report.state == (ReportState.DRAFT, ReportState.RETURNED)[winner]
        assert ring.report.returns == winner

    return (
        lambda: withdraw(report=ring.report, by=again(ring.month.clerk)),
        returned(ring, ring.month.city),
    ), check


def two_decisions(ring: Ring) -> tuple[Pair, Check]:
    submit(report=ring.report, by=ring.month.clerk)
    seen = ring.report.revision

    def check(winner: int) -> None:
        assert ring.report.state == (ReportState.ACCEPTED, ReportState.RETURNED)[winner]
        assert ReviewRound.objects.filter(report=ring.report.pk).count() == 1

    return (
        lambda: review.accept(report=ring.report, by=again(ring.month.city), revision=seen),
        lambda: review.send_back(
            report=ring.report, reason="logic", remark="请核对", by=again(ring.other_reviewer), revision=seen
        ),
    ), check


def two_acceptances(ring: Ring) -> tuple[Pair, Check]:
    submit(report=ring.report, by=ring.month.clerk)

    def check(winner: int) -> None:
        decision = ReviewRound.objects.get(report=ring.report.pk)
        assert decision.by_id == (ring.month.city, ring.other_reviewer)[winner].pk

    return (
        lambda: review.accept(report=ring.report, by=again(ring.month.city)),
        lambda: review.accept(report=ring.report, by=again(ring.other_reviewer)),
    ), check


def two_returns(ring: Ring) -> tuple[Pair, Check]:
    submit(report=ring.report, by=ring.month.clerk)

    def check(winner: int) -> None:
        decision = ReviewRound.objects.get(report=ring.report.pk)
        assert decision.by_id == (ring.month.city, ring.other_reviewer)[winner].pk
        assert (ring.report.state, ring.report.returns) == (ReportState.RETURNED, 1)

    return (returned(ring, ring.month.city), returned(ring, ring.other_reviewer)), check


def two_withdrawals(ring: Ring) -> tuple[Pair, Check]:
    submit(report=ring.report, by=ring.month.clerk)

    def check(winner: int) -> None:
        step = ReportStep.objects.get(report=ring.report.pk, action="withdraw")
        assert step.by_id == (ring.month.clerk, ring.colleague)[winner].pk
        assert ring.report.state == ReportState.DRAFT

    return (
        lambda: withdraw(report=ring.report, by=again(ring.month.clerk)),
        lambda: withdraw(report=ring.report, by=again(ring.colleague)),
    ), check


def two_locks(ring: Ring) -> tuple[Pair, Check]:
    cycle, other = ring.month.cycle, ring.other_province
    if cycle.facts_at is None:
        compute_facts(cycle=cycle, by=SYSTEM)
        cycle.refresh_from_db()
    if cycle.is_locked:
        reopen_cycle(cycle=cycle, reason="再来一次", by=ring.month.province)

    def check(winner: int) -> None:
        cycle.refresh_from_db()
        assert cycle.locked_by == (ring.month.province, other)[winner].actor_label
        assert (
            AuditEvent.objects.filter(kind="cycle.lock").count()
            == 1 + AuditEvent.objects.filter(kind="cycle.reopen").count()
        )

    return (
        lambda: lock_cycle(cycle=cycle, by=again(ring.month.province)),
        lambda: lock_cycle(cycle=cycle, by=again(other)),
    ), check


def submission_and_exemption(ring: Ring) -> tuple[Pair, Check]:
    def check(winner: int) -> None:
        assert ring.report.is_exempt == (winner == 1)
        assert (ring.report.last_version_id is None) == (winner == 1)

    return (
        lambda: submit(report=ring.report, by=again(ring.month.clerk)),
        lambda: exempt(report=ring.report, reason="机构改革期间", by=again(ring.month.city)),
    ), check


def signature_and_change_of_mind(ring: Ring) -> tuple[Pair, Check]:
    UnitReporting.objects.update_or_create(
        unit=ring.month.tree.county, defaults={"sign_off": SignOffMode.PHONE}
    )
    ask_sign_off(report=ring.report, by=ring.month.clerk)
    seen = ring.report.revision

    def check(winner: int) -> None:
        assert ring.report.state == (ReportState.SIGNED, ReportState.DRAFT)[winner]
        assert SignOff.objects.filter(report=ring.report.pk).count() == 1 - winner

    return (
        lambda: sign(report=ring.report, agreed=True, by=again(ring.month.county_leader), revision=seen),
        lambda: reopen_draft(report=ring.report, by=again(ring.month.clerk), revision=seen),
    ), check


def return_and_correction(ring: Ring) -> tuple[Pair, Check]:
    """An accepted report goes back, or a correction of it is opened; never both."""
    ring.accepted()

    def check(winner: int) -> None:
        assert ring.report.state == (ReportState.RETURNED, ReportState.ACCEPTED)[winner]
        assert CorrectionCase.objects.filter(report=ring.report.pk).count() == winner

    return (
        returned(ring, ring.month.city),
        lambda: open_case(
            report=ring.report, changes={"inspections": "7"}, reason="漏计", by=again(ring.month.clerk)
        ),
    ), check


def two_corrections(ring: Ring) -> tuple[Pair, Check]:
    ring.accepted()

    def check(winner: int) -> None:
        case = CorrectionCase.objects.get(report=ring.report.pk)
        assert case.opened_by_id == (ring.month.clerk, ring.colleague)[winner].pk

    def act(by: User, value: str) -> Callable[[], Any]:
        return lambda: open_case(
            report=ring.report, changes={"inspections": value}, reason="漏计", by=again(by)
        )

    return (act(ring.month.clerk, "7"), act(ring.colleague, "8")), check


def confirmation_and_refusal(ring: Ring) -> tuple[Pair, Check]:
    case = ring.case()

    def check(winner: int) -> None:
        counted = Figure.objects.get(version=ring.report.live_version, indicator__key="inspections").value
        state = CorrectionCase.objects.get(pk=case.pk).state
        assert (state, counted) == ((CaseState.CONFIRMED, 7), (CaseState.REFUSED, 0))[winner]

    return (
        lambda: confirm(case=case, by=again(ring.month.city)),
        lambda: refuse(case=case, note="佐证不足", by=again(ring.other_reviewer)),
    ), check


def confirmation_and_withdrawal(ring: Ring) -> tuple[Pair, Check]:
    case = ring.case()

    def check(winner: int) -> None:
        counted = Figure.objects.get(version=ring.report.live_version, indicator__key="inspections").value
        state = CorrectionCase.objects.get(pk=case.pk).state
        assert (state, counted) == ((CaseState.CONFIRMED, 7), (CaseState.WITHDRAWN, 0))[winner]

    return (
        lambda: confirm(case=case, by=again(ring.month.city)),
        lambda: withdraw_case(case=case, by=again(ring.month.clerk)),
    ), check


@pytest.mark.parametrize(
    "pair",
    [
        two_submissions,
        withdrawal_and_acceptance,
        withdrawal_and_return,
        two_decisions,
        two_acceptances,
        two_returns,
        two_withdrawals,
        two_locks,
        submission_and_exemption,
        signature_and_change_of_mind,
        return_and_correction,
        two_corrections,
        confirmation_and_refusal,
        confirmation_and_withdrawal,
    ],
    ids=lambda pair: pair.__name__,
)
def test_one_of_two_wins_every_time(ring: Ring, pair: Callable[[Ring], tuple[Pair, Check]]) -> None:
    wins = [0, 0]
    for _run in range(RUNS):
        ring.clear()
        acts, check = pair(ring)
        answers = at_once(*acts)
        places = won(answers)
        assert len(places) == 1, answers
        (loser,) = [answer for answer in answers if isinstance(answer, Exception)]
        assert isinstance(loser, Conflict), loser
        check(places[0])
        wins[places[0]] += 1
    print(f"{pair.__name__}: {wins[0]}:{wins[1]}")
