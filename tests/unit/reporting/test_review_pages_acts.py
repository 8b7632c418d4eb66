"""What superiors do on pages besides reviewing: cases, cycles, deadlines, excuses; and the feedback they read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from reporting.choices import CaseState, CycleState
from reporting.models import Cycle, DeadlineOverride
from reporting.services.facts import compute_facts
from reporting.services.feedback import give_feedback
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import user_at
from tests.month import Month, fill
from tests.reporting_acts import open_correction

ClientOf = Callable[[Any], Client]


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"reporting:{name}", args=args), data)


def get(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(f"reporting:{name}", args=args), query)


# Cases


def test_case_waiting_for_me_stands_first_and_is_confirmed_with_one_click(
    month: Month, client_of: ClientOf
) -> None:
    case = open_correction(month)
    client = client_of(month.city)
    assert get(client, "cases").context["waiting"] == [case]
    answer = post(client, "confirm_case", case.pk, next=reverse("reporting:cases"))
    assert answer.headers["Location"] == reverse("reporting:cases")
    case.refresh_from_db()
    assert case.state == CaseState.CONFIRMED
    assert get(client, "cases").context["waiting"] == []


def test_case_does_not_wait_for_the_province_before_its_turn(month: Month, client_of: ClientOf) -> None:
    case = open_correction(month)
    assert get(client_of(month.province), "cases").context["waiting"] == []
    assert post(client_of(month.province), "confirm_case", case.pk).status_code == 403


def test_case_is_refused_only_with_a_reason_and_the_note_is_kept(month: Month, client_of: ClientOf) -> None:
    case = open_correction(month)
    client = client_of(month.city)
    answer = post(client, "refuse_case", case.pk, note=" ")
    assert answer.status_code == 422
    assert "不同意请写明原因" in answer.content.decode()
    assert post(client, "refuse_case", case.pk, note="数据无依据").status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.REFUSED


def test_second_confirmation_of_a_case_is_told_that_it_is_closed(month: Month, client_of: ClientOf) -> None:
    case = open_correction(month)
    client = client_of(month.city)
    post(client, "confirm_case", case.pk)
    answer = post(client, "confirm_case", case.pk, note="同意")
    assert answer.status_code == 409
    assert "已办结" in answer.content.decode()


def test_case_of_another_city_is_absent(month: Month, client_of: ClientOf) -> None:
    case = open_correction(month)
    stranger = user_at(month.tree["3702"], Role.REPORTER, Role.REVIEWER)
    assert post(client_of(stranger), "confirm_case", case.pk).status_code == 404
    assert get(client_of(stranger), "cases").context["page"].object_list.count() == 0


def test_way_back_leads_nowhere_else(month: Month, client_of: ClientOf) -> None:
    case = open_correction(month)
    answer = post(client_of(month.city), "confirm_case", case.pk, next="https://example.org/")
    assert answer.headers["Location"] == reverse("reporting:case", args=[case.pk])


def test_cases_are_narrowed(month: Month, client_of: ClientOf) -> None:
    open_correction(month)
    client = client_of(month.city)
    assert len(get(client, "cases", q="历下", kind="correction", state="open").context["page"]) == 1
    assert len(get(client, "cases", q="市南").context["page"]) == 0
    assert len(get(client, "cases", kind="belated").context["page"]) == 0


# Cycles


def test_cycle_is_locked_and_opened_again_with_a_reason(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.province)
    refused = post(client, "lock_cycle", month.cycle.pk)
    assert refused.status_code == 409
    assert "台账数还没有取数" in refused.content.decode()
    assert post(client, "take_facts", month.cycle.pk).status_code == 302
    assert "锁定本期" in get(client, "cycles").content.decode()
    post(client, "lock_cycle", month.cycle.pk)
    cycle = Cycle.objects.get(pk=month.cycle.pk)
    assert cycle.state == CycleState.LOCKED
    assert post(client, "reopen_cycle", cycle.pk, reason="").status_code == 422
    assert post(client, "reopen_cycle", cycle.pk, reason="漏审一市").status_code == 302
    cycle.refresh_from_db()
    assert cycle.state == CycleState.OPEN


def test_lock_is_not_offered_while_a_report_waits(month: Month, client_of: ClientOf) -> None:
    compute_facts(cycle=month.cycle, by=SYSTEM)
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    [row] = get(client_of(month.province), "cycles").context["groups"][0]["open_rows"]
    assert (row.to_review, row.may_lock) == (1, False)
    accept(report=month.city_report, by=month.province)
    [row] = get(client_of(month.province), "cycles").context["groups"][0]["open_rows"]
    assert (row.cities, row.cities_accepted, row.may_lock) == (3, 1, True)


def test_next_cycle_is_opened_at_most_a_month_ahead(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.province)
    collection = month.cycle.collection
    assert post(client, "open_next", collection.pk).status_code == 302
    assert Cycle.objects.filter(period=dt.date(2026, 12, 1)).exists()
    assert post(client, "open_next", collection.pk).status_code == 422
    assert not Cycle.objects.filter(period=dt.date(2027, 1, 1)).exists()


@pytest.mark.parametrize("name", ["lock_cycle", "reopen_cycle", "take_facts", "open_next"])
def test_cycles_are_the_provinces_alone(name: str, month: Month, client_of: ClientOf) -> None:
    key = month.cycle.collection_id if name == "open_next" else month.cycle.pk
    assert get(client_of(month.city), "cycles").status_code == 403
    assert post(client_of(month.city), name, key, reason="x").status_code == 403
    assert get(client_of(month.province), "cycles").status_code == 200


# Deadlines


def test_city_sets_its_own_earlier_day_and_no_later_one(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.city)
    data = {"collection": month.cycle.collection_id, "city": month.tree.city.pk, "level": 3}
    assert post(client, "deadlines", day="20", **data).status_code == 302
    override = DeadlineOverride.objects.get(city=month.tree.city, level=Level.COUNTY)
    assert override.day == 20
    late = post(client, "deadlines", day="23", **data)
    assert late.status_code == 422
    assert "不能晚于全省统一的22日" in late.content.decode()
    post(client, "deadlines", day="", **data)
    assert not DeadlineOverride.objects.exists()


def test_city_cannot_set_the_days_of_another_city(month: Month, client_of: ClientOf) -> None:
    data = {"collection": month.cycle.collection_id, "city": month.tree["3702"].pk, "level": 3, "day": "20"}
    assert post(client_of(month.city), "deadlines", **data).status_code == 404
    assert post(client_of(month.province), "deadlines", **data).status_code == 302


def test_county_has_no_page_of_deadlines(month: Month, client_of: ClientOf) -> None:
    assert get(client_of(month.county_reviewer), "deadlines").status_code == 403
    assert get(client_of(month.city), "deadlines").status_code == 200


# Excuses


def test_superior_defers_within_bounds(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.city)
    key = month.county_report.pk
    refused = post(client, "excuse", key, act="defer", until="2027-03-01", reason="汛情")
    assert refused.status_code == 422
    assert "汛情" in refused.content.decode()
    assert post(client, "excuse", key, act="defer", until="2026-11-24", reason="汛情").status_code == 302
    assert month.county_report.deferred_to == clock.end_of(dt.date(2026, 11, 24))


def test_superior_exempts_and_lifts_again(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.city)
    key = month.county_report.pk
    assert post(client, "excuse", key, act="exempt", reason="").status_code == 422
    post(client, "excuse", key, act="exempt", reason="区划调整")
    assert month.county_report.is_exempt
    assert "取消免报" in get(client, "excuse", key).content.decode()
    post(client, "excuse", key, act="lift", reason="没有调整")
    assert not month.county_report.is_exempt


def test_excuse_without_an_act_changes_nothing(month: Month, client_of: ClientOf) -> None:
    assert post(client_of(month.city), "excuse", month.county_report.pk, act="x").status_code == 422


def test_only_the_superior_excuses(month: Month, client_of: ClientOf) -> None:
    key = month.county_report.pk
    assert get(client_of(month.county_reviewer), "excuse", key).status_code == 403
    assert get(client_of(month.province), "excuse", key).status_code == 403
    assert get(client_of(user_at(month.tree["3702"], Role.REVIEWER)), "excuse", key).status_code == 404
    assert get(client_of(month.city), "excuse", key).status_code == 200


def test_report_page_leads_the_superior_to_the_excuses(month: Month, client_of: ClientOf) -> None:
    url = reverse("reporting:excuse", args=[month.county_report.pk])
    assert url in get(client_of(month.city), "report", month.county_report.pk).content.decode()
    assert url not in get(client_of(month.clerk), "report", month.county_report.pk).content.decode()


# Feedback


def test_feedback_is_read_by_the_province(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    give_feedback(report=month.county_report, text="人次可以不报", by=month.clerk)
    assert "人次可以不报" in get(client_of(month.province), "feedback").content.decode()
    assert "人次可以不报" in get(client_of(month.clerk), "feedback").content.decode()
    assert "人次可以不报" not in get(client_of(month.city), "feedback").content.decode()
