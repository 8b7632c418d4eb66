"""Every action from every state by every role, tried on the services, against the table in ``docs/workflow.md``.

``tests/unit/reporting/test_workflow.py`` holds the code's table against the written one; here the services themselves are
asked, and what the page and the API offer (``my_actions``) must be what they then do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction

from accounts.models import User
from accounts.roles import BUSINESS_ROLES, Role
from accounts.services.delegations import delegate
from core import clock
from core.errors import DomainError, Forbidden
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import CaseState, ReportState, SignOffMode
from reporting.models import CorrectionCase, Cycle, Report, UnitReporting
from reporting.selectors.situation import my_actions
from reporting.services import corrections
from reporting.services.cycles import lock_cycle, reopen_cycle
from reporting.services.filling import CellChange, save_cells
from reporting.services.review import accept, send_back
from reporting.services.submission import ask_sign_off, record_scan, reopen_draft, sign, submit, withdraw
from tests.factories import Tree, user_at
from tests.month import WHILE_FILLING, Month, fill, make_month
from tests.unit.reporting.test_workflow import MODE, WRITTEN

S = ReportState
Act = Callable[[Report, User], Any]


class Undone(Exception):
    """Undoes what was tried."""


def _save(report: Report, by: User) -> None:
    cell = report.cells.get(indicator__key="agri_events")
    save_cells(
        reports=[report], changes=[CellChange(report.pk, "agri_events", "0", cell.revision, "核对")], by=by
    )


def _return(report: Report, by: User) -> None:
    send_back(report=report, reason="figure_doubtful", remark="请核对", by=by)


ACTS: dict[str, Act] = {
    "save": _save,
    "ask_sign_off": lambda report, by: ask_sign_off(report=report, by=by),
    "upload_scan": lambda report, by: record_scan(report=report, attachment_id=uuid4(), by=by),
    "sign": lambda report, by: sign(report=report, agreed=True, by=by),
    "refuse_to_sign": lambda report, by: sign(report=report, agreed=False, note="请核对", by=by),
    "reopen": lambda report, by: reopen_draft(report=report, by=by),
    "submit": lambda report, by: submit(report=report, by=by),
    "withdraw": lambda report, by: withdraw(report=report, by=by),
    "accept": lambda report, by: accept(report=report, by=by),
    "return": _return,
    "return_accepted": _return,
    "correct": lambda report, by: corrections.open_case(
        report=report, changes={"agri_events": "1", "agri_reached": "30"}, reason="漏计", by=by
    ),
}
#: Two rows of the table that one service carries out, told apart by the state alone.
TWINS = {("return", S.ACCEPTED), *(("return_accepted", state) for state in S if state != S.ACCEPTED)}


@pytest.fixture
def month(tree: Tree) -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def outcome_of(act: Callable[..., Any], *args: Any, **facts: Any) -> str:
    """``done``, ``forbidden``, or the code of the refusal; whatever was done is undone."""
    try:
        with transaction.atomic():
            act(*args, **facts)
            raise Undone
    except Undone:
        return "done"
    except Forbidden:
        return "forbidden"
    except DomainError as refusal:
        return refusal.problems[0].code


def bring_to(state: ReportState, month: Month) -> Report:
    """The county's report, brought to ``state`` by the people whose work it is."""
    report = month.county_report
    fill(report, 0)
    if state in (S.SIGNING, S.SIGNED):
        sign_by(month.tree.county, SignOffMode.PHONE)
        ask_sign_off(report=report, by=month.clerk)
    if state == S.SIGNED:
        sign(report=report, agreed=True, by=month.county_leader)
    if state in (S.SUBMITTED, S.ACCEPTED, S.RETURNED):
        submit(report=report, by=month.clerk)
    if state == S.ACCEPTED:
        accept(report=report, by=month.city)
    if state == S.RETURNED:
        _return(report, month.city)
    report = month.county_report
    assert report.state == state
    return report


def sign_by(unit: OrgUnit, mode: SignOffMode) -> None:
    UnitReporting.objects.update_or_create(unit=unit, defaults={"sign_off": mode})


def crowd(tree: Tree) -> list[tuple[Role, OrgUnit, User]]:
    """Every role at the desk that types, at the one that reviews, beside and above them."""
    units = (tree.county, tree.city, tree.other_county, tree.province)
    return [
        (role, unit, user_at(unit, role))
        for unit in units
        for role in Role
        if role in BUSINESS_ROLES or unit == tree.county
    ]


@pytest.mark.parametrize("state", list(S))
def test_every_role_does_from_every_state_what_the_written_table_says(month: Month, state: S) -> None:
    report = bring_to(state, month)
    people = crowd(month.tree)
    tried = 0
    for code, act in ACTS.items():
        if (code, state) in TWINS:
            continue
        sources, _target, role_wanted = WRITTEN[code]
        sign_by(month.tree.county, MODE.get(code, SignOffMode.WAIVED))
        home = month.tree.city if role_wanted == Role.REVIEWER else month.tree.county
        for role, unit, user in people:
            is_theirs = role == role_wanted and unit == home
            expected = "forbidden" if not is_theirs else "done" if state in sources else "out_of_order"
            assert outcome_of(act, report, user) == expected, (code, state, role, unit.name)
            offered = {action.code for action in my_actions(user, month.county_report)}
            assert (code in offered) == (expected == "done"), (code, state, role, unit.name)
            tried += 1
    assert tried > 200


