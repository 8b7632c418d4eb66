"""The desk and the form: what they show, where they lead, how a report goes up."""

from __future__ import annotations

from typing import Any

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.choices import OfficerRole
from orgs.models import UnitOfficer
from reporting.choices import ReportState
from reporting.rollup import Basis, cycle_totals
from reporting.services import excuses, review, submission
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, fill
from tests.pages import ClientOf, fill_townships, page, post


def test_desk_shows_the_month_its_deadline_and_the_townships(month: Month, client_of: ClientOf) -> None:
    text = page(client_of(month.clerk), "desk").content.decode()
    assert "2026年11月月报" in text
    assert "2026年11月20日" in text, "the 22nd is a Sunday: the deadline moves forward"
    assert "今天截止" in text
    assert "录入乡镇数据" in text
    assert all(name in text for name in ("解放路街道", "千佛山街道", "趵突泉街道"))


def test_desk_leads_to_the_own_form_once_the_townships_are_typed(month: Month, client_of: ClientOf) -> None:
    fill_townships(month)
    response = page(client_of(month.clerk), "desk")
    assert response.context["desk"].step.label == "填报本级数据"
    assert response.context["desk"].in_count == 3


def test_desk_shows_a_return_with_its_remarks_first(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submission.submit(report=month.county_report, by=month.clerk)
    review.send_back(
        report=month.county_report,
        reason="figure_doubtful",
        remark="请核对",
        cell_remarks={"health_events": "与上月相差较大"},
        by=month.city,
    )
    text = page(client_of(month.clerk), "desk").content.decode()
    assert "按意见修改" in text
    assert "与上月相差较大" in text


def test_desk_counts_townships_without_leader_or_liaison_and_leads_to_them(
    month: Month, client_of: ClientOf
) -> None:
    for role in (OfficerRole.LEADER_IN_CHARGE, OfficerRole.LIAISON):
        UnitOfficer.objects.create(
            unit=month.tree.township, role=role, name="张三", valid_from=WHILE_FILLING.date()
        )
    desk = page(client_of(month.clerk), "desk").context["desk"]
    found = {one.label: one for one in desk.facts_to_do}
    assert found["缺分管领导"].count == 2
    assert found["缺联络员"].count == 3, "the county itself owes a liaison too"
    there = client_of(month.clerk).get(f"{reverse('orgs:missing')}?{found['缺联络员'].query}")
    assert [name in there.content.decode() for name in ("千佛山街道", "趵突泉街道", "解放路街道")] == [
        *(True, True, False)
    ]


def test_desk_query_count_does_not_grow_with_townships(
    month: Month, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(40):
        page(client_of(month.clerk), "desk")


def test_form_shows_own_below_and_both(month: Month, client_of: ClientOf) -> None:
    fill_townships(month, value=2)
    fill(month.county_report, 5)
    response = page(client_of(month.clerk), "fill", month.county_report.pk)
    [section] = [s for s in response.context["paper"].figure_sections if s.key == "action"]
    line = section.figures[0]
    assert (line.own, line.below, line.both) == (5, 6, 11)


def test_form_shows_no_double_count_after_the_townships_went_along(month: Month, client_of: ClientOf) -> None:
    fill_townships(month, value=2)
    fill(month.county_report, 5)
    client = client_of(month.clerk)

    def own_and_below() -> tuple[Any, Any]:
        line = page(client, "report", month.county_report.pk).context["paper"].figure_sections[0].figures[0]
        return line.own, line.below

    submission.submit(report=month.county_report, by=month.clerk)
    assert own_and_below() == (5, 6)
    review.accept(report=month.county_report, by=month.city)
    assert own_and_below() == (5, 6)


def test_form_of_another_county_is_absent(month: Month, client_of: ClientOf) -> None:
    other = month.report("370202")
    assert page(client_of(month.clerk), "fill", other.pk).status_code == 404
    assert page(client_of(user_at(month.tree["370202"])), "fill", other.pk).status_code == 200


def test_form_is_forbidden_to_the_leader_who_may_read_the_report(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.county_leader)
    assert page(client, "fill", month.county_report.pk).status_code == 403
    assert page(client, "report", month.county_report.pk).status_code == 200


def test_submission_names_every_cell_in_the_way(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report, except_keys=["inspections"])
    response = post(client_of(month.clerk), "submit", month.county_report.pk)
    text = response.content.decode()
    assert response.status_code == 422
    assert f'href="#entry-{month.county_report.pk}-inspections"' in text
    assert month.county_report.state == ReportState.DRAFT


def test_submission_with_missing_townships_goes_up_and_says_so(month: Month, client_of: ClientOf) -> None:
    fill(month.report("370102001"))
    fill(month.county_report)
    client = client_of(month.clerk)
    form = page(client, "fill", month.county_report.pk).content.decode()
    assert "有2个单位还没有报齐" in form
    response = client.post(reverse("reporting:submit", args=[month.county_report.pk]), follow=True)
    assert "带缺上报" in response.content.decode()
    assert month.county_report.state == ReportState.SUBMITTED


def test_first_submission_after_the_deadline_says_that_it_is_late(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.county_report
    client.get(reverse("reporting:fill", args=[report.pk]))
    fill(report)
    with time_machine.travel(report.due_at, tick=False) as now:
        sent = client.post(reverse("reporting:submit", args=[report.pk]), follow=True)
        assert "已上报济南市科协，已过截止时间，计为迟报。" in sent.content.decode()
        client.post(reverse("reporting:withdraw", args=[report.pk]))
        now.shift(60)
        again = client.post(reverse("reporting:submit", args=[report.pk]), follow=True)
        assert "已上报济南市科协。" in again.content.decode()


def test_submission_twice_at_once_is_told_and_changes_nothing(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    client, report = client_of(month.clerk), month.county_report
    assert post(client, "submit", report.pk, revision=report.revision).status_code == 302
    assert post(client, "submit", report.pk, revision=report.revision).status_code == 409
    assert report.versions.count() == 1


def test_withdrawal_opens_the_form_again(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submission.submit(report=month.county_report, by=month.clerk)
    client = client_of(month.clerk)
    assert page(client, "fill", month.county_report.pk).status_code == 302
    response = client.post(reverse("reporting:withdraw", args=[month.county_report.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("reporting:fill", args=[month.county_report.pk])
    assert month.county_report.state == ReportState.DRAFT


def test_zero_rest_fills_only_empty_cells(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report, 3, except_keys=["inspections"])
    post(client_of(month.clerk), "zero_rest", month.county_report.pk)
    values = dict(month.county_report.cells.values_list("indicator__key", "value"))
    assert (values["inspections"], values["societies"]) == (0, 3)


def test_nil_return_and_taking_it_back(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.county_report
    post(client, "nil", report.pk)
    assert month.county_report.is_nil
    assert set(report.cells.filter(value__isnull=False).values_list("value", flat=True)) == {0}
    post(client, "nil", report.pk, is_nil="no")
    assert not month.county_report.is_nil


def test_form_of_a_city_collects_the_counties_words(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report, progress="新吸纳校长2名。")
    submission.submit(report=month.county_report, by=month.clerk)
    client = client_of(month.city)

    def collected() -> list[dict[str, Any]]:
        paper = page(client, "fill", month.city_report.pk).context["paper"]
        return next(line for line in paper.text_lines if line.entry.key == "progress").collected

    assert collected() == []
    review.accept(report=month.county_report, by=month.city)
    assert [(row["name"], row["text"]) for row in collected()] == [("历下区", "新吸纳校长2名。")]


def test_form_adds_up_what_the_rollup_adds_up(month: Month, client_of: ClientOf) -> None:
    fill_townships(month, value=2)
    fill(month.county_report, 5)
    fill(month.report("370112"), 7)
    for county in ("370102", "370112"):
        submission.submit(report=month.report(county), by=user_at(month.tree[county]))
        review.accept(report=month.report(county), by=month.city)
    totals = cycle_totals(month.cycle, basis=Basis.LIVE)
    paper = page(client_of(month.city), "fill", month.city_report.pk).context["paper"]
    lines = [line for section in paper.figure_sections for line in section.figures if line.below is not None]
    assert len(lines) > 20
    assert {line.entry.key: line.below for line in lines} == {
        line.entry.key: totals.total(month.tree.city.pk, line.entry.key) for line in lines
    }


def test_form_and_report_query_counts_do_not_grow_with_townships(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.clerk)

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            page(client, name, month.county_report.pk)
        return len(found)

    before = [queries(name) for name in ("fill", "report", "to_do")]
    fill_townships(month, value=3)
    fill(month.county_report, 2)
    assert [queries(name) for name in ("fill", "report", "to_do")] == before
    assert max(before) <= 45


def test_own_entry_of_the_menu_leads_to_the_form_or_the_page(month: Month, client_of: ClientOf) -> None:
    client, pk = client_of(month.clerk), month.county_report.pk
    assert page(client, "mine")["Location"] == reverse("reporting:fill", args=[pk])
    assert page(client_of(month.county_leader), "mine")["Location"] == reverse("reporting:report", args=[pk])
    fill(month.county_report)
    submission.submit(report=month.county_report, by=month.clerk)
    assert page(client, "mine")["Location"] == reverse("reporting:report", args=[pk])


def test_desk_of_a_city_is_its_overview(month: Month, client_of: ClientOf) -> None:
    assert page(client_of(month.city), "desk")["Location"] == reverse("reporting:overview")


def test_desk_of_an_exempt_county_asks_for_nothing(month: Month, client_of: ClientOf) -> None:
    excuses.exempt(report=month.county_report, reason="区划调整", by=month.city)
    text = page(client_of(month.clerk), "desk").content.decode()
    assert "本期已批准免报" in text
    assert page(client_of(month.clerk), "fill", month.county_report.pk).status_code == 302
