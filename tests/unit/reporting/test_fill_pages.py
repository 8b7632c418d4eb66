"""The desk, the form and the grid: what they show, what they take, whom they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from orgs.choices import OfficerRole
from orgs.models import UnitOfficer
from reporting.choices import ReportState, SignOffMode
from reporting.models import BurdenFeedback, Cell, ChaseRecord, Report, UnitReporting
from reporting.services import review, submission
from tests.factories import Tree, user_at
from tests.month import WHILE_FILLING, Month, fill, make_month

ClientOf = Callable[[User], Client]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)


@pytest.fixture
def month(tree: Tree) -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def page(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.get(reverse(f"reporting:{name}", args=args), data)


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"reporting:{name}", args=args), data)


def save(client: Client, *cells: dict[str, Any]) -> Any:
    body = json.dumps({"cells": list(cells)})
    return client.post(reverse("reporting:save_cells"), body, content_type="application/json")


def cell(
    report: Report, key: str, value: str, revision: int = 0, explanation: str | None = None
) -> dict[str, Any]:
    return {
        "report": report.pk,
        "key": key,
        "value": value,
        "revision": revision,
        "explanation": explanation,
    }


def fill_townships(month: Month, county: str = "370102", value: int = 0) -> None:
    for report in Report.objects.filter(cycle=month.cycle, reviewer=month.tree[county]).exclude(
        unit=month.tree[county]
    ):
        fill(report, value)


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


def test_desk_names_townships_without_leader_or_liaison(month: Month, client_of: ClientOf) -> None:
    for role in (OfficerRole.LEADER_IN_CHARGE, OfficerRole.LIAISON):
        UnitOfficer.objects.create(
            unit=month.tree.township, role=role, name="张三", valid_from=WHILE_FILLING.date()
        )
    desk = page(client_of(month.clerk), "desk").context["desk"]
    assert [row["unit"].name for row in desk.without_officers] == ["千佛山街道", "趵突泉街道"]
    assert desk.without_officers[0]["missing"] == "分管领导、联络员"


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
    submission.submit(report=month.county_report, by=month.clerk)
    line = (
        page(client_of(month.clerk), "report", month.county_report.pk)
        .context["paper"]
        .figure_sections[0]
        .figures[0]
    )
    assert (line.own, line.below) == (5, 6)


def test_form_of_another_county_is_absent(month: Month, client_of: ClientOf) -> None:
    other = month.report("370202")
    assert page(client_of(month.clerk), "fill", other.pk).status_code == 404
    assert page(client_of(user_at(month.tree["370202"])), "fill", other.pk).status_code == 200


def test_form_is_forbidden_to_the_leader_who_may_read_the_report(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.county_leader)
    assert page(client, "fill", month.county_report.pk).status_code == 403
    assert page(client, "report", month.county_report.pk).status_code == 200


def test_saving_answers_with_revision_and_moved_sum(month: Month, client_of: ClientOf) -> None:
    fill_townships(month, value=2)
    response = save(client_of(month.clerk), cell(month.county_report, "health_events", "１,２"))
    answer = response.json()
    assert response.status_code == 200
    assert answer["cells"] == [
        {
            "report": month.county_report.pk,
            "key": "health_events",
            "revision": 1,
            "saved": True,
            "problems": answer["cells"][0]["problems"],
        }
    ]
    assert answer["sums"] == {"health_events": 18.0}


def test_saving_refuses_at_the_cell_and_keeps_the_others(month: Month, client_of: ClientOf) -> None:
    report = month.county_report
    response = save(
        client_of(month.clerk),
        cell(report, "health_events", "-3"),
        cell(report, "agri_events", "1" + "0" * 30),
        cell(report, "inspections", "4"),
    )
    by_key = {row["key"]: row for row in response.json()["cells"]}
    assert response.status_code == 200
    assert [row["level"] for row in by_key["health_events"]["problems"]] == ["error"]
    assert "saved" not in by_key["agri_events"]
    assert by_key["inspections"]["saved"] is True
    assert list(Cell.objects.values_list("indicator__key", flat=True)) == ["inspections"]


def test_saving_over_anothers_change_is_a_conflict(month: Month, client_of: ClientOf) -> None:
    report, client = month.county_report, client_of(month.clerk)
    save(client, cell(report, "inspections", "4"))
    answer = save(client_of(user_at(month.tree.county)), cell(report, "inspections", "9")).json()
    assert answer["conflicts"][0] | {"by": ""} == {
        "report": report.pk,
        "key": "inspections",
        "value": "4",
        "explanation": "",
        "revision": 1,
        "by": "",
    }
    assert Cell.objects.get().value == 4


def test_saving_into_another_county_is_absent_and_changes_nothing(month: Month, client_of: ClientOf) -> None:
    change = cell(month.report("370202"), "inspections", "4")
    assert save(client_of(month.clerk), change).status_code == 404
    assert not Cell.objects.exists()
    assert save(client_of(user_at(month.tree["370202"])), change).status_code == 200


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"cells": []}', '{"cells": [{"report": "x"}]}', '{"cells": 5}', "[" * 9000]
)
def test_saving_what_is_no_request_is_refused(month: Month, client_of: ClientOf, body: str) -> None:
    client = client_of(month.clerk)
    response = client.post(reverse("reporting:save_cells"), body, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["problems"][0]["message"]


def test_saving_after_submission_is_told_at_every_cell(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submission.submit(report=month.county_report, by=month.clerk)
    response = save(client_of(month.clerk), cell(month.county_report, "inspections", "4", 1))
    assert response.status_code == 409
    assert "不能填报" in response.json()["problems"][0]["message"]


def test_saving_a_grid_of_which_one_row_has_gone_keeps_the_rest(month: Month, client_of: ClientOf) -> None:
    gone, still = month.report("370102001"), month.report("370102002")
    fill(gone)
    submission.submit(report=gone, by=month.clerk)
    response = save(
        client_of(month.clerk), cell(gone, "health_events", "4", 1), cell(still, "volunteer_events", "4")
    )
    by_report = {row["report"]: row for row in response.json()["cells"]}
    assert by_report[still.pk]["saved"] is True
    assert by_report[gone.pk]["problems"][0]["level"] == "error"


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


def test_grid_shows_every_township_with_eleven_cells(month: Month, client_of: ClientOf) -> None:
    grid = page(client_of(month.clerk), "grid", month.cycle.pk).context["grid"]
    assert [row.below.name for row in grid.rows] == ["解放路街道", "千佛山街道", "趵突泉街道"]
    assert len(grid.columns) == 11
    assert all(not entry.is_locked for row in grid.rows for entry in row.entries)


def test_grid_shows_self_reporting_townships_read_only(month: Month, client_of: ClientOf) -> None:
    township = month.report("370202002")
    fill(township, 4)
    submission.submit(report=township, by=user_at(month.tree["370202002"]))
    client = client_of(user_at(month.tree["370202"], Role.REPORTER, Role.REVIEWER))
    grid = page(client, "grid", month.cycle.pk).context["grid"]
    row = grid.rows[0]
    assert row.below.label == "待审核"
    assert row.entries[0].is_locked
    assert row.entries[0].value == "4"


def test_grid_query_count_is_constant(
    month: Month, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(month.clerk)
    with CaptureQueriesContext(
        connection,
    ) as empty:
        page(client, "grid", month.cycle.pk)
    fill_townships(month, value=3)
    with CaptureQueriesContext(connection) as full:
        page(client, "grid", month.cycle.pk)
    assert len(full) == len(empty) <= 25


def test_grid_row_acts(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.report("370102001")
    post(client, "grid_row", report.pk, "told", told_by="王小明", told_at="2026-11-19T16:30")
    post(client, "grid_row", report.pk, "nil")
    fresh = month.report("370102001")
    assert (fresh.told_by, fresh.is_nil) == ("王小明", True)
    assert fresh.told_at.isoformat() == "2026-11-19T08:30:00+00:00"


def test_grid_row_telling_with_a_bad_time_is_refused(month: Month, client_of: ClientOf) -> None:
    report = month.report("370102001")
    response = post(client_of(month.clerk), "grid_row", report.pk, "told", told_by="王小明", told_at="昨天")
    assert response.status_code == 422
    assert month.report("370102001").told_by == ""


def test_grid_zero_all_leaves_rows_without_figures_missing(month: Month, client_of: ClientOf) -> None:
    begun = month.report("370102001")
    save(client_of(month.clerk), cell(begun, "volunteer_events", "4"))
    post(client_of(month.clerk), "zero_all", month.cycle.pk)
    assert begun.cells.count() == 11
    assert not month.report("370102002").cells.exists()


def test_township_that_reports_itself_types_and_submits(month: Month, client_of: ClientOf) -> None:
    report = month.report("370202002")
    client = client_of(user_at(month.tree["370202002"]))
    assert "上报" in page(client, "desk").content.decode()
    paper = page(client, "fill", report.pk).context["paper"]
    assert sum(len(section.figures) for section in paper.figure_sections) == 11
    post(client, "nil", report.pk)
    assert post(client, "submit", report.pk).status_code == 302
    assert month.report("370202002").state == ReportState.SUBMITTED


def test_township_typed_by_its_county_is_told_so(month: Month, client_of: ClientOf) -> None:
    text = page(client_of(user_at(month.tree.township)), "desk").content.decode()
    assert "代填，您不需要填报" in text


def test_sign_off_on_the_phone(month: Month, client_of: ClientOf) -> None:
    UnitReporting.objects.create(unit=month.tree.county, sign_off=SignOffMode.PHONE)
    report = month.county_report
    fill(report, 1)
    clerk, leader = client_of(month.clerk), client_of(month.county_leader)
    assert post(clerk, "submit", report.pk).status_code == 409
    assert post(clerk, "ask_sign_off", report.pk).status_code == 302
    assert "审阅并签批" in page(leader, "desk").content.decode()
    assert page(leader, "sign", report.pk).status_code == 200
    refused = post(leader, "sign", report.pk, agreed="no", note="")
    assert refused.status_code == 422
    assert "退回修改请写明意见" in refused.content.decode()
    assert post(leader, "sign", report.pk, agreed="yes").status_code == 302
    assert post(clerk, "submit", report.pk).status_code == 302
    assert month.county_report.state == ReportState.SUBMITTED


def test_sign_off_is_forbidden_to_the_clerk(month: Month, client_of: ClientOf) -> None:
    UnitReporting.objects.create(unit=month.tree.county, sign_off=SignOffMode.PHONE)
    report = month.county_report
    fill(report)
    submission.ask_sign_off(report=report, by=month.clerk)
    assert post(client_of(month.clerk), "sign", report.pk, agreed="yes").status_code == 403
    assert post(client_of(month.county_leader), "sign", report.pk, agreed="yes").status_code == 302


def test_sign_off_by_scan_keeps_the_file(month: Month, client_of: ClientOf) -> None:
    UnitReporting.objects.create(unit=month.tree.county, sign_off=SignOffMode.SCAN)
    report = month.county_report
    fill(report)
    client = client_of(month.clerk)
    assert post(client, "upload_scan", report.pk).status_code == 422
    scan = SimpleUploadedFile("签字.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    assert post(client, "upload_scan", report.pk, file=scan).status_code == 302
    assert month.county_report.state == ReportState.SIGNED
    assert report.sign_offs.get().attachment_id


def test_attachments_are_put_on_opened_and_taken_off(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.county_report
    files = [SimpleUploadedFile(f"材料{n}.pdf", b"%PDF-1.4\n%%EOF\n") for n in range(2)]
    post(client, "attach", report.pk, kind="evidence", file=files)
    heap = page(client, "fill", report.pk).context["paper"].file_lines[0]
    assert [file.name for file in heap.files] == ["材料0.pdf", "材料1.pdf"]
    address = reverse("files:attachment", args=[heap.files[0].pk])
    assert client.get(address).status_code == 200
    assert client_of(user_at(month.tree["370202"])).get(address).status_code == 404
    post(client, "remove_file", report.pk, heap.files[0].pk)
    assert len(page(client, "fill", report.pk).context["paper"].file_lines[0].files) == 1


def test_attachment_of_an_unknown_heap_is_refused(month: Month, client_of: ClientOf) -> None:
    upload = SimpleUploadedFile("材料.pdf", b"%PDF-1.4\n%%EOF\n")
    response = post(client_of(month.clerk), "attach", month.county_report.pk, kind="inspections", file=upload)
    assert response.status_code == 422


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
    from core.cipher import encrypt

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
    assert [(item.old_value, item.new_value) for item in shown.context["items"]] == [(3, 8)]
    assert "等待确认" in shown.content.decode()
    assert post(client, "withdraw_case", case.pk).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_correction_of_a_draft_is_out_of_order(month: Month, client_of: ClientOf) -> None:
    response = post(client_of(month.clerk), "correct", month.county_report.pk, reason="漏计")
    assert response.status_code == 409
