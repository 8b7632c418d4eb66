"""What a desk owes beside the monthly report: open cycles of the other collections, by deadline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse

from orgs.models import OrgUnit
from reporting.choices import ReportState
from reporting.models import Cycle, Report
from reporting.selectors.below import state_pill
from reporting.selectors.deadline import days_left, deadline_words, due_day
from reporting.selectors.desk import Step, next_step
from reporting.selectors.situation import situations_of
from reporting.workflow import EDITABLE

#: A deadline this near, or past, stands out.
SOON_DAYS = 7


@dataclass(slots=True)
class OtherWork:
    """One cycle in which the unit owes a report of its own, or types for townships."""

    cycle: Cycle
    own: Report | None = None
    typed: list[Report] = field(default_factory=list)
    step: Step | None = None

    @property
    def pill(self) -> dict[str, str] | None:
        return state_pill(self.own) if self.own else None

    @property
    def _first(self) -> Report:
        return self.own or self.typed[0]

    @property
    def due_day(self) -> dt.date:
        return due_day(self._first.due_now)

    @property
    def left(self) -> str:
        return deadline_words(self._first.due_now)

    @property
    def is_urgent(self) -> bool:
        return self._first.state in EDITABLE and not self._first.is_exempt

    @property
    def is_soon(self) -> bool:
        return self.is_urgent and days_left(self._first.due_now) <= SOON_DAYS

    @property
    def hand_in_label(self) -> str:
        return self._first.hand_in_label


def other_work(unit: OrgUnit, user: Any, *, beside: Cycle | None = None) -> list[OtherWork]:
    """Open cycles of other collections than ``beside``'s, those due first on top; a constant number of queries."""
    rows = (
        Report.objects.filter(Q(unit=unit) | Q(custodian=unit), cycle__in=Cycle.objects.open())
        .exclude(state=ReportState.ACCEPTED)
        .prefetch_related("cycle", "custodian", "reviewer")
        .order_by("due_at", "unit__division_code")
    )
    if beside is not None:
        rows = rows.exclude(cycle__collection=beside.collection_id)
    found: dict[int, OtherWork] = {}
    for report in rows:
        work = found.setdefault(report.cycle_id, OtherWork(report.cycle))
        if report.unit_id == unit.pk:
            work.own = report
        elif report.state in EDITABLE and not report.is_exempt:
            work.typed.append(report)
    works = [work for work in found.values() if work.own or work.typed]
    situations = situations_of([work.own for work in works if work.own])
    for work in works:
        if work.own is not None:
            work.step = next_step(work.own, user, [], situation=situations[work.own.pk])
        else:
            grid = reverse("reporting:grid", args=[work.cycle.pk])
            work.step = Step("录入乡镇数据", grid, f"还有{len(work.typed)}个代填乡镇（街道）没有报。")
    return sorted(works, key=lambda work: (work._first.due_now, work.cycle.pk))
