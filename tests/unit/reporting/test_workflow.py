"""The transition table against the written one: every action × state × role, and every guard."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from accounts.models import User
from accounts.roles import Role
from reporting.choices import ReportState, SignOffMode
from reporting.selectors.situation import may
from reporting.workflow import ACTIONS, Situation, actions_for
from tests.factories import Tree, user_at

S = ReportState

#: docs/workflow.md, as data: action → (from-states, to-state from draft-like rest, who may).
WRITTEN: dict[str, tuple[set[ReportState], str, str]] = {
    "save": ({S.DRAFT, S.RETURNED}, "same", "reporter"),
    "ask_sign_off": ({S.DRAFT, S.RETURNED}, "signing", "reporter"),
    "upload_scan": ({S.DRAFT, S.RETURNED}, "signed", "reporter"),
    "sign": ({S.SIGNING}, "signed", "leader"),
    "refuse_to_sign": ({S.SIGNING}, "rest", "leader"),
    "reopen": ({S.SIGNING, S.SIGNED}, "rest", "reporter"),
    "submit": ({S.DRAFT, S.RETURNED, S.SIGNED}, "submitted", "reporter"),
    "withdraw": ({S.SUBMITTED}, "rest", "reporter"),
    "accept": ({S.SUBMITTED}, "accepted", "reviewer"),
    "return": ({S.SUBMITTED}, "returned", "reviewer"),
    "return_accepted": ({S.ACCEPTED}, "returned", "reviewer"),
    "correct": ({S.ACCEPTED}, "same", "reporter"),
}
#: The sign-off mode under which an action can be in order at all.
MODE = {"ask_sign_off": SignOffMode.PHONE, "upload_scan": SignOffMode.SCAN}


def test_the_written_table_names_every_action() -> None:
    page = Path("docs/workflow.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    assert rows == set(ACTIONS) == set(WRITTEN)


@pytest.mark.parametrize(("code", "state"), list(itertools.product(WRITTEN, ReportState)))
def test_action_is_in_order_exactly_from_its_states(code: str, state: ReportState) -> None:
    sources, target, _role = WRITTEN[code]
    for resting in (S.DRAFT, S.RETURNED):
        situation = Situation(state=state, sign_off=MODE.get(code, SignOffMode.WAIVED), resting=resting)
        refusal = ACTIONS[code].refusal(situation)
        assert (refusal is None) == (state in sources)
        if refusal is not None:
            assert refusal.code == "out_of_order"
            assert state.label in refusal.message
            continue
        expected = {"same": state, "rest": resting}.get(target) or ReportState(target)
        assert ACTIONS[code].target(situation) == expected


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("code", list(WRITTEN))
def test_only_the_written_role_at_the_desk_may_act(tree: Tree, code: str, role: Role) -> None:
    report = _report_like(tree)
    action = ACTIONS[code]
    desk_unit = tree.county if action.desk == "custodian" else tree.city
    user = user_at(desk_unit, role)
    assert may(user, report, action.permission, action.desk) == (role == WRITTEN[code][2])
    elsewhere = user_at(tree.other_county if action.desk == "custodian" else tree.other_city, role)
    assert not may(elsewhere, report, action.permission, action.desk)


class _Desks:
    def __init__(self, tree: Tree) -> None:
        self.custodian = tree.county
        self.reviewer = tree.city


def _report_like(tree: Tree):
    return _Desks(tree)


def test_superior_permission_does_not_reach_down(tree: Tree) -> None:
    report = _report_like(tree)
    for unit in (tree.city, tree.province):
        reporter: User = user_at(unit, Role.REPORTER)
        assert not may(reporter, report, ACTIONS["submit"].permission, "custodian")
    assert not may(user_at(tree.province, Role.REVIEWER), report, ACTIONS["accept"].permission, "reviewer")


def test_exempt_report_is_neither_filled_nor_submitted() -> None:
    situation = Situation(state=S.DRAFT, is_exempt=True)
    for code in ("save", "submit"):
        refusal = ACTIONS[code].refusal(situation)
        assert refusal is not None
        assert refusal.code == "exempt"


@pytest.mark.parametrize("mode", [SignOffMode.PHONE, SignOffMode.SCAN])
def test_unsigned_report_is_not_submitted_where_signing_is_wanted(mode: SignOffMode) -> None:
    submit = ACTIONS["submit"]
    unsigned = submit.refusal(Situation(state=S.DRAFT, sign_off=mode))
    assert unsigned is not None
    assert unsigned.code == "not_signed"
    assert submit.refusal(Situation(state=S.SIGNED, sign_off=mode)) is None


def test_sign_off_is_asked_only_where_the_unit_signs_so() -> None:
    for code, wrong in (("ask_sign_off", SignOffMode.SCAN), ("upload_scan", SignOffMode.PHONE)):
        for mode in (SignOffMode.WAIVED, wrong):
            assert ACTIONS[code].refusal(Situation(state=S.DRAFT, sign_off=mode)) is not None


def test_desk_that_reviews_itself_accepts_by_submitting() -> None:
    situation = Situation(state=S.DRAFT, reviews_itself=True)
    assert ACTIONS["submit"].target(situation) == S.ACCEPTED


@pytest.mark.parametrize("superior", list(ReportState))
def test_accepted_report_goes_back_only_while_the_superior_is_open(superior: ReportState) -> None:
    refusal = ACTIONS["return_accepted"].refusal(Situation(state=S.ACCEPTED, superior_state=superior))
    assert (refusal is None) == (superior in (S.DRAFT, S.RETURNED))


def test_locked_cycle_or_open_case_keeps_an_accepted_report_where_it_is() -> None:
    for situation in (
        Situation(state=S.ACCEPTED, is_locked=True),
        Situation(state=S.ACCEPTED, has_open_case=True),
    ):
        assert ACTIONS["return_accepted"].refusal(situation) is not None
    assert ACTIONS["correct"].refusal(Situation(state=S.ACCEPTED, has_open_case=True)) is not None
    assert ACTIONS["correct"].refusal(Situation(state=S.ACCEPTED, is_locked=True)) is None


def test_buttons_are_the_actions_in_order_that_the_person_may_do() -> None:
    everything = actions_for(Situation(state=S.SUBMITTED), may=lambda permission, desk: True)
    assert [action.code for action in everything] == ["withdraw", "accept", "return"]
    nothing = actions_for(Situation(state=S.SUBMITTED), may=lambda permission, desk: False)
    assert nothing == []
