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
from core.errors import Conflict, DomainError, Forbidden
from files.registry import exporter_of
from notices.models import Message
from reporting.choices import ExcuseKind
from reporting.models import Excuse
from reporting.selectors.excuses import excuses_in_sight
from reporting.services.excuses import defer, excuse_many, exempt, lift_deferral, lift_exemption
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
    return {row.report.unit.division_code: row.state for row in excuses_in_sight(user)}


def names(answer: Any) -> list[str]:
    return [row.report.unit_name for row in answer.context["page"].object_list]


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
    assert [row.report.unit.division_code for row in answer.context["page"].object_list] == found


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
        lift_deferral(report=granted.county_report, reason="汛情已过", by=granted.province)
    with pytest.raises(DomainError, match="原因"):
        lift_deferral(report=granted.county_report, reason=" ", by=granted.city)
    lift_deferral(report=granted.county_report, reason="汛情已过", by=granted.city)
    assert granted.county_report.deferred_to is None
    assert AuditEvent.objects.filter(kind="report.deferral_lifted").count() == 1
    with pytest.raises(Conflict):
        lift_deferral(report=granted.county_report, reason="汛情已过", by=granted.city)
    defer(report=granted.county_report, until=UNTIL, reason="汛情", by=granted.city)
    fill(granted.county_report)
    submit(report=granted.county_report, by=granted.clerk)
    with pytest.raises(Conflict):
        lift_deferral(report=granted.county_report, reason="汛情已过", by=granted.city)


def test_page_withdraws_an_extension(granted: Month, client_of: ClientOf) -> None:
    url = reverse("reporting:excuse", args=[granted.county_report.pk])
    client = client_of(granted.city)
    assert "取消缓报" in client.get(url).content.decode()
    assert client.post(url, {"act": "undefer"}).status_code == 422
    assert client.post(url, {"act": "undefer", "reason": "汛情已过"}).status_code == 302
    assert granted.county_report.deferred_to is None


def test_superior_grants_and_withdraws_over_the_api(month: Month, api_of: Api) -> None:
    path = f"/api/v1/reports/{month.county_report.pk}"
    term = {"until": str(UNTIL), "reason": "汛情"}
    assert api_of(month.province).post(f"{path}/defer/", term, format="json").status_code == 403
    api = api_of(month.city)
    assert api.post(f"{path}/defer/", {"until": str(UNTIL)}, format="json").status_code in (400, 422)
    assert api.post(f"{path}/defer/", term, format="json").status_code == 200
    assert month.county_report.deferred_to == clock.end_of(UNTIL)
    why = {"reason": "情况有变"}
    assert api.post(f"{path}/lift-deferral/").status_code == 400
    assert api.post(f"{path}/lift-deferral/", why, format="json").status_code == 200
    assert month.county_report.deferred_to is None
    assert api.post(f"{path}/exempt/", {"reason": "受灾"}, format="json").status_code == 200
    assert month.county_report.is_exempt
    assert api.post(f"{path}/lift-exemption/", why, format="json").status_code == 200
    assert api.post(f"{path}/lift-exemption/", why, format="json").status_code == 409
    assert not month.county_report.is_exempt
    listed = api.get("/api/v1/excuses/", {"state": "lifted"}).json()["results"]
    assert [(row["kind"], row["lifted_reason"]) for row in listed] == [
        ("deferred", "情况有变"),
        ("exempt", "情况有变"),
    ]
    assert api.get("/api/v1/excuses/", {"state": "standing"}).json()["results"] == []


def test_what_was_withdrawn_stays_on_the_list(granted: Month, client_of: ClientOf) -> None:
    lift_exemption(report=granted.report("370112"), reason="区划没有调整", by=granted.city)
    assert states(granted, granted.city) == {"370102": "running", "370112": "lifted"}
    client = client_of(granted.city)
    address = reverse("reporting:excuses")
    text = client.get(address, {"state": "lifted"}).content.decode()
    assert "区划没有调整" in text and "已撤销" in text and "汛情" not in text
    assert names(client.get(address, {"state": "standing"})) == [granted.county_report.unit_name]
    assert names(client.get(address, {"q": "没有调整"})) == [granted.report("370112").unit_name]
    page = client.get(reverse("reporting:completeness"))
    assert len(names(client.get(page.context["exempt_url"]))) == page.context["counts"].exempt == 0


