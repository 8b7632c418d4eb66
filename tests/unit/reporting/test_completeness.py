"""Who is in: counts by tier against the reports themselves, and the states of the units beneath."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from fractions import Fraction

import pytest

from core import clock
from orgs.choices import Level
from reporting.choices import ReportState, Timeliness
from reporting.models import Report, ReportVersion
from reporting.selectors.completeness import Counts, completeness
from reporting.selectors.states import state_matrix
from tests.month import Month

AFTER_THE_COUNTIES = clock.at(dt.date(2026, 11, 23), dt.time(9, 0))
AFTER_ALL = clock.at(dt.date(2026, 11, 27), dt.time(9, 0))


def submit_at(report: Report, instant: dt.datetime, state: str = "submitted", **fields: object) -> Report:
    version = ReportVersion.objects.create(report=report, number=1, frozen_by="测试", digest="x")
    report.state = state
    report.first_submitted_at = report.submitted_at = instant
    report.on_time = instant < report.deadline
    report.last_version = version
    if state == "accepted":
        report.live_version, report.accepted_at = version, instant
    for name, value in fields.items():
        setattr(report, name, value)
    report.save()
    return report


def rows_of(month: Month, at: dt.datetime, code: str = "37") -> dict[str, object]:
    return {row.code: row for row in completeness(month.cycle, within=month.tree[code], at=at)}


def test_nobody_is_missing_before_the_deadline(month: Month) -> None:
    row = rows_of(month, clock.now())["37"]
    assert row.charged.missing == row.charged.submitted == 0
    assert row.charged.pending == row.charged.expected == row.cities.expected + row.counties.expected
    assert row.cities.expected == 2


def test_after_the_deadline_the_silent_are_missing_by_tier(month: Month) -> None:
    row = rows_of(month, AFTER_THE_COUNTIES)["3701"]
    assert row.tier("county").missing == 2
    assert row.tier("zone").missing == row.tier("zone").expected
    assert row.cities.pending == 1


def test_late_and_on_time_are_counted_apart(month: Month) -> None:
    due = month.county_report.due_at
    submit_at(month.county_report, due - dt.timedelta(microseconds=1))
    submit_at(month.report("370112"), due)
    counts = rows_of(month, AFTER_ALL)["3701"].tier("county")
    assert (counts.submitted, counts.on_time, counts.late, counts.missing) == (2, 1, 1, 0)
    assert counts.on_time_rate == Fraction(1, 2)
    assert counts.submitted_rate == 1


def test_township_lateness_is_never_charged(month: Month) -> None:
    row = rows_of(month, AFTER_ALL)["370202"]
    assert row.townships.missing > 0
    assert row.charged == row.counties
    assert row.charged.expected == 1


def test_exempt_is_not_expected_and_deferred_not_missing(month: Month) -> None:
    exempt = month.county_report
    exempt.exempted_at, exempted_reason = clock.now(), "机构改革"
    exempt.exempted_reason = exempted_reason
    exempt.save()
    deferred = month.report("370112")
    deferred.deferred_to = AFTER_ALL + dt.timedelta(days=2)
    deferred.save()
    counts = rows_of(month, AFTER_ALL)["3701"].tier("county")
    assert (counts.expected, counts.exempt, counts.deferred, counts.missing, counts.pending) == (
        1,
        1,
        1,
        0,
        1,
    )


def test_first_pass_rate_leaves_out_what_was_returned(month: Month) -> None:
    submit_at(month.county_report, clock.now(), "accepted")
    submit_at(month.report("370112"), clock.now(), "accepted", returns=1)
    counts = rows_of(month, AFTER_ALL)["3701"].tier("county")
    assert counts.first_pass_rate == Fraction(1, 2)
    assert (counts.accepted, counts.first_pass, counts.reviewed) == (2, 1, 2)


def test_rates_without_anyone_expected_are_absent() -> None:
    nobody = Counts()
    assert nobody.submitted_rate is nobody.on_time_rate is nobody.first_pass_rate is None


def test_rows_within_a_city_are_itself_and_its_counties(month: Month) -> None:
    rows = completeness(month.cycle, within=month.tree.city)
    assert [row.code for row in rows] == ["3701", "370102", "370112", "370171"]
    assert rows[-1].is_zone


def test_completeness_takes_two_queries(month: Month, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        completeness(month.cycle, within=month.tree.province)


@pytest.mark.parametrize("seed", range(4))
def test_counts_match_the_reports_one_by_one(month: Month, seed: int) -> None:
    rng = random.Random(seed)
    for report in Report.objects.filter(cycle=month.cycle):
        if rng.random() < 0.2:
            report.deferred_to = report.due_at + dt.timedelta(days=rng.randint(1, 5))
        if rng.random() < 0.15:
            report.exempted_at, report.exempted_reason = clock.now(), "原因"
        report.is_nil = rng.random() < 0.2
        if rng.random() < 0.7:
            moment = min(report.due_at + dt.timedelta(hours=rng.randint(-60, 60)), AFTER_ALL)
            submit_at(
                report, moment, rng.choice(["submitted", "accepted", "returned"]), returns=rng.randint(0, 2)
            )
        else:
            report.save()
    wanted: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for report in Report.objects.filter(cycle=month.cycle).select_related("unit"):
        names = {1: "province", 2: "city", 3: "zone" if report.is_zone else "county", 4: "township"}
        submitted = report.first_submitted_at is not None and report.first_submitted_at <= AFTER_ALL
        timely = report.timeliness(AFTER_ALL)
        facts = {
            "expected": not report.is_exempt,
            "exempt": report.is_exempt,
            "deferred": report.deferred_to is not None,
            "submitted": submitted,
            "nil": submitted and report.is_nil,
            "accepted": report.state == "accepted",
            "returned": report.state == "returned",
            "reviewed": report.state == "accepted" or report.returns > 0,
            "first_pass": report.state == "accepted" and report.returns == 0,
            "sent_back": report.returns > 0,
            "on_time": submitted and report.on_time,
            "late": submitted and not report.on_time,
            "missing": timely == Timeliness.MISSING,
            "pending": timely == Timeliness.PENDING,
        }
        for code, unit in month.tree.units.items():
            if unit.level <= Level.COUNTY and report.unit.is_within(unit):
                for name, holds in facts.items():
                    counted = holds and (name == "exempt" or not report.is_exempt)
                    wanted[code][names[report.level]][name] += counted
    found = rows_of(month, AFTER_ALL)
    assert found.keys() == wanted.keys()
    for code, tiers in wanted.items():
        assert found[code].tiers == {name: Counts(**counts) for name, counts in tiers.items()}


def test_state_matrix_shows_cities_and_counties_directly_governed(month: Month) -> None:
    submit_at(month.city_report, clock.now())
    submit_at(month.county_report, clock.now(), "accepted")
    rows = state_matrix(month.cycle, month.tree.province)
    assert [row.name for row in rows] == ["济南市", "青岛市", "直管县"]
    jinan = rows[0]
    assert (jinan.state, jinan.timeliness) == (ReportState.SUBMITTED, Timeliness.ON_TIME)
    assert jinan.below[ReportState.ACCEPTED] == 1
    assert jinan.total_below == 3
    assert rows[2].report_id == month.report("379001").pk


def test_state_matrix_of_a_city_shows_its_counties(month: Month, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        rows = state_matrix(month.cycle, month.tree.city)
    assert [row.name for row in rows] == ["历下区", "历城区", "济南高新技术产业开发区"]
    assert rows[0].below[ReportState.DRAFT] == 3


def test_state_matrix_of_a_county_shows_its_townships(month: Month) -> None:
    rows = state_matrix(month.cycle, month.tree.county)
    assert [row.unit_id for row in rows] == [
        month.tree[code].pk for code in ("370102001", "370102002", "370102003")
    ]
    assert {row.state for row in rows} == {ReportState.DRAFT}
