"""Corrections over the API: the rows of the page, what I may do now, and the same ways out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from files.registry import exporter_of
from reporting.choices import CaseState
from reporting.models import CorrectionCase
from reporting.selectors.cases import waiting_cases
from reporting.services.corrections import confirm, open_case
from tests.factories import user_at
from tests.month import Month
from tests.reporting_acts import open_correction

Api = Callable[[User], Any]
LIST = "/api/v1/cases/"


@pytest.fixture
def case(month: Month) -> CorrectionCase:
    return open_correction(month)


def acts(api: Any, case: CorrectionCase) -> list[str]:
    return [act["code"] for act in api.get(f"{LIST}{case.pk}/").json()["my_actions"]]


def test_case_tells_old_and_new_whose_turn_it_is_and_what_i_may_do(
    month: Month, case: CorrectionCase, api_of: Api
) -> None:
    row = api_of(month.city).get(LIST).json()["results"][0]
    assert (row["unit_name"], row["kind"], row["state"]) == ("历下区", "correction", "open")
    assert row["waiting_for"] == month.tree.city.pk and row["steps"][0]["confirmed"] is None
    [item] = row["items"]
    assert item["key"] == case.items.get().indicator.key and item["old_value"] != item["new_value"]
    assert acts(api_of(month.city), case) == ["confirm", "refuse"]
    assert acts(api_of(month.clerk), case) == ["withdraw"]
    assert acts(api_of(user_at(month.tree.city, Role.LEADER)), case) == []


def test_case_is_confirmed_by_whose_turn_it_is_alone(month: Month, case: CorrectionCase, api_of: Api) -> None:
    path = f"{LIST}{case.pk}/confirm/"
    assert api_of(month.clerk).post(path, {}, format="json").status_code == 403
    answer = api_of(month.city).post(path, {"note": "属实"}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["steps"][0]["note"] == "属实"
    case.refresh_from_db()
    assert case.state == CaseState.CONFIRMED and answer.json()["my_actions"] == []
    assert api_of(month.city).post(path, {}, format="json").status_code == 409


def test_case_is_refused_with_a_reason_or_withdrawn(month: Month, case: CorrectionCase, api_of: Api) -> None:
    path = f"{LIST}{case.pk}/"
    bare = api_of(month.city).post(f"{path}refuse/", {"note": " "}, format="json")
    assert bare.status_code == 422 and "原因" in bare.content.decode()
    assert api_of(month.city).post(f"{path}withdraw/").status_code == 403
    assert api_of(month.clerk).post(f"{path}withdraw/").json()["state"] == CaseState.WITHDRAWN
    again = open_case(
        report=month.county_report, changes={"health_reached": "60"}, reason="复核", by=month.clerk
    )
    refused = api_of(month.city).post(f"{LIST}{again.pk}/refuse/", {"note": "证据不足"}, format="json")
    assert refused.json()["state"] == CaseState.REFUSED


def test_case_of_another_city_is_absent(month: Month, case: CorrectionCase, api_of: Api) -> None:
    stranger = api_of(user_at(month.tree["3702"], Role.REPORTER, Role.REVIEWER))
    assert stranger.get(LIST).json()["count"] == 0
    assert stranger.post(f"{LIST}{case.pk}/confirm/", {}, format="json").status_code == 404
    assert api_of(month.city).get(f"{LIST}{case.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"q": "历下"}, 1),
        ({"q": "市南"}, 0),
        ({"kind": "belated"}, 0),
        ({"state": "open", "turn": "mine"}, 1),
        ({"state": "confirmed"}, 0),
    ],
)
def test_page_sheet_and_api_are_narrowed_alike(
    month: Month,
    case: CorrectionCase,
    api_of: Api,
    client_of: Any,
    tmp_path: Path,
    asked: dict[str, str],
    count: int,
) -> None:
    page = client_of(month.city).get(reverse("reporting:cases"), asked).context["page"]
    exporter, path = exporter_of("reporting.cases"), tmp_path / "清单.xlsx"
    assert exporter is not None and exporter.allowed(month.city, {})
    exporter.build(month.city, {"query": asked}, str(path), lambda *_args: None)
    lines = list(load_workbook(path).active.iter_rows(min_row=4, values_only=True))
    assert len(page) == len(lines) == api_of(month.city).get(LIST, asked).json()["count"] == count
    if lines:
        assert lines[0][1] == "历下区" and "→" in str(lines[0][7]) and lines[0][5] == "济南市科协"


def test_turn_is_that_of_the_desk_in_use(month: Month, case: CorrectionCase, api_of: Api) -> None:
    assert api_of(month.province).get(LIST, {"turn": "mine"}).json()["count"] == 0
    assert api_of(month.province).get(LIST, {"unit": month.tree.county.pk}).json()["count"] == 1
    assert api_of(month.province).get(LIST, {"unit": month.tree["3702"].pk}).json()["count"] == 0


def test_side_bar_counts_what_waits_for_this_desk(
    month: Month, client_of: Any, clean_cache: None, django_capture_on_commit_callbacks: Any
) -> None:
    client, address = client_of(month.city), reverse("reporting:cases")

    def badge() -> str:
        entry = rf'<a [^>]*href="{address}"[^>]*>(.*?)</a>'
        found = re.search(entry, client.get(reverse("reporting:issues")).content.decode(), re.DOTALL)
        assert found is not None
        return re.sub(r"<[^>]+>|\s|更正补报", "", found[1])

    assert badge() == ""
    with django_capture_on_commit_callbacks(execute=True):
        case = open_correction(month)
    assert badge().startswith("1") and waiting_cases(month.tree.province) == 0
    with django_capture_on_commit_callbacks(execute=True):
        confirm(case=case, by=month.city)
    assert badge() == ""
