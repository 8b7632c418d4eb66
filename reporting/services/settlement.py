"""Which version of a report counts: live once its own reviewer accepted, official once accepted all the way up."""

from __future__ import annotations

from django.db.models import F

from orgs.choices import Level
from reporting.choices import CaseState, ReportState
from reporting.models import CorrectionCase, Report
from reporting.models.report import ReportQuerySet
from reporting.rollup import store_totals


def has_top_reviewer(report: Report) -> bool:
    """Whether nobody sums this report further on its way to the province: a city's, a directly governed county's, the
    province's own; where some owe nothing, also one without another's report above it."""
    if report.cycle.is_whole:
        return report.reviewer_id == report.province_id
    return not _owing_between(report)


def _owing_between(report: Report) -> set[int]:
    """Of the units between the report and the province those that owe one themselves."""
    above = {report.county_id, report.city_id} - {None, report.unit_id}
    return set(Report.objects.filter(cycle=report.cycle_id, unit__in=above).values_list("unit_id", flat=True))


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


def _below_and_self(report: Report, *, on_accepted_path: bool = True) -> ReportQuerySet:
    cycle = Report.objects.filter(cycle=report.cycle_id)
    if report.level in (Level.PROVINCE, Level.TOWNSHIP):
        return cycle.filter(pk=report.pk)
    column = "city_id" if report.level == Level.CITY else "county_id"
    below = cycle.filter(**{column: report.unit_id})
    if report.level != Level.CITY or not on_accepted_path:
        return below
    waiting_counties = below.filter(level=Level.COUNTY).exclude(state=ReportState.ACCEPTED)
    return below.exclude(level=Level.TOWNSHIP, county__in=waiting_counties.values("unit_id"))


def path_above(report: Report) -> list[int]:
    """Units that stand above the report, from its reviewer to the province; where some owe nothing, the reviewer, those
    that sum the report and who reviews them."""
    chain = [report.county_id, report.city_id, report.province_id]
    above = [unit_id for unit_id in chain if unit_id is not None and unit_id != report.unit_id]
    if not report.cycle.is_whole:
        owing = _owing_between(report)
        above = [
            unit_id
            for place, unit_id in enumerate(above)
            if place == 0 or unit_id in owing or above[place - 1] in owing
        ]
    return above or [report.reviewer_id]
