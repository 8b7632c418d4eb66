"""The list of the reports behind a number: as many as the number says, and no more than one may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from files.registry import exporter_of
from reporting.filters.counted import NUMBERS
from reporting.models import Report
from reporting.models.report import ReportQuerySet
from reporting.selectors.completeness import completeness
from reporting.selectors.counted import NOT_CHARGED, TIER, counted
from reporting.selectors.quality import TIERS
from tests.month import Month
from tests.unit.reporting.test_completeness import AFTER_THE_COUNTIES, submit_at

ClientOf = Callable[[Any], Client]


@pytest.fixture
def mixed(month: Month) -> Iterator[Month]:
    """In time, late, nil, returned, accepted after a return, deferred, exempt, silent; seen after the counties' term."""
    due = month.county_report.due_at
    submit_at(month.county_report, due - dt.timedelta(hours=3), "accepted", returns=1)
    submit_at(month.report("370112"), due, "returned", returns=1)
    submit_at(month.report("370202"), due - dt.timedelta(days=1), "accepted", is_nil=True)
    submit_at(month.report("370102001"), due, "accepted")
    Report.objects.filter(pk=month.report("370203").pk).update(
        deferred_to=due + dt.timedelta(days=2), deferred_reason="汛情"
    )
    Report.objects.filter(pk=month.report("370102002").pk).update(
        exempted_at=clock.now(), exempted_reason="撤并"
    )
    with time_machine.travel(AFTER_THE_COUNTIES, tick=False):
        yield month


def test_every_number_has_as_many_reports_as_it_says(mixed: Month) -> None:
    found: ReportQuerySet = Report.objects.filter(cycle=mixed.cycle)
    seen = 0
    for row in completeness(mixed.cycle, within=mixed.tree.province):
        for tier, (_label, counts_of) in TIERS.items():
            for number, _name in NUMBERS:
                if tier == "township" and number in NOT_CHARGED:
                    continue
                reports = counted(found.below_or_at(row.unit_id).filter(TIER[tier]), number)
                expected = getattr(counts_of(row), number)
                assert reports.count() == expected, (row.name, tier, number)
                seen += expected
    assert seen > 50


def test_lateness_of_a_township_is_never_listed(mixed: Month) -> None:
    township = Report.objects.filter(pk=mixed.report("370102001").pk)
    assert counted(township, "submitted").exists()
    assert not any(counted(township, number).exists() for number in NOT_CHARGED)


def test_numbers_of_the_page_lead_to_their_reports(mixed: Month, client_of: ClientOf) -> None:
    client = client_of(mixed.city)
    page = client.get(reverse("reporting:completeness"))
    address = page.context["down"]["late"]
    assert address.replace("&", "&amp;") in page.content.decode()
    answer = client.get(address)
    assert [row.unit_name for row in answer.context["page"].object_list] == [mixed.report("370112").unit_name]
    text = answer.content.decode()
    assert "济南市报表清单" in text and "迟报" in text
    assert reverse("reporting:report", args=[mixed.report("370112").pk]) in text
    cells = page.context["lists"][0].rows[0].cells
    assert any(cell.href and "number=submitted" in cell.href for cell in cells)
    none = client.get(address, {"q": "没有这个单位", "number": "late"})
    assert "没有符合条件的报表" in none.content.decode()


def test_list_and_sheet_hold_what_one_may_see(mixed: Month, client_of: ClientOf, tmp_path: Path) -> None:
    asked = {"number": "submitted", "cycle": mixed.cycle.pk}
    address = reverse("reporting:counted")
    names = {row.unit_name for row in client_of(mixed.city).get(address, asked).context["page"].object_list}
    assert mixed.county_report.unit_name in names and mixed.report("370202").unit_name not in names
    of_all = client_of(mixed.province).get(address, asked).context["page"].object_list
    assert mixed.report("370202").unit_name in {row.unit_name for row in of_all}
    exporter = exporter_of("reporting.counted")
    assert exporter is not None and exporter.allowed(mixed.city, {})
    path = tmp_path / "清单.xlsx"
    exporter.build(mixed.city, {"query": asked}, str(path), lambda *_args: None)
    rows = [row[1] for row in load_workbook(path).active.iter_rows(min_row=4, values_only=True)]
    assert set(rows) == names


def test_several_cycles_are_counted_together(mixed: Month, client_of: ClientOf) -> None:
    later = mixed.next(dt.date(2026, 12, 1))
    client, address = client_of(mixed.city), reverse("reporting:counted")

    def total(**asked: Any) -> int:
        return client.get(address, asked | {"tier": "county"}).context["page"].paginator.count

    one = total(cycle=mixed.cycle.pk)
    assert one and total(cycle=later.pk) == one
    assert total(cycle=later.pk, since=mixed.cycle.pk) == 2 * one
    assert total(cycle=mixed.cycle.pk, since=mixed.cycle.pk) == one


def names_over_the_api(client: Any, **asked: Any) -> list[str]:
    answer = client.get("/api/v1/reports/counted/", asked | {"page_size": 200})
    assert answer.status_code == 200, answer.content
    return sorted(row["unit_name"] for row in answer.json()["results"])


def test_page_sheet_and_api_hold_the_same_reports(
    mixed: Month, client_of: ClientOf, api_of: Callable[[Any], Any], tmp_path: Path
) -> None:
    exporter, path = exporter_of("reporting.counted"), tmp_path / "清单.xlsx"
    client, api = client_of(mixed.city), api_of(mixed.city)
    assert exporter is not None
    seen = 0
    for number, _label in NUMBERS:
        for tier in ("charged", "township"):
            asked = {"number": number, "tier": tier, "cycle": mixed.cycle.pk, "unit": mixed.tree.city.pk}
            listed = client.get(reverse("reporting:counted"), asked).context["page"].object_list
            exporter.build(mixed.city, {"query": asked}, str(path), lambda *_args: None)
            rows = load_workbook(path).active.iter_rows(min_row=4, values_only=True)
            on_page = sorted(row.unit_name for row in listed)
            assert on_page == sorted(row[1] for row in rows) == names_over_the_api(api, **asked), asked
            seen += len(on_page)
    assert seen > 20


def test_several_cycles_and_words_over_the_api(mixed: Month, api_of: Callable[[Any], Any]) -> None:
    later = mixed.next(dt.date(2026, 12, 1))
    asked = {"cycle": later.pk, "since": mixed.cycle.pk, "q": mixed.county_report.unit_name, "tier": "county"}
    assert names_over_the_api(api_of(mixed.city), **asked) == [mixed.county_report.unit_name] * 2
    refused = api_of(mixed.city).get("/api/v1/reports/counted/", {"number": "most"})
    assert refused.status_code == 400 and "number" in refused.content.decode()


def test_lateness_of_a_township_is_not_told_over_the_api(mixed: Month, api_of: Callable[[Any], Any]) -> None:
    api = api_of(mixed.city)
    late = mixed.report("370102003")
    submit_at(late, late.due_at + dt.timedelta(hours=1), "accepted")
    told = api.get(f"/api/v1/reports/{late.pk}/").json()
    assert (told["on_time"], told["timeliness"]) == (None, "in")
    county = mixed.report("370112")
    told = api.get(f"/api/v1/reports/{county.pk}/").json()
    assert (told["on_time"], told["timeliness"]) == (False, "late")
    tiers = api.get("/api/v1/completeness/", {"cycle": mixed.cycle.pk}).json()[0]["tiers"]
    assert tiers["township"]["late"] is tiers["township"]["on_time_rate"] is None
    assert tiers["county"]["late"] == 1 and tiers["township"]["submitted"] == 2
