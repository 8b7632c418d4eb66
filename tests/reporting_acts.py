"""A county's month handed in and accepted, for tests that look at what came of it."""

from __future__ import annotations

from reporting.models import Cell, Report
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.month import Month


def hand_in(month: Month, code: str = "370102") -> Report:
    """Submit and accept a county's report whose cells are filled; every figure is explained."""
    Cell.objects.filter(report__cycle=month.cycle).update(explanation="情况属实")
    submit(report=month.report(code), by=month.clerk)
    return accept(report=month.report(code), by=month.city)