@pytest.mark.parametrize("state", list(S))
def test_exempt_report_moves_nowhere_from_the_desk(month: Month, state: S) -> None:
    report = bring_to(state, month)
    Report.objects.filter(pk=report.pk).update(exempted_at=clock.now(), exempted_reason="撤并")
    for code in ("save", "ask_sign_off", "upload_scan", "submit"):
        sign_by(month.tree.county, MODE.get(code, SignOffMode.WAIVED))
        expected = "exempt" if state in WRITTEN[code][0] else "out_of_order"
        assert outcome_of(ACTS[code], month.county_report, month.clerk) == expected, (code, state)


def test_deputy_does_what_was_lent_and_nothing_else(month: Month) -> None:
    tree = month.tree
    reviewer, leader = user_at(tree.city, Role.REVIEWER), user_at(tree.county, Role.LEADER)
    at_city, at_county = user_at(tree.city, Role.REPORTER), user_at(tree.county, Role.REPORTER)
    today = clock.today()
    days = {"starts_on": today, "ends_on": today + dt.timedelta(days=3), "reason": "学习"}
    lent = [
        (Role.REVIEWER, reviewer, at_city, tree.city),
        (Role.LEADER, leader, at_county, tree.county),
    ]
    for role, principal, deputy, unit in lent:
        delegate(principal=principal, deputy=deputy, unit=unit, role=role, by=principal, **days)
    city, county = User.objects.get(pk=at_city.pk), User.objects.get(pk=at_county.pk)
    submitted = bring_to(S.SUBMITTED, month)
    for code in ("accept", "return"):
        assert outcome_of(ACTS[code], submitted, city) == "done"
        assert outcome_of(ACTS[code], submitted, county) == "forbidden"
    assert outcome_of(withdraw, report=submitted, by=city) == "forbidden"
    withdraw(report=submitted, by=month.clerk)
    signing = bring_to(S.SIGNING, month)
    assert outcome_of(ACTS["sign"], signing, county) == "done"
    assert outcome_of(ACTS["sign"], signing, city) == "forbidden"
    with time_machine.travel(WHILE_FILLING + dt.timedelta(days=5), tick=False):
        later = User.objects.get(pk=at_county.pk)
        assert outcome_of(ACTS["sign"], signing, later) == "forbidden"


def case_of(month: Month, *, confirmed: int) -> CorrectionCase:
    """A correction with a step for the city, which has passed its own report on, and one for the province."""
    report = bring_to(S.ACCEPTED, month)
    fill(month.city_report, 0)
    submit(report=month.city_report, by=month.city)
    accept(report=month.city_report, by=month.province)
    case = corrections.open_case(
        report=report, changes={"agri_events": "1", "agri_reached": "30"}, reason="漏计", by=month.clerk
    )
    for by in (month.city, month.province)[:confirmed]:
        corrections.confirm(case=case, by=by)
    case.refresh_from_db()
    return case


CASE_ACTS: dict[str, Callable[[CorrectionCase, User], Any]] = {
    "confirm": lambda case, by: corrections.confirm(case=case, by=by),
    "refuse": lambda case, by: corrections.refuse(case=case, note="不属实", by=by),
    "withdraw": lambda case, by: corrections.withdraw_case(case=case, by=by),
}
#: docs/workflow.md: how far the case is → act → role and level of who may; all others are refused.
CASES: dict[str, dict[str, tuple[Role, Level]]] = {
    "new": {
        "confirm": (Role.REVIEWER, Level.CITY),
        "refuse": (Role.REVIEWER, Level.CITY),
        "withdraw": (Role.REPORTER, Level.COUNTY),
    },
    "half": {"confirm": (Role.REVIEWER, Level.PROVINCE), "refuse": (Role.REVIEWER, Level.PROVINCE)},
    "closed": {},
}


@pytest.mark.parametrize(("stage", "confirmed"), [("new", 0), ("half", 1), ("closed", 2)])
def test_every_role_does_with_a_case_what_the_written_table_says(
    month: Month, stage: str, confirmed: int
) -> None:
    case = case_of(month, confirmed=confirmed)
    assert (case.state == CaseState.CONFIRMED) == (stage == "closed")
    for code, act in CASE_ACTS.items():
        may = CASES[stage].get(code)
        for role, unit, user in crowd(month.tree):
            is_theirs = unit != month.tree.other_county and may == (role, Level(unit.level))
            done = outcome_of(act, case, user) == "done"
            assert done == is_theirs, (stage, code, role, unit.name)


@pytest.mark.parametrize("is_locked", [False, True])
def test_only_the_province_locks_and_reopens_a_cycle(month: Month, is_locked: bool) -> None:
    Cycle.objects.filter(pk=month.cycle.pk).update(facts_at=clock.now())
    if is_locked:
        lock_cycle(cycle=month.cycle, by=month.province)
    for role, unit, user in crowd(month.tree):
        may = role == Role.REVIEWER and unit == month.tree.province
        locked = outcome_of(lock_cycle, cycle=month.cycle, by=user)
        opened = outcome_of(reopen_cycle, cycle=month.cycle, reason="补录", by=user)
        expected = ("locked", "done") if is_locked else ("done", "not_locked")
        assert (locked, opened) == (expected if may else ("forbidden", "forbidden")), (role, unit.name)


def test_the_page_names_the_acts_on_cases_and_cycles() -> None:
    page = Path("docs/workflow.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `((?:case|cycle)\.[a-z]+)` \|", page, re.MULTILINE))
    assert rows == {"case.confirm", "case.refuse", "case.withdraw", "cycle.lock", "cycle.reopen"}
