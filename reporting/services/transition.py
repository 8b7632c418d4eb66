"""The one way a report changes its state: lock, ask the table, write, record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit.services import record, record_many
from core import clock
from core.actor import Actor
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
        .select_related("cycle", "cycle__form_version", "unit", "custodian", "reviewer")
        .get(pk=report.pk)
    )
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
    """Put the locked report into the action's target state and save it, with its step and its audit event."""
    source, target = ReportState(report.state), action.target(situation)
    report.state = target
    forget_waiting_count(report.reviewer_id)
    report.revision += 1
    report.save()
    ReportStep.objects.create(
        report=report,
        action=action.code,
        from_state=source,
        to_state=target,
        at=clock.now(),
        by_id=by.pk,
        by=by.actor_label,
        note=note[:500],
    )
    record(
        kind=f"report.{action.code}",
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"{action.label}：{report.unit_name}{report.cycle.title}",
        data={"from": source, "to": target, "note": note, **(data or {})},
    )
    return target


#: What a transition and its service may change on a report's row.
CHANGEABLE = (
    "state",
    "revision",
    "first_submitted_at",
    "on_time",
    "submitted_at",
    "accepted_at",
    "correction_due_at",
    "is_belated",
    "is_nil",
    "last_version",
    "live_version",
    "official_version",
)


def move_many(
    *,
    reports: Sequence[Report],
    action: Action,
    situations: Mapping[int, Situation],
    by: Actor,
    note: str = "",
) -> None:
    """Move many locked reports by the same action in three statements; nobody is notified of each."""
    steps, events = [], []
    for report in reports:
        source = ReportState(report.state)
        report.state = action.target(situations[report.pk])
        report.revision += 1
        steps.append(
            ReportStep(
                report=report,
                action=action.code,
                from_state=source,
                to_state=report.state,
                at=clock.now(),
                by_id=by.pk,
                by=by.actor_label,
                note=note[:500],
            )
        )
        events.append(
            {
                "unit_id": report.unit_id,
                "unit_label": report.unit_name,
                "object_label": report._meta.label_lower,
                "object_id": str(report.pk),
                "summary": f"{action.label}：{report.unit_name}{report.cycle.title}",
                "data": {"from": source, "to": report.state, "note": note},
            }
        )
    Report.objects.bulk_update(reports, CHANGEABLE)
    ReportStep.objects.bulk_create(steps)
    record_many(kind=f"report.{action.code}", by=by, rows=events)
