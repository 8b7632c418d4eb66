"""“本月要做的事”: what one unit's people must do now, in one look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from core import clock
from notices.models import Message
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.facts import ToDo, facts_to_do
from reporting.choices import CaseState, CycleState, EntryMode, ReportState
from reporting.models import CaseStep, CorrectionCase, Report
from reporting.permissions import REVIEW
from reporting.selectors.below import BelowRow, rows_below, state_pill
from reporting.selectors.deadline import deadline_words, due_day
from reporting.selectors.sheet import last_return
from reporting.selectors.situation import my_actions, situation_of
from reporting.workflow import Situation
from sanzhang.selectors.activities import Campaign, campaigns_near
from sanzhang.selectors.desk import BodyWork, body_work
from sanzhang.selectors.supports import waiting_for

HISTORY_SHOWN = 6
#: The newest reports of a unit, of all collections: the open ones are among them.
OWN_READ = 24


@dataclass(slots=True)
class Step:
    """What to do next: one button and a line why."""

    label: str
    url: str
    hint: str
    is_waiting: bool = False


@dataclass(slots=True)
class Desk:
    """One desk's month."""

    unit: OrgUnit
    report: Report | None
    step: Step | None = None
    rows: list[BelowRow] = field(default_factory=list)
    returned: list[Report] = field(default_factory=list)
    earlier: list[Report] = field(default_factory=list)
    cases: list[CorrectionCase] = field(default_factory=list)
    history: list[Report] = field(default_factory=list)
    facts_to_do: list[ToDo] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    supports_waiting: int = 0
    body_work: BodyWork | None = None
    campaigns: list[Campaign] = field(default_factory=list)
    round: Any = None

    @property
    def in_count(self) -> int:
        return sum(1 for row in self.rows if row.is_in)

    @property
    def to_review(self) -> list[BelowRow]:
        return [row for row in self.rows if row.report.state == ReportState.SUBMITTED]

    @property
    def pill(self) -> dict[str, str] | None:
        return state_pill(self.report) if self.report else None

    @property
    def due_day(self) -> Any:
        return due_day(self.report.due_now) if self.report else None

    @property
    def left(self) -> str:
        return deadline_words(self.report.due_now) if self.report else ""

    @property
    def is_urgent(self) -> bool:
        return self.report is not None and self.report.state in (ReportState.DRAFT, ReportState.RETURNED)


def read_desk(unit: OrgUnit, user: Any) -> Desk:
    """The desk of a county's or township's clerk."""
    own = _own_reports(unit)
    open_reports = [report for report in own if report.cycle.state == CycleState.OPEN]
    monthly = [report for report in open_reports if report.cycle.collection.is_principal]
    report = monthly[0] if monthly else None
    desk = Desk(
        unit=unit,
        report=report,
        earlier=[row for row in monthly[1:] if row.state not in (ReportState.ACCEPTED,)],
        cases=list(cases_waiting_for(unit)) if user.can(REVIEW, unit) else [],
        history=[row for row in own if row is not report and not is_at_hand(row)][:HISTORY_SHOWN],
        facts_to_do=facts_to_do(user),
        messages=list(Message.objects.to(user).unread()[:5]),
        body_work=body_work(unit, user),
        supports_waiting=waiting_for(unit),
        campaigns=campaigns_near(clock.today()),
    )
    if report is None:
        return desk
    if unit.level < Level.TOWNSHIP:
        desk.rows = rows_below(report.cycle, unit.pk)
    desk.returned = [row for row in open_reports if row.state == ReportState.RETURNED]
    desk.round = last_return(report)
    desk.step = next_step(report, user, desk.rows)
    return desk


def is_at_hand(report: Report) -> bool:
    """Whether it stands on the desk and not among what is done."""
    return report.cycle.state == CycleState.OPEN and report.state != ReportState.ACCEPTED


def _own_reports(unit: OrgUnit) -> list[Report]:
    return list(
        Report.objects.filter(unit=unit)
        .select_related(
            *("cycle", "cycle__form_version", "cycle__collection"),
            *("unit", "custodian", "reviewer", "last_version"),
        )
        .order_by("-cycle__period", "-cycle_id")[:OWN_READ]
    )


def next_step(report: Report, user: Any, rows: list[BelowRow], *, situation: Situation | None = None) -> Step:
    """The one thing to do next with the unit's own report."""
    codes = {action.code for action in my_actions(user, report, situation or situation_of(report))}
    fill = reverse("reporting:fill", args=[report.pk])
    superior = report.reviewer.association
    if "save" in codes and report.state == ReportState.RETURNED:
        return Step("按意见修改", fill, f"{superior}退回了{report.cycle.noun}，请按意见修改后重新上报。")
    if "save" in codes:
        return _filling_step(report, rows, fill)
    show = reverse("reporting:report", args=[report.pk])
    if report.state == ReportState.SIGNED and "submit" in codes:
        return Step(f"上报{superior}", show, "已签批，可以上报。")
    return Step("查看", show, _waiting_words(report, superior), is_waiting=True)


def _waiting_words(report: Report, superior: str) -> str:
    if report.is_exempt:
        return "本期已批准免报，不需要填报。"
    if report.entry_mode == EntryMode.ON_BEHALF:
        return f"本期由{superior}代填，您不需要填报。"
    return {
        ReportState.SIGNING: "已送领导签批，等待签批。",
        ReportState.SUBMITTED: f"已上报，等待{superior}审核；审核前可以撤回。",
        ReportState.ACCEPTED: f"{report.cycle.title}已审核通过，没有要做的事。",
    }.get(ReportState(report.state), "由本单位填报员办理。")


def _filling_step(report: Report, rows: list[BelowRow], fill: str) -> Step:
    typed = [row for row in rows if not row.is_self and row.report.state == ReportState.DRAFT]
    unfilled = [row for row in typed if not row.is_in]
    if unfilled:
        grid = reverse("reporting:grid", args=[report.cycle_id])
        return Step(
            "录入乡镇数据", grid, f"还有{len(unfilled)}个代填乡镇（街道）没有填完；填完后再填本级数据并上报。"
        )
    return Step("填报本级数据", fill, "填写本级开展的工作，核对后上报。" if rows else "填写本期数据后上报。")


def cases_waiting_for(unit: OrgUnit) -> QuerySet[CorrectionCase]:
    """Open cases whose next step is ``unit``'s."""
    earlier = CaseStep.objects.filter(
        case=OuterRef("case"), confirmed__isnull=True, order__lt=OuterRef("order")
    )
    waiting = CaseStep.objects.filter(
        ~Exists(earlier), unit=unit, confirmed__isnull=True, case__state=CaseState.OPEN
    )
    return (
        CorrectionCase.objects.filter(pk__in=waiting.values("case"))
        .select_related("report", "report__cycle", "report__unit")
        .order_by("opened_at")
    )
