"""Who reports to a unit in a cycle, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from orgs.choices import Level
from reporting.choices import EntryMode, ReportState
from reporting.models import Cycle, Report
from reporting.selectors.layout import Layout, layout_of
from reporting.selectors.ledger import ledger_of
from reporting.workflow import EDITABLE

STATE_TONES = {
    ReportState.DRAFT: ("neutral", "pencil"),
    ReportState.SIGNING: ("info", "pen"),
    ReportState.SIGNED: ("info", "patch-check"),
    ReportState.SUBMITTED: ("primary", "hourglass-split"),
    ReportState.RETURNED: ("danger", "arrow-return-left"),
    ReportState.ACCEPTED: ("success", "check-circle-fill"),
}


@dataclass(frozen=True, slots=True)
class BelowRow:
    """One unit below: its report, its state in the words of the desk above, how many of its cells are filled."""

    report: Report
    name: str
    label: str
    tone: str
    symbol: str
    filled: int
    owed: int
    is_self: bool

    @property
    def is_in(self) -> bool:
        """Its figures are complete and with the desk above (or typed there in full)."""
        if self.report.is_exempt:
            return True
        handed_in = self.report.state in (ReportState.SUBMITTED, ReportState.ACCEPTED)
        return handed_in or (not self.is_self and self.filled == self.owed)

    @property
    def is_partial(self) -> bool:
        return not self.is_in and not self.is_self and self.filled > 0

    @property
    def pill(self) -> dict[str, str]:
        return {"label": self.label, "tone": self.tone, "icon": self.symbol}


def state_pill(report: Report) -> dict[str, str]:
    """The state of a report as words, tone and icon."""
    if report.is_exempt:
        return {"label": "免报", "tone": "neutral", "icon": "slash-circle"}
    tone, icon = STATE_TONES[ReportState(report.state)]
    return {"label": report.get_state_display(), "tone": tone, "icon": icon}


def rows_below(cycle: Cycle, unit_id: int, *, layout: Layout | None = None) -> list[BelowRow]:
    """The reports that go to ``unit_id`` in ``cycle``, in code order, without its own; in two queries. What a ledger
    knows is filled."""
    layout = layout or layout_of(cycle.form_version)
    needed = {level: layout.needed_at(level) for level in Level}
    counted = [item.indicator_id for items in needed.values() for item in items]
    is_typed = (Q(cells__value__isnull=False) | ~Q(cells__text="")) & Q(cells__indicator__in=counted)
    reports = list(
        Report.objects.filter(cycle=cycle, reviewer=unit_id)
        .exclude(unit=unit_id)
        .select_related("unit", "custodian", "reviewer")
        .annotate(typed=ArrayAgg("cells__indicator__key", filter=is_typed, default=Value([])))
        .order_by("level", "unit__division_code")
    )
    ledger = ledger_of([report for report in reports if report.state in EDITABLE], layout)
    rows = []
    for report in reports:
        report.cycle = cycle
        filled = len(set(report.typed) | set(ledger.of(report.pk)))
        rows.append(_row(report, filled=filled, owed=len(needed[Level(report.level)])))
    return rows


def _row(report: Any, *, filled: int, owed: int) -> BelowRow:
    is_self = report.entry_mode == EntryMode.SELF
    label, tone, symbol = _words(report, filled, owed, is_self)
    return BelowRow(
        report=report,
        name=report.unit.name,
        label=label,
        tone=tone,
        symbol=symbol,
        filled=filled,
        owed=owed,
        is_self=is_self,
    )


def _words(report: Report, filled: int, owed: int, is_self: bool) -> tuple[str, str, str]:
    state = ReportState(report.state)
    if report.is_exempt:
        return "免报", "neutral", "slash-circle"
    if is_self:
        if state == ReportState.DRAFT:
            return ("填报中", "neutral", "pencil") if filled else ("未填", "warning", "circle")
        return (ReportState(state).label, *STATE_TONES[state])
    if state == ReportState.ACCEPTED:
        return "已上报", "success", "check-circle-fill"
    if filled == 0:
        return "未填", "warning", "circle"
    if filled < owed:
        return f"已填{filled}/{owed}", "warning", "pencil"
    return ("零报告", "success", "check-circle") if report.is_nil else ("已填", "success", "check-circle")
