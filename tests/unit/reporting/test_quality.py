"""报送质量 over several cycles: sums of the cycles, the page and its sheet the same, never above 100%."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from files import services as files
from files.models import ExportJob
from orgs.choices import Level
from reporting.models import Cycle
from reporting.selectors.completeness import Counts, completeness
from reporting.selectors.quality import TIERS, quality_of
from reporting.services.excuses import exempt
from reporting.services.review import accept, send_back
from reporting.services.submission import submit
from tests.factories import user_at
from tests.month import Month, fill


@pytest.fixture
def december(month: Month) -> Cycle:
    """November stands with one county in, sent back once and in again, and one exempt; December has opened."""
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    send_back(report=month.county_report, reason="logic", remark="请核对", by=month.city)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    exempt(report=month.report("370112"), reason="受灾", by=month.city)
    with time_machine.travel(dt.datetime(2026, 12, 23, 4, tzinfo=dt.UTC), tick=False):
        yield month.next(dt.date(2026, 12, 1))


def test_sums_are_those_of_the_cycles(month: Month, december: Cycle) -> None:
    both = quality_of(december, within=month.tree.province, since=month.cycle)
    assert both.label == "2026年11月至2026年12月"
    for row in both.rows:
        for name, (_label, counts) in TIERS.items():
            apart = [
                counts(one)
                for cycle in (month.cycle, december)
                for one in completeness(cycle, within=month.tree.province)
                if one.unit_id == row.unit_id
            ]
            assert counts(row) == sum(apart, Counts()), (row.code, name)


def test_one_county_over_two_months(month: Month, december: Cycle) -> None:
    both = quality_of(december, within=month.tree.city, since=month.cycle)
    county = next(row for row in both.rows if row.code == "370102").tier("county")
    assert (county.expected, county.submitted, county.missing, county.sent_back) == (2, 1, 1, 1)
    sister = next(row for row in both.rows if row.code == "370112").tier("county")
    assert (sister.expected, sister.exempt) == (1, 1)
    assert [line.cycle for line in both.periods("charged")] == [december, month.cycle]


def test_no_rate_is_above_one(month: Month, december: Cycle) -> None:
    both = quality_of(december, within=month.tree.province, since=month.cycle)
    for row in both.rows:
        for _label, counts in TIERS.values():
            shown = counts(row)
            rates = (shown.submitted_rate, shown.on_time_rate, shown.first_pass_rate)
            assert all(rate is None or 0 <= rate <= 1 for rate in rates)
            assert shown.submitted + shown.missing + shown.pending == shown.expected
            assert shown.on_time + shown.late == shown.submitted


def test_townships_are_neither_charged_nor_sorted(month: Month, december: Cycle, client_of) -> None:
    client = client_of(month.province)
    asked = {"cycle": december.pk, "since": month.cycle.pk, "tier": "township"}
    page = client.get(reverse("reporting:completeness"), asked).content.decode()
    assert "乡镇（街道）不排名" in page
    assert ">迟报" not in page
    assert "sort=" not in page


@pytest.mark.parametrize("level", [Level.PROVINCE, Level.CITY, Level.COUNTY])
def test_page_and_sheet_say_the_same(month: Month, december: Cycle, client_of, level: Level) -> None:
    user = {Level.PROVINCE: month.province, Level.CITY: month.city, Level.COUNTY: month.clerk}[level]
    client = client_of(user)
    asked = {"cycle": december.pk, "since": month.cycle.pk}
    page = client.get(reverse("reporting:completeness"), asked)
    assert page.status_code == 200
    assert "2026年11月至2026年12月" in page.content.decode()
    client.post(page.context["table_url"])
    job = ExportJob.objects.of(user).get(kind="reporting.completeness_table")
    files.run_export(job_id=job.pk)
    job.refresh_from_db()
    sheet = load_workbook(job.file.open("rb")).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    head = rows[0].index("应报")
    assert rows[1][head] == page.context["counts"].expected
    assert len(rows) - 2 == sum(len(group.rows) for group in page.context["lists"]) + 2


def test_since_of_another_collection_or_a_later_cycle_is_not_offered(
    month: Month, december: Cycle, client_of
) -> None:
    page = client_of(month.province).get(
        reverse("reporting:completeness"), {"cycle": month.cycle.pk, "since": december.pk}
    )
    assert page.context["quality"].cycles == [month.cycle]


def test_interface_sums_from_the_cycle_asked_for(month: Month, december: Cycle, api_of) -> None:
    api = api_of(month.city)
    one = api.get("/api/v1/completeness/", {"cycle": december.pk}).json()
    both = api.get("/api/v1/completeness/", {"cycle": december.pk, "since": month.cycle.pk}).json()
    expected = [rows[0]["tiers"]["county"]["expected"] for rows in (one, both)]
    assert expected == [2, 3]
    assert (
        api.get("/api/v1/completeness/", {"cycle": month.cycle.pk, "since": december.pk}).status_code == 404
    )


def test_foreign_unit_has_no_sheet(month: Month, december: Cycle, client_of) -> None:
    elsewhere = user_at(month.tree["3702"], Role.REPORTER)
    url = reverse("files:start", args=["reporting.completeness_table"])
    asked = f"?cycle={december.pk}&unit={month.tree.city.pk}"
    assert client_of(elsewhere).post(url + asked).status_code == 403
    assert client_of(month.city).post(url + asked).status_code in (200, 302)
