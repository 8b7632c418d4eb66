"""The read-only page, the unit, chasing, settings, corrections."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from audit.models import AuditEvent
from core import clock, formats
from core.cipher import encrypt
from core.errors import Forbidden
from orgs.choices import OfficerRole
from orgs.models import UnitOfficer
from reporting.choices import SignOffMode
from reporting.models import BurdenFeedback, ChaseRecord, UnitReporting
from reporting.services import review, submission
from reporting.services.chasing import reveal_contact
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, fill
from tests.pages import ClientOf, page, post


def test_draft_of_a_county_is_hidden_from_its_city(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report, 7)
    assert page(client_of(month.city), "report", month.county_report.pk).context["paper"] is None
    assert page(client_of(month.clerk), "report", month.county_report.pk).context["paper"] is not None


def test_report_shows_an_earlier_version(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report, 7)
    submission.submit(report=month.county_report, by=month.clerk)
    submission.withdraw(report=month.county_report, by=month.clerk)
    fill(month.county_report, 9)
    submission.submit(report=month.county_report, by=month.clerk)
    client = client_of(month.city)
    owns = [
        page(client, "report", month.county_report.pk, **query)
        .context["paper"]
        .figure_sections[0]
        .figures[0]
        .own
        for query in ({}, {"v": "1"})
    ]
    assert owns == [9, 7]
    assert page(client, "report", month.county_report.pk, v="3").status_code == 404


def test_unit_page_lists_its_reports(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.clerk)
    assert "2026年11月" in page(client, "unit", month.tree.county.pk).content.decode()
    assert page(client, "unit", month.tree.other_county.pk).status_code == 404


def test_chase_text_names_who_is_in_and_who_is_not(month: Month, client_of: ClientOf) -> None:
    fill(month.report("370102002"))
    chase = page(client_of(month.clerk), "chase", month.cycle.pk).context["chase"]
    assert "已报1个：千佛山街道" in chase.text
    assert "尚未报送2个：解放路街道、趵突泉街道" in chase.text
    assert "11月20日前" in chase.text
    assert [row.below.name for row in chase.calls] == ["解放路街道", "趵突泉街道"]


def test_chase_is_logged_and_a_bad_channel_keeps_what_was_typed(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.report("370102001")
    refused = post(client, "log_chase", report.pk, channel="pigeon", note="明早报")
    assert refused.status_code == 422
    assert 'value="明早报"' in refused.content.decode()
    post(client, "log_chase", report.pk, channel="phone", spoken_to="王小明", note="明早报")
    assert ChaseRecord.objects.get().note == "明早报"


def test_contact_number_is_masked_until_asked_for_and_leaves_a_trace(
    month: Month, client_of: ClientOf
) -> None:
    officer = UnitOfficer.objects.create(
        unit=month.tree.township,
        role=OfficerRole.LIAISON,
        name="王小明",
        valid_from=WHILE_FILLING.date(),
        phone_cipher=encrypt("13812345678"),
    )
    client, report = client_of(month.clerk), month.report("370102001")
    shown = page(client, "chase", month.cycle.pk).content.decode()
    assert "138****5678" in shown
    assert "13812345678" not in shown
    answer = client.post(
        reverse("reporting:reveal_contact", args=[report.pk, officer.pk]), headers={"HX-Request": "true"}
    )
    assert "13812345678" in answer.content.decode()
    assert AuditEvent.objects.filter(kind="report.contact_revealed").count() == 1


def test_burden_feedback_is_kept(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.county_report
    words = client.get(reverse("reporting:burden", args=[report.pk])).content.decode()
    assert "县级每份" in words and "每年12次" in words and "整数" in words and "找数、核对" in words
    assert post(client, "burden", report.pk, text=" ").status_code == 422
    assert post(client, "burden", report.pk, text="科普活动与文明实践中心重复填报").status_code == 302
    assert BurdenFeedback.objects.get().report == report


def test_settings_change_entry_mode_and_sign_off(month: Month, client_of: ClientOf) -> None:
    client, township = client_of(month.clerk), month.tree.township
    refused = post(client, "settings", township=township.pk, mode="self")
    assert refused.status_code == 422
    assert "还没有填报员账号" in refused.content.decode()
    user_at(township)
    assert post(client, "settings", township=township.pk, mode="self").status_code == 302
    assert month.report("370102001").custodian == township
    assert post(client, "settings", mode="phone").status_code == 302
    assert UnitReporting.objects.get(unit=month.tree.county).sign_off == SignOffMode.PHONE


def test_settings_of_a_foreign_township_are_absent(month: Month, client_of: ClientOf) -> None:
    foreign = month.tree.other_township
    assert post(client_of(month.clerk), "settings", township=foreign.pk, mode="on_behalf").status_code == 404


def test_correction_is_opened_shown_and_withdrawn(month: Month, client_of: ClientOf) -> None:
    report, client = month.county_report, client_of(month.clerk)
    fill(report, 3)
    submission.submit(report=report, by=month.clerk)
    review.accept(report=month.county_report, by=month.city)
    form = page(client, "correct", report.pk).context["form"]
    typed = {name: form.initial.get(name, "") for name in form.fields if name.startswith("new-")}
    refused = post(client, "correct", report.pk, **typed | {"new-inspections": "8", "reason": ""})
    assert refused.status_code == 422
    assert 'value="8"' in refused.content.decode()
    response = post(client, "correct", report.pk, **typed | {"new-inspections": "8", "reason": "漏计"})
    case = report.cases.get()
    assert response["Location"] == reverse("reporting:case", args=[case.pk])
    shown = page(client, "case", case.pk)
    assert [(item.old, item.new) for item in shown.context["items"]] == [("3", "8")]
    assert "等待确认" in shown.content.decode()
    assert post(client, "withdraw_case", case.pk).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_correction_of_a_draft_is_out_of_order(month: Month, client_of: ClientOf) -> None:
    response = post(client_of(month.clerk), "correct", month.county_report.pk, reason="漏计")
    assert response.status_code == 409


def test_contact_of_another_unit_is_not_told(month: Month) -> None:
    since = WHILE_FILLING.date()
    own, foreign = (
        UnitOfficer.objects.create(
            unit=unit,
            role=OfficerRole.LIAISON,
            name="王小明",
            valid_from=since,
            phone_cipher=encrypt("13812345678"),
        )
        for unit in (month.tree.township, month.tree.other_township)
    )
    report = month.report("370102001")
    assert reveal_contact(report=report, officer=own, by=month.clerk) == "13812345678"
    with pytest.raises(Forbidden):
        reveal_contact(report=report, officer=foreign, by=month.clerk)
    with pytest.raises(Forbidden):
        reveal_contact(report=report, officer=own, by=month.county_leader)


def test_chase_text_after_the_deadline_says_so(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    clock_stopped.move_to(clock.at(dt.date(2026, 11, 21), dt.time(9)))
    text = page(client_of(month.clerk), "chase", month.cycle.pk).context["chase"].text
    assert "11月20日的报送期限已过，请尽快报送" in text


def test_read_page_of_a_draft_has_nothing_to_type_in(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.clerk)
    field = f'data-report="{month.county_report.pk}"'
    assert field not in page(client, "report", month.county_report.pk).content.decode()
    assert field in page(client, "fill", month.county_report.pk).content.decode()


def test_returned_report_is_due_at_the_end_of_its_own_term(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report, 7)
    submission.submit(report=month.county_report, by=month.clerk)
    review.send_back(
        report=month.county_report, reason="figure_doubtful", remark="请核对", days=2, by=month.city
    )
    month.county_report.refresh_from_db()
    shown = page(client_of(month.clerk), "fill", month.county_report.pk)
    assert (
        shown.context["due_day"] == month.county_report.correction_due_day == clock.today() + dt.timedelta(2)
    )
    assert f"请于{formats.day(clock.today() + dt.timedelta(2))}前改好重报" in shown.content.decode()
