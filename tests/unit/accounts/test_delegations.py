"""委托: a colleague acts for somebody who is away, for the days named and no longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.delegating import acting_for
from accounts.models import Delegation, User
from accounts.roles import Role
from accounts.services.accounts import close_account
from accounts.services.delegations import delegate, end_delegation
from accounts.services.postings import end_posting
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from files.registry import exporter_of
from notices.models import Message
from reporting.permissions import REVIEW
from tests.factories import Tree, user_at

MONDAY = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def now(tree: Tree) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reviewer(now: Any, tree: Tree) -> User:
    return user_at(tree.city, Role.REVIEWER, name="张敏")


@pytest.fixture
def colleague(now: Any, tree: Tree) -> User:
    return user_at(tree.city, Role.REPORTER, name="李强")


def lend(tree: Tree, principal: User, deputy: User, *, by: Any = None, **changes: Any) -> Delegation:
    facts: dict[str, Any] = {
        "role": Role.REVIEWER,
        "starts_on": MONDAY.date(),
        "ends_on": MONDAY.date() + dt.timedelta(days=4),
        "reason": "赴省委党校学习",
    }
    return delegate(
        principal=principal, deputy=deputy, unit=tree.city, by=by or principal, **(facts | changes)
    )


def may_review(user: User, tree: Tree) -> bool:
    return bool(User.objects.get(pk=user.pk).can(REVIEW, tree.city))


def test_deputy_may_act_for_the_days_named_and_no_longer(
    now: time_machine.Traveller, tree: Tree, reviewer: User, colleague: User
) -> None:
    assert not may_review(colleague, tree)
    lend(tree, reviewer, colleague)
    assert may_review(colleague, tree) and may_review(reviewer, tree)
    assert acting_for(colleague, Role.REVIEWER, tree.city) == "受张敏委托"
    assert acting_for(reviewer, Role.REVIEWER, tree.city) == ""
    assert Message.objects.get(user=colleague).title == "张敏委托您代行审核员"
    now.move_to(MONDAY + dt.timedelta(days=5))
    assert not may_review(colleague, tree)


def test_delegation_of_later_days_takes_effect_then(
    now: time_machine.Traveller, tree: Tree, reviewer: User, colleague: User
) -> None:
    lend(tree, reviewer, colleague, starts_on=dt.date(2026, 11, 18))
    assert not may_review(colleague, tree)
    now.move_to(MONDAY + dt.timedelta(days=2))
    assert may_review(colleague, tree)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": dt.date(2026, 11, 15)}, "starts_in_the_past"),
        ({"ends_on": dt.date(2026, 11, 15)}, "ends_before_start"),
        ({"ends_on": dt.date(2027, 3, 1)}, "too_long"),
        ({"reason": "  "}, "reason_wanted"),
        ({"role": Role.REPORTER}, "not_delegable"),
        ({"role": Role.LEADER}, "not_held"),
    ],
)
def test_delegation_that_does_not_fit_is_refused(
    tree: Tree, reviewer: User, colleague: User, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        lend(tree, reviewer, colleague, **changes)
    assert code in {problem.code for problem in refused.value.problems}
    assert not Delegation.objects.exists() and not may_review(colleague, tree)


def test_deputy_must_be_a_colleague_without_the_role(tree: Tree, reviewer: User, colleague: User) -> None:
    stranger = user_at(tree.other_city, Role.REPORTER)
    second = user_at(tree.city, Role.REVIEWER)
    for deputy, code in (
        (stranger, "not_a_colleague"),
        (second, "has_it_already"),
        (reviewer, "same_person"),
    ):
        with pytest.raises(DomainError) as refused:
            lend(tree, reviewer, deputy)
        assert code in {problem.code for problem in refused.value.problems}, code


def test_what_was_lent_is_not_lent_on(tree: Tree, reviewer: User, colleague: User) -> None:
    lend(tree, reviewer, colleague)
    deputy = User.objects.get(pk=colleague.pk)
    third = user_at(tree.city, Role.REPORTER)
    with pytest.raises(DomainError) as refused:
        lend(tree, deputy, third)
    assert "受托的权限不能再转委托" in str(refused.value.problems[0].message)


def test_only_the_principal_or_the_administrator_delegates(
    tree: Tree, reviewer: User, colleague: User
) -> None:
    with pytest.raises(Forbidden):
        lend(tree, reviewer, colleague, by=colleague)
    with pytest.raises(Forbidden):
        lend(tree, reviewer, colleague, by=user_at(tree.other_city, Role.UNIT_ADMIN))
    assert lend(tree, reviewer, colleague, by=user_at(tree.city, Role.UNIT_ADMIN)).principal == reviewer


def test_delegation_ended_early_ends_at_once(
    now: time_machine.Traveller, tree: Tree, reviewer: User, colleague: User
) -> None:
    lent = lend(tree, reviewer, colleague)
    with pytest.raises(Forbidden):
        end_delegation(delegation=lent, by=user_at(tree.other_city, Role.REVIEWER))
    end_delegation(delegation=lent, by=reviewer)
    assert not may_review(colleague, tree)
    with pytest.raises(Conflict):
        end_delegation(delegation=lent, by=reviewer)
    again = lend(tree, reviewer, colleague)
    now.move_to(MONDAY + dt.timedelta(days=2))
    end_delegation(delegation=again, by=colleague)
    assert not may_review(colleague, tree)
    assert again.posting is not None and again.posting.__class__.objects.get(
        pk=again.posting_id
    ).ends_on == dt.date(2026, 11, 17)


def test_delegation_falls_with_the_posting_it_was_lent_from(
    tree: Tree, reviewer: User, colleague: User
) -> None:
    lent = lend(tree, reviewer, colleague)
    end_posting(posting=reviewer.postings.get(), by=SYSTEM)
    lent.refresh_from_db()
    assert lent.ended_at is not None and not may_review(colleague, tree)


def test_delegation_falls_with_the_account_that_lent_it(tree: Tree, reviewer: User, colleague: User) -> None:
    lent = lend(tree, reviewer, colleague)
    close_account(user=reviewer, by=SYSTEM)
    lent.refresh_from_db()
    assert lent.ended_at is not None and not may_review(colleague, tree)


@pytest.mark.parametrize("falls", ["posting", "account"])
def test_delegation_falls_with_the_deputy_s_posting_or_account(
    tree: Tree, reviewer: User, colleague: User, falls: str
) -> None:
    lent = lend(tree, reviewer, colleague)
    if falls == "posting":
        end_posting(posting=lent.posting, by=SYSTEM)
    else:
        close_account(user=colleague, by=SYSTEM)
    lent.refresh_from_db()
    assert not lent.is_in_force and lent.ended_at is not None and not may_review(colleague, tree)


def test_page_delegates_and_keeps_what_was_typed(
    tree: Tree, reviewer: User, colleague: User, client_of: Callable[[User], Client]
) -> None:
    client, url = client_of(reviewer), reverse("accounts:delegations")
    typed = {
        "principal": reviewer.pk,
        "deputy": colleague.pk,
        "role": "reviewer",
        "starts_on": "2026-11-16",
        "ends_on": "2026-11-10",
        "reason": "休假",
    }
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert "截止日期不能早于起始日期" in refused.content.decode() and "休假" in refused.content.decode()
    assert client.post(url, typed | {"ends_on": "2026-11-20"}).status_code == 302
    shown = client.get(url).content.decode()
    assert "李强" in shown and "代行中" in shown
    lent = Delegation.objects.get()
    stranger = client_of(user_at(tree.other_city, Role.REVIEWER))
    assert stranger.post(reverse("accounts:end_delegation", args=[lent.pk])).status_code == 404
    assert client.post(reverse("accounts:end_delegation", args=[lent.pk])).status_code == 302
    assert not may_review(colleague, tree)


def test_api_lists_the_units_delegations(
    tree: Tree, reviewer: User, colleague: User, api_of: Callable[[User], Any]
) -> None:
    lent = lend(tree, reviewer, colleague)
    answer = api_of(reviewer).get("/api/v1/delegations/")
    assert [row["id"] for row in answer.json()["results"]] == [lent.pk]
    assert api_of(colleague).get("/api/v1/delegations/").status_code in (200, 403)
    foreign = api_of(user_at(tree.other_city, Role.REVIEWER))
    assert foreign.get(f"/api/v1/delegations/{lent.pk}/").status_code == 404
    assert api_of(reviewer).post(f"/api/v1/delegations/{lent.pk}/end/").json()["is_in_force"] is False


def test_delegations_are_downloaded_as_they_are_shown(
    now: time_machine.Traveller, tree: Tree, reviewer: User, colleague: User, tmp_path: Path
) -> None:
    end_delegation(delegation=lend(tree, reviewer, colleague), by=reviewer)
    lend(tree, reviewer, colleague, reason="休假")
    exporter = exporter_of("accounts.delegations")
    assert exporter is not None
    assert exporter.allowed(reviewer, {})
    assert not exporter.allowed(user_at(tree.city, Role.REPORTER), {})

    def reasons(**asked: list[str]) -> set[str]:
        exporter.build(reviewer, asked, str(tmp_path / "a.xlsx"), lambda *told: None)
        cells = {cell for row in load_workbook(tmp_path / "a.xlsx").active.values for cell in row}
        return {"休假", "赴省委党校学习"} & cells

    assert reasons() == {"休假"}
    assert reasons(show=["all"]) == {"休假", "赴省委党校学习"}
