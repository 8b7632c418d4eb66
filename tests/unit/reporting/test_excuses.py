"""缓报 and 免报: listed with who granted them, found again, downloaded, granted and withdrawn over the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, Forbidden
from files.registry import exporter_of
from reporting.selectors.excuses import excused_reports
from reporting.services.excuses import defer, exempt, lift_deferral, lift_exemption
from reporting.services.submission import submit
from tests.factories import user_at
from tests.month import Month, fill

Api = Callable[[Any], Any]
ClientOf = Callable[[Any], Client]
UNTIL = dt.date(2026, 11, 24)


@pytest.fixture
def granted(month: Month) -> Month:
    defer(report=month.county_report, until=UNTIL, reason="汛情", by=month.city)
    exempt(report=month.report("370112"), reason="区划调整", by=month.city)
    return month


def states(month: Month, user: Any) -> dict[str, str]:
    return {row.unit.division_code: row.excuse_state for row in excused_reports(user)}


def names(answer: Any) -> list[str]:
    return [row.unit_name for row in answer.context["page"].object_list]


def test_list_says_who_granted_what_until_when(granted: Month, client_of: ClientOf) -> None:
    answer = client_of(granted.city).get(reverse("reporting:excuses"))
    text = answer.content.decode()
    assert "汛情" in text and "区划调整" in text and "11月24日" in text
    assert granted.city.actor_label in text
    assert len(names(answer)) == 2


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "exempt"}, ["370112"]),
        ({"kind": "deferred"}, ["370102"]),
        ({"state": "running"}, ["370102"]),
        ({"state": "missing"}, []),
        ({"q": "汛情"}, ["370102"]),
        ({"tier": "township"}, []),
        ({"tier": "charged"}, ["370102", "370112"]),
    ],
)
def test_list_is_narrowed(
    granted: Month, client_of: ClientOf, asked: dict[str, str], found: list[str]
) -> None:
    answer = client_of(granted.city).get(reverse("reporting:excuses"), asked)
    assert [row.unit.division_code for row in answer.context["page"].object_list] == found


def test_list_ends_where_the_scope_ends(granted: Month, client_of: ClientOf) -> None:
    other = user_at(granted.tree["3702"], Role.REVIEWER)
    assert names(client_of(other).get(reverse("reporting:excuses"))) == []
    assert len(names(client_of(granted.clerk).get(reverse("reporting:excuses")))) == 1


def test_state_follows_the_report(granted: Month, clock_stopped: time_machine.Traveller) -> None:
    assert states(granted, granted.city) == {"370102": "running", "370112": "exempt"}
    clock_stopped.move_to(clock.end_of(UNTIL))
    assert states(granted, granted.city)["370102"] == "missing"
    clock_stopped.move_to(clock.end_of(UNTIL) - dt.timedelta(hours=1))
    fill(granted.county_report)
    submit(report=granted.county_report, by=granted.clerk)
    assert states(granted, granted.city)["370102"] == "in_time"


def test_sheet_holds_the_rows_of_the_page(granted: Month, tmp_path: Path) -> None:
    exporter = exporter_of("reporting.excuses")
    assert exporter is not None
    exporter.build(granted.city, {"kind": ["deferred"]}, str(tmp_path / "a.xlsx"), lambda *told: None)
    cells = [cell for row in load_workbook(tmp_path / "a.xlsx").active.values for cell in row]
    assert "汛情" in cells and "区划调整" not in cells


def test_quality_leads_to_what_its_numbers_are_made_of(granted: Month, client_of: ClientOf) -> None:
    client = client_of(granted.city)
    page = client.get(reverse("reporting:completeness"))
    for name, counted in (("exempt_url", "exempt"), ("deferred_url", "deferred")):
        answer = client.get(page.context[name])
        assert len(names(answer)) == getattr(page.context["counts"], counted) == 1


def test_extension_is_withdrawn_until_it_was_used(granted: Month) -> None:
    with pytest.raises(Forbidden):
        lift_deferral(report=granted.county_report, by=granted.province)
    lift_deferral(report=granted.county_report, by=granted.city)
    assert granted.county_report.deferred_to is None
    assert AuditEvent.objects.filter(kind="report.deferral_lifted").count() == 1
    with pytest.raises(Conflict):
        lift_deferral(report=granted.county_report, by=granted.city)
    defer(report=granted.county_report, until=UNTIL, reason="汛情", by=granted.city)
    fill(granted.county_report)
    submit(report=granted.county_report, by=granted.clerk)
    with pytest.raises(Conflict):
        lift_deferral(report=granted.county_report, by=granted.city)


def test_page_withdraws_an_extension(granted: Month, client_of: ClientOf) -> None:
    url = reverse("reporting:excuse", args=[granted.county_report.pk])
    client = client_of(granted.city)
    assert "取消缓报" in client.get(url).content.decode()
    assert client.post(url, {"act": "undefer"}).status_code == 302
    assert granted.county_report.deferred_to is None


def test_superior_grants_and_withdraws_over_the_api(month: Month, api_of: Api) -> None:
    path = f"/api/v1/reports/{month.county_report.pk}"
    term = {"until": str(UNTIL), "reason": "汛情"}
    assert api_of(month.province).post(f"{path}/defer/", term, format="json").status_code == 403
    api = api_of(month.city)
    assert api.post(f"{path}/defer/", {"until": str(UNTIL)}, format="json").status_code in (400, 422)
    assert api.post(f"{path}/defer/", term, format="json").status_code == 200
    assert month.county_report.deferred_to == clock.end_of(UNTIL)
    assert api.post(f"{path}/lift-deferral/").status_code == 200
    assert month.county_report.deferred_to is None
    assert api.post(f"{path}/exempt/", {"reason": "受灾"}, format="json").status_code == 200
    assert month.county_report.is_exempt
    assert api.post(f"{path}/lift-exemption/").status_code == 200
    assert api.post(f"{path}/lift-exemption/").status_code == 409
    assert not month.county_report.is_exempt


def test_lifted_exemption_leaves_the_list(granted: Month) -> None:
    lift_exemption(report=granted.report("370112"), by=granted.city)
    assert states(granted, granted.city) == {"370102": "running"}
