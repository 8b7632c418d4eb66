"""How long a report lay with whom: lateness belongs to the desk that held it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from core import clock
from reporting.choices import ReportState
from reporting.models import Report, ReportStep

NOTHING = dt.timedelta(0)
REVIEWING = "审核"
#: State → what the desk does with a report in it.
WORK = {
    ReportState.DRAFT: "填报",
    ReportState.SIGNED: "填报",
    ReportState.RETURNED: "修改",
    ReportState.SIGNING: "签批",
    ReportState.SUBMITTED: REVIEWING,
}

#: Where a report went and when, in order.
Way = list[tuple[str, dt.datetime]]


@dataclass(slots=True)
class Stay:
    """All the time that a report lay at one desk for one kind of work; ``overdue`` is what of it was past the deadline
    before anything had been handed in. ``is_now`` while it lies there still."""

    desk: str
    work: str
    time: dt.timedelta = NOTHING
    overdue: dt.timedelta = NOTHING
    is_now: bool = False

    @property
    def words(self) -> str:
        return span_words(self.time)

    @property
    def overdue_words(self) -> str:
        return span_words(self.overdue) if self.overdue else ""


def span_words(span: dt.timedelta) -> str:
    """3天, 3.5天 (to the half), 5小时, 不足1小时."""
    hours = span / dt.timedelta(hours=1)
    if hours < 1:
        return "不足1小时"
    if hours < 24:
        return f"{int(hours)}小时"
    halves = round(span / dt.timedelta(hours=12))
    return f"{halves // 2}天" if halves % 2 == 0 else f"{halves / 2:.1f}天"


def stays_of(report: Report, now: dt.datetime | None = None) -> list[Stay]:
    """Desk by desk in the order in which the report came there; one query."""
    way = list(report.steps.order_by("at", "id").values_list("to_state", "at"))
    return _stays(report, way, now or clock.now())


def stays_of_many(
    reports: QuerySet[Report], listed: Iterable[Report], now: dt.datetime
) -> dict[int, list[Stay]]:
    """The same for each of ``listed``, the rows of ``reports``; one query."""
    ways: dict[int, Way] = defaultdict(list)
    steps = ReportStep.objects.filter(report__in=reports.order_by().values("pk")).order_by("at", "id")
    for report_id, state, at in steps.values_list("report_id", "to_state", "at").iterator():
        ways[report_id].append((state, at))
    return {report.pk: _stays(report, ways[report.pk], now) for report in listed}


def _stays(report: Report, way: Way, now: dt.datetime) -> list[Stay]:
    if report.is_exempt:
        return []
    found: dict[tuple[str, str], Stay] = {}
    began, state = report.cycle.opened_at, ReportState.DRAFT
    for next_state, at in [*way, (None, now)]:
        work = WORK.get(state)
        if work is not None and at > began:
            desk = report.reviewer if state == ReportState.SUBMITTED else report.custodian
            stay = found.setdefault((str(desk), work), Stay(str(desk), work))
            stay.time += at - began
            stay.overdue += _overdue(report, began, at)
            stay.is_now = next_state is None
        if next_state is not None:
            began, state = at, ReportState(next_state)
    return list(found.values())


def _overdue(report: Report, began: dt.datetime, ended: dt.datetime) -> dt.timedelta:
    """The part of a stay between the deadline and the first submission."""
    until = min(ended, report.first_submitted_at or ended)
    return max(until - max(began, report.deadline), NOTHING)
