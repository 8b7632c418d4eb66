"""The reporting API: same scope, same services, problems as problem documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.roles import Role
from reporting.choices import ReportState
from reporting.models import Report
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import user_at
from tests.month import Month, desk, fill

Api = Callable[..., Any]


def test_list_holds_the_reports_in_scope_only(month: Month, api_of: Api) -> None:
    answer = api_of(month.clerk).get("/api/v1/reports/", {"page_size": 100}).json()
    names = {row["unit_name"] for row in answer["results"]}
    assert names == {"历下区", "历下区解放路街道", "历下区千佛山街道", "历下区趵突泉街道"}
    everything = api_of(month.province).get("/api/v1/reports/", {"page_size": 100}).json()
    assert everything["count"] == Report.objects.count()


def test_foreign_report_is_absent(month: Month, api_of: Api) -> None:
    foreign = month.report("370202")
    for method, path in (("get", ""), ("post", "submit/"), ("post", "accept/")):
        answer = getattr(api_of(month.clerk), method)(f"/api/v1/reports/{foreign.pk}/{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"].startswith("application/problem+json")
    assert api_of(desk(month.tree["370202"])).get(f"/api/v1/reports/{foreign.pk}/").status_code == 200


def test_conditions_narrow_lists_only(month: Month, api_of: Api) -> None:
    report, api = month.report("370102"), api_of(month.clerk)
    conditions = {"state": ReportState.ACCEPTED}
    assert api.get("/api/v1/reports/", conditions).json()["count"] == 0
    assert api.get(f"/api/v1/reports/{report.pk}/", conditions).status_code == 200


def test_anonymous_is_asked_to_sign_in(month: Month, client: Any) -> None:
    answer = client.get("/api/v1/reports/")
    assert answer.status_code == 401
    assert answer.json()["title"] == "尚未登录"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.UNIT_ADMIN])
def test_who_holds_no_business_role_sees_no_reports(month: Month, api_of: Api, role: Role) -> None:
    officer = user_at(month.tree.province, role)
    assert api_of(officer).get("/api/v1/reports/").status_code == 403
    assert api_of(month.province).get("/api/v1/reports/").status_code == 200


def test_my_actions_are_those_of_the_table(month: Month, api_of: Api) -> None:
    path = f"/api/v1/reports/{month.county_report.pk}/"
    mine = [row["code"] for row in api_of(month.clerk).get(path).json()["my_actions"]]
    assert mine == ["save", "submit"]
    assert api_of(month.city).get(path).json()["my_actions"] == []


def test_cells_submit_return_and_accept_over_the_api(month: Month, api_of: Api) -> None:
    report = month.county_report
    fill(report)
    path = f"/api/v1/reports/{report.pk}/"
    saved = api_of(month.clerk).patch(
        f"{path}cells/",
        {
            "cells": [
                {"key": "health_events", "value": "3", "revision": 1},
                {"key": "members", "value": "-2", "revision": 1},
            ]
        },
        format="json",
    )
    assert saved.json()["saved"][0]["key"] == "health_events"
    assert saved.json()["refused"][0]["problems"][0]["code"] == "negative"
    refused = api_of(month.clerk).post(f"{path}submit/", {}, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/health_reached"
    api_of(month.clerk).patch(
        f"{path}cells/", {"cells": [{"key": "health_reached", "value": "90", "revision": 1}]}, format="json"
    )
    assert api_of(month.clerk).post(f"{path}submit/", {}, format="json").json()["state"] == "submitted"
    returned = api_of(month.city).post(
        f"{path}return/", {"reason": "other", "cell_remarks": {"health_events": "请核实"}}, format="json"
    )
    assert returned.json()["state"] == "returned"
    assert api_of(month.clerk).post(f"{path}submit/", {}, format="json").status_code == 200
    assert api_of(month.city).post(f"{path}accept/", {}, format="json").json()["state"] == "accepted"
    late = api_of(month.city).post(f"{path}accept/", {}, format="json")
    assert late.status_code == 409


def test_in_scope_without_the_permission_is_403(month: Month, api_of: Api) -> None:
    fill(month.county_report)
    path = f"/api/v1/reports/{month.county_report.pk}/"
    assert api_of(month.county_leader).post(f"{path}submit/", {}, format="json").status_code == 403
    assert api_of(month.province).post(f"{path}submit/", {}, format="json").status_code == 403
    assert month.county_report.state == ReportState.DRAFT


def test_withdraw_and_correct(month: Month, api_of: Api) -> None:
    path = f"/api/v1/reports/{month.county_report.pk}/"
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    assert api_of(month.clerk).post(f"{path}withdraw/", {}, format="json").json()["state"] == "draft"
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    case = api_of(month.clerk).post(
        f"{path}correct/", {"changes": {"inspections": "2"}, "reason": "漏计"}, format="json"
    )
    assert (case.status_code, case.json()["state"]) == (201, "open")


def test_rollup_completeness_and_coverage_answer_for_the_scope(month: Month, api_of: Api) -> None:
    fill(month.county_report, inspections=4)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    asked = {"cycle": month.cycle.pk}
    rollup = api_of(month.city).get("/api/v1/rollups/", asked).json()
    [total] = [
        row for row in rollup["totals"] if (row["unit"], row["key"]) == (month.tree.city.pk, "inspections")
    ]
    assert (total["own"], total["total"], total["year_to_date"]) == (None, "4.00", "4.00")
    rows = api_of(month.city).get("/api/v1/completeness/", asked).json()
    county = next(row for row in rows if row["unit"] == month.tree.county.pk)
    assert county["tiers"]["county"]["on_time"] == 1
    coverage = api_of(month.city).get("/api/v1/coverage/", asked).json()
    assert {row["code"] for row in coverage["rows"]} == {"370102", "370112", "370171"}
    foreign = {**asked, "unit": month.tree.other_city.pk}
    for question in ("rollups", "completeness", "coverage"):
        assert api_of(month.city).get(f"/api/v1/{question}/", foreign).status_code == 404
        bad = api_of(month.city).get(f"/api/v1/{question}/", {"cycle": "x"})
        assert bad.status_code == 400


def test_schema_is_valid_openapi(month: Month, api_of: Api) -> None:
    import yaml
    from openapi_spec_validator import validate

    answer = api_of(month.clerk).get("/api/v1/schema/")
    schema = yaml.safe_load(answer.content)
    validate(schema)
    assert schema["openapi"].startswith("3.1")
    for path in ("reports", "cycles", "collections", "rollups", "completeness", "coverage", "units"):
        assert f"/api/v1/{path}/" in schema["paths"]
