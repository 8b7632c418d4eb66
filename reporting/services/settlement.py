"""Which version of a report counts: live once its own reviewer accepted, official once accepted all the way up."""

from __future__ import annotations

from django.db.models import F, Q

from orgs.choices import Level
from reporting.choices import CaseState, ReportState
from reporting.models import CorrectionCase, Report
from reporting.rollup import store_totals


def has_top_reviewer(report: Report) -> bool:
    """Whether the province itself accepts this report: a city's, a directly governed county's, the province's own."""
    return report.reviewer_id == report.province_id


def settle(report: Report) -> int:
    """The province has accepted ``report``: everything accepted on an accepted path below becomes official.

    Reports with an open case (belated ones) wait for their case; the stored totals of a locked cycle follow. Returns
    how many reports became official.
    """
    waiting = CorrectionCase.objects.filter(state=CaseState.OPEN, report__cycle=report.cycle_id)
    settled = (
        _below_and_self(report)
        .filter(state=ReportState.ACCEPTED)
        .exclude(pk__in=waiting.values("report"))
        .update(official_version=F("live_version"))
    )
    if report.cycle.is_locked:
        store_totals(report.cycle)
    return settled


def unsettle(report: Report) -> int:
    """The province takes its acceptance back: nothing below is official any more."""
    return _below_and_self(report, on_accepted_path=False).update(official_version=None)


def _below_and_self(report: Report, *, on_accepted_path: bool = True):
    cycle = Report.objects.filter(cycle=report.cycle_id)
    if report.level == Level.PROVINCE:
        return cycle.filter(pk=report.pk)
    column = "city_id" if report.level == Level.CITY else "county_id"
    below = cycle.filter(**{column: report.unit_id})
    if report.level != Level.CITY or not on_accepted_path:
        return below
    accepted_counties = below.filter(level=Level.COUNTY, state=ReportState.ACCEPTED).values("unit_id")
    return below.filter(
        Q(level__in=[Level.CITY, Level.COUNTY]) | Q(county__isnull=True) | Q(county__in=accepted_counties)
    )


def path_above(report: Report) -> list[int]:
    """Units that stand above the report, from its reviewer to the province."""
    chain = [report.county_id, report.city_id, report.province_id]
    above = [unit_id for unit_id in chain if unit_id is not None and unit_id != report.unit_id]
    return above or [report.reviewer_id]