def test_sheet_says_who_withdrew_and_why(granted: Month, tmp_path: Path) -> None:
    lift_exemption(report=granted.report("370112"), reason="区划没有调整", by=granted.city)
    exporter = exporter_of("reporting.excuses")
    assert exporter is not None
    exporter.build(granted.city, {}, str(tmp_path / "a.xlsx"), lambda *told: None)
    [line] = [row for row in load_workbook(tmp_path / "a.xlsx").active.values if "区划没有调整" in row]
    assert "已撤销" in line and line.count(granted.city.actor_label) == 2


def test_a_later_extension_takes_the_place_of_the_earlier(granted: Month) -> None:
    defer(
        report=granted.county_report, until=UNTIL + dt.timedelta(days=2), reason="汛情未退", by=granted.city
    )
    rows = Excuse.objects.filter(report=granted.county_report).order_by("pk")
    assert [(row.reason, row.lifted_reason) for row in rows] == [
        ("汛情", "改批缓报至2026年11月26日"),
        ("汛情未退", ""),
    ]


def test_extension_of_what_is_exempt_waits_off_the_list(granted: Month) -> None:
    exempt(report=granted.county_report, reason="受灾", by=granted.city)
    rows = [row.kind for row in excuses_in_sight(granted.city) if row.report_id == granted.county_report.pk]
    assert rows == ["exempt"]
    lift_exemption(report=granted.county_report, reason="已恢复", by=granted.city)
    found = [row for row in excuses_in_sight(granted.city) if row.report_id == granted.county_report.pk]
    assert {(row.kind, row.state) for row in found} == {("exempt", "lifted"), ("deferred", "running")}


def test_one_storm_is_granted_to_several_at_once_or_to_nobody(month: Month, client_of: ClientOf) -> None:
    client, address = client_of(month.city), reverse("reporting:grant_excuses")
    other = month.report("370112")
    asked = {"kind": "deferred", "until": str(UNTIL), "reason": "台风", "reports": [other.pk]}
    assert month.county_report.unit_name in client.get(address).content.decode()
    late = client.post(
        address, asked | {"reports": [month.county_report.pk, other.pk], "until": "2027-06-01"}
    )
    assert late.status_code == 422
    assert f"{other.unit_name}：缓报日期" in late.content.decode()
    assert set(late.context["form"]["reports"].value()) == {str(month.county_report.pk), str(other.pk)}
    assert client.post(address, asked | {"until": ""}).status_code == 422
    assert client.post(address, asked | {"reports": []}).status_code == 422
    assert client.post(address, asked | {"reports": [month.province_report.pk]}).status_code == 422
    assert not Excuse.objects.exists()
    both = client.post(address, asked | {"reports": [month.county_report.pk, other.pk]})
    assert both.status_code == 302
    assert set(states(month, month.city).values()) == {"running"}
    assert client_of(month.clerk).get(address).status_code == 403


def test_nobody_grants_for_another_superior(month: Month) -> None:
    with pytest.raises(Forbidden):
        excuse_many(reports=[month.county_report], kind=ExcuseKind.EXEMPT, reason="受灾", by=month.province)
    with pytest.raises(DomainError, match="勾选"):
        excuse_many(reports=[], kind=ExcuseKind.EXEMPT, reason="受灾", by=month.city)
    assert (
        excuse_many(reports=[month.county_report], kind=ExcuseKind.EXEMPT, reason="受灾", by=month.city) == 1
    )


def test_desk_is_told_of_what_was_granted_and_withdrawn(month: Month) -> None:
    defer(report=month.county_report, until=UNTIL, reason="汛情", by=month.city)
    lift_deferral(report=month.county_report, reason="汛情已过", by=month.city)
    told = Message.objects.to(month.clerk).filter(kind__startswith="report.defer").order_by("pk")
    assert [(message.body, message.kind) for message in told] == [
        ("缓报至11月24日。原因：汛情", "report.defer"),
        ("原因：汛情已过", "report.deferral_lifted"),
    ]
