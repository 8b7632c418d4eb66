"""A county's month handed in and accepted, for tests that look at what came of it."""

from __future__ import annotations

from reporting.models import Cell, CorrectionCase, Report
from reporting.services.corrections import open_case
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.month import Month, fill


def hand_in(month: Month, code: str = "370102") -> Report:
    """Submit and accept a county's report whose cells are filled; every figure is explained."""
    Cell.objects.filter(report__cycle=month.cycle).update(explanation="情况属实")
    submit(report=month.report(code), by=month.clerk)
    return accept(report=month.report(code), by=month.city)


def open_correction(month: Month) -> CorrectionCase:
    """One figure of the county's accepted report is to be corrected; the city's word is awaited."""
    fill(month.county_report, 0, health_events=4, health_reached=40)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    return open_case(
        report=month.county_report, changes={"health_reached": "50"}, reason="复核", by=month.clerk
    )
