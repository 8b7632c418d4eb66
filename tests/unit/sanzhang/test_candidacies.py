"""The procedure: none skipped, none before the former, disagreement ends it with its reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import Level
from sanzhang.models import Appointment, Candidacy
from sanzhang.procedures import plan_in_force, presets
from sanzhang.selectors.board import shown
from sanzhang.services import candidacies
from sanzhang.services.appointments import SeatFacts
from tests.factories import Tree, make_tree

OPENED = dt.date(2026, 3, 2)


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


@pytest.fixture
def candidacy(tree: Tree, clerk: User, person_of: Any) -> Candidacy:
    """A school head shortlisted as vice-chair of a township of Shandong."""
    person = person_of("赵一", occupation="学校校长", unit=tree.township)
    return candidacies.open_candidacy(
        person=person, unit=tree.township, position="vice_chair", opened_on=OPENED, by=clerk
    )


def step(
    candidacy: Candidacy, name: str, by: User, day: int = 10, opinion: str = "agree", **more: Any
) -> Candidacy:
    return candidacies.record_step(
        candidacy=candidacy, step=name, on=OPENED.replace(day=day), opinion=opinion, by=by, **more
    )


def all_steps(candidacy: Candidacy, by: User) -> None:
    for day, name in enumerate(["organisation", "party_committee", "decision"], start=3):
        step(candidacy, name, by, day)


def keys(plan: Any, level: Level) -> list[str]:
    return [step.key for step in plan.steps(level)]


def test_presets_are_data_by_level() -> None:
    zhoukou, shandong = presets()["zhoukou"], presets()["shandong"]
    assert keys(zhoukou, Level.TOWNSHIP) == ["shortlist", "superior", "organisation", "decision"]
    assert keys(shandong, Level.TOWNSHIP) == ["shortlist", "organisation", "party_committee", "decision"]
    assert keys(shandong, Level.COUNTY) == ["shortlist", "organisation", "decision"]
    assert shandong.filed_with(Level.TOWNSHIP) == ["县级党委组织部门", "乡镇党委（街道党工委）"]
    assert zhoukou.filed_with(Level.TOWNSHIP) == []


def test_procedure_of_the_province(tree: Tree) -> None:
    henan = make_tree({"41": "河南省", "4116": "周口市", "411627": "太康县"})
    assert plan_in_force(tree.county) is presets()["shandong"]
    assert plan_in_force(henan["411627"]) is presets()["zhoukou"]


def test_whole_way_to_the_seat(tree: Tree, clerk: User, candidacy: Candidacy) -> None:
    all_steps(candidacy, clerk)
    seat = SeatFacts(position="vice_chair", valid_from=dt.date(2026, 3, 5), way_in="co_option")
    appointment = candidacies.appoint(candidacy=candidacy, seat=seat, by=clerk)
    candidacy.refresh_from_db()
    assert (candidacy.outcome, candidacy.appointment, candidacy.closed_on) == (
        "appointed",
        appointment,
        seat.valid_from,
    )
    with pytest.raises(Conflict):
        candidacies.appoint(candidacy=candidacy, seat=seat, by=clerk)
    assert Appointment.objects.count() == 1


def test_step_skipped_or_repeated(clerk: User, candidacy: Candidacy) -> None:
    for wrong in ("decision", "superior", "shortlist"):
        with pytest.raises(DomainError) as refused:
            step(candidacy, wrong, clerk)
        assert codes(refused) == {"step_out_of_order"}
    assert candidacy.steps.count() == 1


def test_step_before_the_former_or_tomorrow(clerk: User, candidacy: Candidacy) -> None:
    with pytest.raises(DomainError) as early:
        step(candidacy, "organisation", clerk, day=1)
    assert codes(early) == {"step_too_early"}
    with pytest.raises(DomainError):
        candidacies.record_step(
            candidacy=candidacy,
            step="organisation",
            on=clock.today() + dt.timedelta(days=1),
            opinion="agree",
            by=clerk,
        )
    step(candidacy, "organisation", clerk, day=OPENED.day)


def test_seat_before_the_steps_or_before_the_decision(clerk: User, candidacy: Candidacy) -> None:
    seat = SeatFacts(position="vice_chair", valid_from=dt.date(2026, 3, 4), way_in="co_option")
    with pytest.raises(DomainError) as missing:
        candidacies.appoint(candidacy=candidacy, seat=seat, by=clerk)
    assert codes(missing) == {"steps_missing"}
    all_steps(candidacy, clerk)
    with pytest.raises(DomainError) as early:
        candidacies.appoint(candidacy=candidacy, seat=seat, by=clerk)
    assert codes(early) == {"seat_before_decision"}
    assert not Appointment.objects.exists()


def test_disagreement_ends_it_with_its_reason(clerk: User, candidacy: Candidacy) -> None:
    with pytest.raises(DomainError):
        step(candidacy, "organisation", clerk, opinion="disagree")
    step(candidacy, "organisation", clerk, opinion="disagree", note="任职年限不足")
    candidacy.refresh_from_db()
    assert (candidacy.outcome, candidacy.reason) == ("rejected", "党委组织部门意见：任职年限不足")
    with pytest.raises(Conflict):
        step(candidacy, "party_committee", clerk, day=11)


def test_deferral_waits_at_the_step(clerk: User, candidacy: Candidacy) -> None:
    step(candidacy, "organisation", clerk, opinion="defer", note="待换届后再议")
    [row] = shown(Candidacy.objects.open())
    assert (row.candidacy.due, row.is_deferred, row.waits_for) == ("organisation", True, "党委组织部门")
    step(candidacy, "organisation", clerk, day=20)
    [row] = shown(Candidacy.objects.open())
    assert (row.stage, row.is_deferred) == ("乡镇党委（街道党工委）意见", False)
    assert row.days == (clock.today() - dt.date(2026, 3, 20)).days


def test_withdrawn_with_a_reason_and_proposed_again(tree: Tree, clerk: User, candidacy: Candidacy) -> None:
    again = {
        "person": candidacy.person,
        "unit": tree.township,
        "position": "vice_chair",
        "opened_on": OPENED,
        "by": clerk,
    }
    with pytest.raises(Conflict) as twice:
        candidacies.open_candidacy(**again)
    assert codes(twice) == {"candidacy_open"}
    with pytest.raises(DomainError):
        candidacies.withdraw(candidacy=candidacy, on=OPENED, reason="", by=clerk)
    candidacies.withdraw(candidacy=candidacy, on=OPENED, reason="另提人选", by=clerk)
    candidacies.open_candidacy(**again)
    assert Candidacy.objects.open().count() == 1


def test_shortlisted_for_what_the_occupation_may_not_take(tree: Tree, clerk: User, person_of: Any) -> None:
    person = person_of("钱二", occupation="医院院长")
    with pytest.raises(DomainError) as refused:
        candidacies.open_candidacy(
            person=person, unit=tree.township, position="vice_chair", opened_on=OPENED, by=clerk
        )
    assert codes(refused) == {"occupation_not_at_level"}


def test_step_by_a_foreign_clerk(other_clerk: User, leader: User, candidacy: Candidacy) -> None:
    for user in (other_clerk, leader):
        with pytest.raises(Forbidden):
            step(candidacy, "organisation", user)
