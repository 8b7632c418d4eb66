"""The one way a report changes its state: lock, ask the table, write, record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit.services import record, record_many
from core import clock
from core.actor import Actor
from core.copying import copy_rows, update_rows
from core.errors import Conflict, Forbidden
from reporting.choices import ReportState
from reporting.models import Report, ReportStep
from reporting.selectors.queue import forget_waiting_count
from reporting.selectors.situation import may, situation_of
from reporting.workflow import Action, Situation


def lock(report: Report, *, revision: int | None = None) -> Report:
    """The report as it is now, locked for this transaction.

    Raises:
        Conflict: ``revision`` is given and somebody has changed the report since it was read.
    """
    fresh = (
        Report.objects.select_for_update(of=("self",))
        .select_related("cycle", "cycle__form_version", "unit", "reviewer")
        .get(pk=report.pk)
    )
    if fresh.custodian_id == fresh.unit_id:
        fresh.custodian = fresh.unit
    if revision is not None and fresh.revision != revision:
        raise Conflict.of(
            "changed_meanwhile",
            f"就在刚才，这份报表已被他人处理，现为“{fresh.get_state_display()}”。请刷新后再办理。",
        )
    return fresh


def demand(action: Action, *, report: Report, by: Actor, situation: Situation | None = None) -> Situation:
    """The situation, once permission and order are in place.

    Raises:
        Forbidden: ``by`` lacks the permission at the report's desk.
        Conflict: the action is out of order.
    """
    if not may(by, report, action.permission, action.desk):
        raise Forbidden.for_action(action.label)
    situation = situation or situation_of(report)
    refusal = action.refusal(situation)
    if refusal is not None:
        raise Conflict(refusal)
    return situation


def move(
    *,
    report: Report,
    action: Action,
    situation: Situation,
    by: Actor,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> ReportState:
    """Put the locked report into the action's target state and save what is :data:`CHANGEABLE`, with its step and its
    audit event."""
    source, target = ReportState(report.state), action.target(situation)
    forget_waiting_count(report.reviewer_id)
    _write_moves([report], action, {report.pk: situation}, by, note)
    record(
        kind=f"report.{action.code}",
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"{action.label}：{report.unit_name}{report.cycle.title}",
        data={"from": source, "to": target, "note": note, **(data or {})},
    )
    return target


#: What a transition and its service may change on a report's row; another field is saved once it is named here.
CHANGEABLE = (
    "state",
    "revision",
    "first_submitted_at",
    "on_time",
    "submitted_at",
    "accepted_at",
    "correction_due_at",
    "returns",
    "is_belated",
    "is_nil",
    "last_version",
    "live_version",
    "official_version",
)
STEP_COLUMNS = ("report_id", "action", "from_state", "to_state", "at", "by_id", "by", "note")


def move_many(
    *,
    reports: Sequence[Report],
    action: Action,
    situations: Mapping[int, Situation],
    by: Actor,
    note: str = "",
) -> None:
    """Move many locked reports by the same action in three statements; nobody is notified of each."""
    sources = {report.pk: ReportState(report.state) for report in reports}
    _write_moves(reports, action, situations, by, note)
    events = [
        {
            "unit_id": report.unit_id,
            "unit_label": report.unit_name,
            "object_label": report._meta.label_lower,
            "object_id": str(report.pk),
            "summary": f"{action.label}：{report.unit_name}{report.cycle.title}",
            "data": {"from": sources[report.pk], "to": report.state, "note": note},
        }
        for report in reports
    ]
    record_many(kind=f"report.{action.code}", by=by, rows=events)


def _write_moves(
    reports: Sequence[Report], action: Action, situations: Mapping[int, Situation], by: Actor, note: str
) -> None:
    """Put locked reports into the action's target states and save them, each with its step."""
    now, steps = clock.now(), []
    for report in reports:
        source, target = ReportState(report.state), action.target(situations[report.pk])
        report.state = target
        report.revision += 1
        steps.append((report.pk, action.code, source, target, now, by.pk, by.actor_label, note[:500]))
    update_rows(reports, CHANGEABLE)
    copy_rows(ReportStep, STEP_COLUMNS, steps)
