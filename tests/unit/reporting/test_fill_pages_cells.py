"""Cells, the grid, sign-off and files: what is taken, what is refused and told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from reporting.choices import ReportState, SignOffMode
from reporting.models import Cell, UnitReporting
from reporting.services import submission
from tests.factories import user_at
from tests.month import Month, fill
from tests.pages import ClientOf, cell, fill_townships, page, pdf, post, save


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
    assert "审阅并签批" in page(leader, "overview").content.decode()
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
    scan = pdf("签字.pdf")
    assert post(client, "upload_scan", report.pk, file=scan).status_code == 302
    assert month.county_report.state == ReportState.SIGNED
    assert report.sign_offs.get().attachment_id


def test_attachments_are_put_on_opened_and_taken_off(month: Month, client_of: ClientOf) -> None:
    client, report = client_of(month.clerk), month.county_report
    files = [pdf(f"材料{n}.pdf") for n in range(2)]
    post(client, "attach", report.pk, kind="evidence", file=files)
    heap = page(client, "fill", report.pk).context["paper"].file_lines[0]
    assert [file.name for file in heap.files] == ["材料0.pdf", "材料1.pdf"]
    address = reverse("files:attachment", args=[heap.files[0].pk])
    assert client.get(address).status_code == 200
    assert client_of(user_at(month.tree["370202"])).get(address).status_code == 404
    post(client, "remove_file", report.pk, heap.files[0].pk)
    assert len(page(client, "fill", report.pk).context["paper"].file_lines[0].files) == 1


def test_attachment_of_an_unknown_heap_is_refused(month: Month, client_of: ClientOf) -> None:
    upload = pdf()
    response = post(client_of(month.clerk), "attach", month.county_report.pk, kind="inspections", file=upload)
    assert response.status_code == 422
