"""The overview of cities, the province and all leaders: what to do now, who is in, what moved since yesterday."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import ReportState, Timeliness
from reporting.models import CorrectionCase, Cycle, Report, ReportStep
from reporting.permissions import REVIEW
from reporting.rollup import THEN, Lens
from reporting.selectors.below import BelowRow, rows_below, state_pill
from reporting.selectors.deadline import deadline_words, due_day
from reporting.selectors.desk import Step, cases_waiting_for, next_step
from reporting.selectors.paths import event_words
from reporting.selectors.queue import waited_words
from reporting.selectors.recorded import registry_since, start_of_yesterday
from reporting.selectors.states import StateRow, state_matrix
from reporting.selectors.waits import Wait, looks_on, to_review, waits_for

EVENTS_SHOWN = 8
RETURNED_SHOWN = 10
CASES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class OwnReport:
    """One's own unit's report of the cycle, its next step and its deadline in words."""

    report: Report
    step: Step

    @property
    def pill(self) -> dict[str, str]:
        return state_pill(self.report)

    @property
    def due_day(self) -> dt.date:
        return due_day(self.report.due_now)

    @property
    def left(self) -> str:
        return deadline_words(self.report.due_now)

    @property
    def is_urgent(self) -> bool:
        return self.report.state in (ReportState.DRAFT, ReportState.RETURNED)


@dataclass(slots=True)
class Overview:
    """One look at the month. ``townships`` is a county's own view of who is in: what it types for them counts."""

    unit: OrgUnit
    cycle: Cycle
    matrix: list[StateRow]
    townships: list[BelowRow] = field(default_factory=list)
    looks_on: bool = False
    waits: list[Wait] = field(default_factory=list)
    waiting: int = 0
    waited: str = ""
    own: OwnReport | None = None
    returned: list[Report] = field(default_factory=list)
    cases: list[CorrectionCase] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    registered: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Units directly below that have a report of their own."""
        return len(self.townships) or len(self._owing)

    @property
    def in_count(self) -> int:
        """Those of them whose report is in, or need not be."""
        if self.townships:
            return sum(1 for row in self.townships if row.is_in)
        return sum(1 for row in self._owing if _is_in(row))

    @property
    def has_exempt(self) -> bool:
        """Whether some need not report; the words beside the count say so."""
        return any(row.report.is_exempt for row in self.townships) or any(
            row.timeliness == Timeliness.EXEMPT for row in self.matrix
        )

    @property
    def late(self) -> list[StateRow]:
        return [row for row in self.matrix if row.timeliness == Timeliness.LATE]

    @property
    def missing(self) -> list[StateRow]:
        return [row for row in self.matrix if row.timeliness == Timeliness.MISSING]

    @property
    def sent_back(self) -> list[StateRow]:
        return [row for row in self.matrix if row.state == ReportState.RETURNED]

    @property
    def behind(self) -> list[StateRow]:
        """Those that are missing, late or returned, each sort in code order."""
        found = {row.unit_id: row for row in (*self.missing, *self.late, *self.sent_back)}
        return list(found.values())

    @property
    def has_changes(self) -> bool:
        return any(move["count"] for move in self.moved) or any(count for _label, count in self.registered)

    @property
    def _owing(self) -> list[StateRow]:
        return [row for row in self.matrix if row.state is not None]


def _is_in(row: StateRow) -> bool:
    return row.timeliness == Timeliness.EXEMPT or row.state in (ReportState.SUBMITTED, ReportState.ACCEPTED)


def read_overview(cycle: Cycle, unit: OrgUnit, user: Any, lens: Lens = THEN) -> Overview:
    """The overview of ``unit`` as ``user`` sees it; a constant number of queries. Through a ``lens`` who reported alone:
    what is to be done is today's."""
    found = Overview(unit=unit, cycle=cycle, matrix=state_matrix(cycle, unit, lens))
    if not lens.is_then:
        return found
    if unit.level == Level.COUNTY and not cycle.is_locked:
        found.townships = rows_below(cycle, unit.pk)
    if unit.pk == user.unit.pk:
        found.looks_on, found.waits = looks_on(user, unit), waits_for(user, unit)
    found.own = _own(cycle, unit, user)
    found.returned = list(
        Report.objects.filter(reviewer=unit, state=ReportState.RETURNED)
        .exclude(unit=unit)
        .only("unit_name", "correction_due_at")
        .order_by("correction_due_at", "pk")[:RETURNED_SHOWN]
    )
    if user.can(REVIEW, unit):
        queue = Report.objects.to_review(unit).aggregate(count=Count("pk"), oldest=Min("submitted_at"))
        found.waiting, found.waited = queue["count"], waited_words(queue["oldest"])
        if found.waiting and unit.pk == user.unit.pk:
            found.waits.insert(0, to_review(found.waiting, found.waited))
        found.cases = list(
            cases_waiting_for(unit)
            .select_related(None)
            .select_related("report__cycle")
            .only("kind", "report__unit_name", "report__cycle__period")[:CASES_SHOWN]
        )
    found.moved, found.events = _since_yesterday(cycle, unit)
    found.registered = registry_since(unit, start_of_yesterday())
    return found


def _own(cycle: Cycle, unit: OrgUnit, user: Any) -> OwnReport | None:
    report = Report.objects.filter(cycle=cycle, unit=unit).first()
    if report is None:
        return None
    report.cycle, report.unit = cycle, unit
    if report.custodian_id == unit.pk:
        report.custodian = unit
    if report.reviewer_id == unit.pk:
        report.reviewer = unit
    return OwnReport(report, next_step(report, user, []))


MOVES = [
    ("submit", "上报", "info"),
    ("accept", "审核通过", "success"),
    ("return", "退回", "danger"),
    ("withdraw", "撤回", "neutral"),
]


def _since_yesterday(cycle: Cycle, unit: OrgUnit) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """How many reports of cities and counties moved since yesterday's start, and the latest of these moves."""
    since = start_of_yesterday()
    in_sight = Report.objects.filter(cycle=cycle).within(unit)
    if unit.level < Level.COUNTY:
        in_sight = in_sight.filter(level__lt=Level.TOWNSHIP)
    steps = ReportStep.objects.filter(at__gte=since, report__in=in_sight.values("pk"))
    names = [name for name, _label, _tone in MOVES]
    steps = steps.filter(action__in=[*names, "return_accepted"])
    counts = Counter(dict(steps.order_by().values_list("action").annotate(count=Count("pk"))))
    counts["return"] += counts["return_accepted"]
    latest = (
        steps.select_related("report")
        .only("action", "at", "by", "note", "report__unit_name")
        .order_by("-at", "-pk")[:EVENTS_SHOWN]
    )
    moved = [{"label": label, "tone": tone, "count": counts[name]} for name, label, tone in MOVES]
    return moved, [_event(step) for step in latest] if counts.total() else []


def _event(step: ReportStep) -> dict[str, Any]:
    words = event_words(step.action)
    return words | {
        "at": step.at,
        "title": f"{step.report.unit_name}：{words['title']}",
        "who": step.by,
        "note": step.note,
        "report_id": step.report_id,
    }
