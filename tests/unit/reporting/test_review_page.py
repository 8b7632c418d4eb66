"""The reviewer's pages: queue, comparison, acceptance and return, and what happens to what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reporting.choices import ReportState
from reporting.models import Report
from reporting.selectors import comparison
from reporting.selectors.comparison import compare
from reporting.selectors.queue import waiting_count
from reporting.services.review import accept, send_back
from reporting.services.submission import submit, withdraw
from tests.factories import make_tree
from tests.month import WHILE_FILLING, Month, desk, fill, make_month

SignIn = Callable[..., Client]


def submitted(month: Month, **values: Any) -> Report:
    fill(month.county_report, **values)
    return submit(report=month.county_report, by=month.clerk)


def test_queue_lists_only_what_waits_for_my_desk(month: Month, client_of: SignIn) -> None:
    submitted(month)
    fill(month.report("370202"))
    submit(report=month.report("370202"), by=desk(month.tree["370202"]))
    page = client_of(month.city).get(reverse("reporting:queue")).content.decode()
    assert "历下区" in page
    assert "市南区" not in page


def test_empty_queue_says_so(month: Month, client_of: SignIn) -> None:
    assert "没有等待审核的报表" in client_of(month.city).get(reverse("reporting:queue")).content.decode()


def test_many_are_accepted_at_once(month: Month, client_of: SignIn) -> None:
    submitted(month)
    fill(month.report("370112"))
    submit(report=month.report("370112"), by=desk(month.tree["370112"]))
    keys = [month.report(code).pk for code in ("370102", "370112", "370202")]
    client_of(month.city).post(reverse("reporting:accept_selected"), {"report": keys})
    states = [month.report(code).state for code in ("370102", "370112", "370202")]
    assert states == [ReportState.ACCEPTED, ReportState.ACCEPTED, ReportState.DRAFT]


def test_review_page_is_for_the_reviewing_desk(month: Month, client_of: SignIn) -> None:
    submitted(month)
    url = reverse("reporting:review", args=[month.county_report.pk])
    assert client_of(month.city).get(url).status_code == 200
    assert client_of(month.province).get(url).status_code == 403
    assert client_of(month.clerk).get(url).status_code == 403
    assert client_of(desk(month.tree.other_city)).get(url).status_code == 404


def test_accepting_leads_to_the_next_in_the_queue(month: Month, client_of: SignIn) -> None:
    submitted(month)
    fill(month.report("370112"))
    submit(report=month.report("370112"), by=desk(month.tree["370112"]))
    answer = client_of(month.city).post(
        reverse("reporting:accept", args=[month.county_report.pk]), {"revision": month.county_report.revision}
    )
    assert answer.url == reverse("reporting:review", args=[month.report("370112").pk])


@pytest.mark.parametrize("nonsense", ["²", "-1", "1" * 5000, "x"])
def test_nonsense_for_a_revision_is_no_revision(month: Month, client_of: SignIn, nonsense: str) -> None:
    submitted(month)
    url = reverse("reporting:accept", args=[month.county_report.pk])
    assert client_of(month.city).post(url, {"revision": nonsense}).status_code == 302
    assert month.county_report.state == ReportState.ACCEPTED


def test_refused_return_keeps_everything_typed(month: Month, client_of: SignIn) -> None:
    submitted(month)
    answer = client_of(month.city).post(
        reverse("reporting:send_back", args=[month.county_report.pk]),
        {"reason": "", "remark": "请核实人次", "days": "3", "cell-health_events": "与上月差异过大"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请核实人次" in page
    assert 'value="与上月差异过大"' in page
    assert month.county_report.state == ReportState.SUBMITTED


def test_return_puts_remarks_at_the_cells(month: Month, client_of: SignIn) -> None:
    submitted(month)
    client_of(month.city).post(
        reverse("reporting:send_back", args=[month.county_report.pk]),
        {"reason": "logic", "remark": "", "days": "3", "cell-health_events": "核实"},
    )
    report = month.county_report
    assert report.state == ReportState.RETURNED
    assert report.rounds.get().remarks.get().indicator.key == "health_events"


def test_the_slower_of_two_reviewers_is_told_and_keeps_the_remark(month: Month, client_of: SignIn) -> None:
    seen = submitted(month).revision
    accept(report=month.county_report, by=month.city)
    answer = client_of(desk(month.tree.city)).post(
        reverse("reporting:send_back", args=[month.county_report.pk]),
        {"reason": "other", "remark": "我的意见", "days": "2", "revision": seen},
    )
    assert answer.status_code == 409
    assert "已被他人处理" in answer.content.decode()
    assert "我的意见" in answer.content.decode()
    assert month.county_report.state == ReportState.ACCEPTED


def test_changed_cells_are_marked_against_the_returned_version(month: Month) -> None:
    submitted(month, inspections=2)
    send_back(report=month.county_report, reason="other", remark="核实", by=month.city)
    fill(month.county_report, inspections=5)
    submit(report=month.county_report, by=month.clerk)
    found = compare(month.county_report)
    lines = {line.key: line for _title, rows in found.sections for line in rows}
    assert (lines["inspections"].returned, lines["inspections"].value) == (2, 5)
    assert [key for key, line in lines.items() if line.is_changed] == ["inspections"]


def test_outlier_among_sister_units_is_hinted(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in ("370112", "370171"):
        fill(month.report(code), inspections=10)
        submit(report=month.report(code), by=desk(month.tree[code]))
    submitted(month, inspections=41)

    def hints() -> list[str]:
        lines = {line.key: line for _title, rows in compare(month.county_report).sections for line in rows}
        return lines["inspections"].hints

    assert hints() == []
    monkeypatch.setattr(comparison, "SISTERS_NEEDED", 2)
    assert hints() == ["明显高于同级单位（中位数 10）"]


def test_queries_of_the_comparison_do_not_grow_with_the_sisters(month: Month) -> None:
    submitted(month)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            compare(month.county_report)
        return len(seen)

    before = count()
    for code in ("370112", "370171"):
        fill(month.report(code))
        submit(report=month.report(code), by=desk(month.tree[code]))
    assert count() == before


@pytest.mark.django_db(transaction=True)
def test_count_in_the_side_bar_follows_every_act(clean_cache: None) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        month = make_month(make_tree())
        assert waiting_count(month.tree.city) == 0
        submitted(month)
        assert waiting_count(month.tree.city) == 1
        withdraw(report=month.county_report, by=month.clerk)
        assert waiting_count(month.tree.city) == 0


def test_version_before_is_held_against_without_a_return(month: Month) -> None:
    submitted(month, health_events=3, health_reached=60)
    withdraw(report=month.county_report, by=month.clerk)
    submitted(month, health_events=5, health_reached=60)
    found = compare(month.county_report)
    lines = {line.key: line for _title, lines in found.sections for line in lines}
    assert (found.before_label, lines["health_events"].returned, lines["health_events"].is_changed) == (
        "第1版",
        3,
        True,
    )
    assert not lines["health_reached"].is_changed and found.changed_count == 1


def test_what_the_last_return_asked_stands_beside_the_cell(month: Month, client_of: SignIn) -> None:
    submitted(month, health_events=3, health_reached=60)
    asked = {"health_events": "请核对签到册"}
    send_back(report=month.county_report, reason="figure_doubtful", cell_remarks=asked, by=month.city)
    submitted(month, health_events=4, health_reached=60)
    found = compare(month.county_report)
    lines = {line.key: line for _title, lines in found.sections for line in lines}
    assert (found.before_label, lines["health_events"].asked) == ("退回前", "请核对签到册")
    page = client_of(month.city).get(reverse("reporting:review", args=[month.county_report.pk]))
    assert "上次意见" in page.content.decode()


def test_queue_is_filtered_sorted_and_downloaded(month: Month, client_of: SignIn) -> None:
    submitted(month)
    fill(month.report("370112"))
    submit(report=month.report("370112"), by=desk(month.tree["370112"]))
    Report.objects.filter(pk=month.report("370112").pk).update(returns=1)
    client, url = client_of(month.city), reverse("reporting:queue")
    again = client.get(url, {"round": "again"}).content.decode()
    assert "历城区" in again and "历下区</a>" not in again
    assert client.get(url, {"sort": "-unit__division_code"}).status_code == 200
    assert client.post(f"{reverse('reporting:export_queue')}?round=again").status_code in (200, 302)
    assert client_of(month.clerk).post(reverse("reporting:export_queue")).status_code == 403
