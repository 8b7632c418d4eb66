"""Two at one desk see each other, what they wrote and what they contest; others do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from reporting.services.filling import CellChange, save_cells
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, desk

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture
def colleague(month: Month) -> User:
    return user_at(month.tree["370102"], Role.REPORTER, name="李四")


def look(client: Client, report: Any, **said: Any) -> Any:
    body = json.dumps({"report": report.pk, "tab": "a"} | said)
    return client.post(reverse("reporting:presence"), body, content_type="application/json")


def test_two_at_a_desk_see_each_other_and_their_cells(
    month: Month, colleague: User, client_of: Callable[[User], Client]
) -> None:
    mine, theirs = client_of(month.clerk), client_of(colleague)
    report, township = month.county_report, month.report("370102001")
    assert look(mine, report).json()["people"] == []
    cell = f"{township.pk}|health_events"
    look(theirs, township, cell=cell, place="乡镇数据录入")
    assert look(mine, report).json()["people"] == [{"name": "李四", "place": "乡镇数据录入", "cell": cell}]
    look(theirs, township, leaving=True)
    assert look(mine, report).json()["people"] == []


def test_who_does_not_look_in_any_more_is_forgotten(
    month: Month, colleague: User, client_of: Callable[[User], Client], clock_stopped: time_machine.Traveller
) -> None:
    look(client_of(colleague), month.county_report)
    clock_stopped.move_to(WHILE_FILLING.replace(minute=1))
    assert look(client_of(month.clerk), month.county_report).json()["people"] == []


def test_own_other_window_is_called_so(month: Month, client_of: Callable[[User], Client]) -> None:
    client = client_of(month.clerk)
    look(client, month.county_report, tab="first")
    assert [one["name"] for one in look(client, month.county_report, tab="second").json()["people"]] == [
        "本人（另一窗口）"
    ]


def test_what_the_other_wrote_comes_along(
    month: Month, colleague: User, client_of: Callable[[User], Client]
) -> None:
    mine, report = client_of(month.clerk), month.county_report
    since = look(mine, report).json()["now"]
    save_cells(reports=[report], changes=[CellChange(report.pk, "health_events", "12")], by=colleague)
    [cell] = look(mine, report, since=since).json()["cells"]
    assert (cell["key"], cell["value"], cell["revision"], "李四" in cell["by"]) == (
        "health_events",
        "12",
        1,
        True,
    )


def test_conflict_is_shown_to_both(
    month: Month, colleague: User, client_of: Callable[[User], Client]
) -> None:
    report, mine, theirs = month.county_report, client_of(month.clerk), client_of(colleague)
    save_cells(reports=[report], changes=[CellChange(report.pk, "health_events", "12")], by=month.clerk)
    late = save_cells(reports=[report], changes=[CellChange(report.pk, "health_events", "15")], by=colleague)
    assert [(one.value, one.by) for one in late.conflicts] == [("12", month.clerk.actor_label)]
    contested = [{"report": report.pk, "key": "health_events", "value": "15"}]
    look(theirs, report, contested=contested)
    assert look(mine, report).json()["contested"] == [{**contested[0], "by": "李四"}]
    look(theirs, report, contested=[])
    assert look(mine, report).json()["contested"] == []


def test_other_desks_are_neither_seen_nor_heard(month: Month, client_of: Callable[[User], Client]) -> None:
    look(client_of(month.clerk), month.county_report)
    stranger = client_of(desk(month.tree["370112"]))
    assert look(stranger, month.county_report).status_code == 404
    assert look(stranger, month.report("370112")).json()["people"] == []
    assert look(client_of(month.city), month.county_report).status_code in (403, 404)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"report": "x"}', '{"report": 1, "contested": [1]}', '{"report": 1, "since": "x"}'],
)
def test_nonsense_is_refused(month: Month, client_of: Callable[[User], Client], body: str) -> None:
    answer = client_of(month.clerk).post(reverse("reporting:presence"), body, content_type="application/json")
    assert answer.status_code == 422
