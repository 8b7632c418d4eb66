"""免报 and 缓报: lifted or dated obligations, each on the list with who granted and who withdrew it, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core import clock, formats
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from reporting.choices import ExcuseKind, ReportState
from reporting.models import Excuse, Report
from reporting.permissions import EXCUSE
from reporting.services.transition import lock


def may_excuse(user: Actor, report: Report) -> bool:
    """Whether ``user`` could grant or lift anything now: as the superior, and as long as nothing was submitted."""
    is_superior = report.reviewer_id != report.unit_id and user.can(EXCUSE, report.reviewer)
    return is_superior and report.first_submitted_at is None


def _granted(report: Report, by: Actor, label: str) -> Report:
    fresh = lock(report)
    if not by.can(EXCUSE, fresh.reviewer):
        raise Forbidden.for_action(label)
    return fresh


def _demand_reason(reason: str) -> str:
    if not reason.strip():
        raise DomainError.of("reason_wanted", "请写明原因。", "reason")
    return reason.strip()[:200]


def _enlist(report: Report, kind: ExcuseKind, by: Actor) -> None:
    """Put on the list what the report says now."""
    is_exempt = kind == ExcuseKind.EXEMPT
    Excuse.objects.create(
        report=report,
        kind=kind,
        reason=report.exempted_reason if is_exempt else report.deferred_reason,
        until=None if is_exempt else report.deferred_to,
        granted_by=by.actor_label,
    )


def _strike(report: Report, kind: ExcuseKind, reason: str, by: Actor) -> None:
    """Mark as withdrawn what stands on the list."""
    Excuse.objects.standing().filter(report=report, kind=kind).update(
        lifted_at=clock.now(), lifted_by=by.actor_label, lifted_reason=reason
    )


def _keep(report: Report, by: Actor, kind: str, act: str, data: dict[str, str]) -> Report:
    """Save what was decided of the report, with its trace."""
    report.revision += 1
    report.save()
    record(
        kind=kind,
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"{act}：{report.unit_name}{report.cycle.title}",
        data=data,
    )
    return report


@transaction.atomic
def exempt(*, report: Report, reason: str, by: Actor) -> Report:
    """批准免报 of a report that was not submitted."""
    fresh = _granted(report, by, "批准免报")
    if fresh.first_submitted_at is not None or fresh.is_exempt:
        raise Conflict.of("too_late", "已经上报或已免报，不能再批准免报。")
    fresh.exempted_at, fresh.exempted_by = clock.now(), by.actor_label
    fresh.exempted_reason = _demand_reason(reason)
    _enlist(fresh, ExcuseKind.EXEMPT, by)
    return _keep(fresh, by, "report.exempt", "批准免报", {"reason": fresh.exempted_reason})


@transaction.atomic
def lift_exemption(*, report: Report, reason: str, by: Actor) -> Report:
    """取消免报: the obligation stands again, with its deadline as it was."""
    fresh = _granted(report, by, "取消免报")
    if not fresh.is_exempt:
        raise Conflict.of("not_exempt", "本期没有免报。")
    why = _demand_reason(reason)
    fresh.exempted_at, fresh.exempted_by, fresh.exempted_reason = None, "", ""
    _strike(fresh, ExcuseKind.EXEMPT, why, by)
    return _keep(fresh, by, "report.exemption_lifted", "取消免报", {"reason": why})


@transaction.atomic
def defer(*, report: Report, until: dt.date, reason: str, by: Actor) -> Report:
    """批准缓报 until the end of a day after the deadline and within 31 days of it; an earlier extension gives way."""
    fresh = _granted(report, by, "批准缓报")
    if fresh.first_submitted_at is not None or fresh.state == ReportState.ACCEPTED:
        raise Conflict.of("too_late", "已经上报，不需要缓报。")
    deadline = clock.end_of(until)
    if not fresh.due_at < deadline <= fresh.due_at + dt.timedelta(days=31):
        raise DomainError.of("bad_day", "缓报日期须晚于原截止日期，且不超过31天。", "until")
    fresh.deferred_to, fresh.deferred_reason = deadline, _demand_reason(reason)
    fresh.deferred_by = by.actor_label
    _strike(fresh, ExcuseKind.DEFERRED, f"改批缓报至{formats.day(until)}", by)
    _enlist(fresh, ExcuseKind.DEFERRED, by)
    return _keep(
        fresh,
        by,
        "report.defer",
        f"批准缓报至{until}",
        {"until": str(until), "reason": fresh.deferred_reason},
    )


@transaction.atomic
def excuse_many(
    *, reports: Sequence[Report], kind: ExcuseKind, reason: str, by: Actor, until: dt.date | None = None
) -> int:
    """批量批准: the same for several reports, all of them or none; how many.

    Raises:
        Forbidden: not the superior of one of them.
        DomainError: none was chosen, no day for an extension, and whatever keeps one from being granted, by unit.
    """
    if not reports:
        raise DomainError.of("none_chosen", "请勾选要批准的单位。", "report")
    if kind == ExcuseKind.DEFERRED and until is None:
        raise DomainError.of("day_wanted", "请填写缓报至哪一天。", "until")
    _demand_reason(reason)
    problems: list[Problem] = []
    for report in reports:
        try:
            if kind == ExcuseKind.DEFERRED and until is not None:
                defer(report=report, until=until, reason=reason, by=by)
            else:
                exempt(report=report, reason=reason, by=by)
        except Forbidden:
            raise
        except DomainError as refusal:
            problems += [
                Problem(one.code, f"{report.unit_name}：{one.message}", one.field) for one in refusal.problems
            ]
    check(problems)
    return len(reports)


@transaction.atomic
def lift_deferral(*, report: Report, reason: str, by: Actor) -> Report:
    """取消缓报 of a report that was not submitted: its deadline is again what it was."""
    fresh = _granted(report, by, "取消缓报")
    if fresh.deferred_to is None:
        raise Conflict.of("not_deferred", "本期没有批准缓报。")
    if fresh.first_submitted_at is not None:
        raise Conflict.of("too_late", "已经上报，按缓报期记录是否按时，不能再取消缓报。")
    why = _demand_reason(reason)
    fresh.deferred_to, fresh.deferred_reason, fresh.deferred_by = None, "", ""
    _strike(fresh, ExcuseKind.DEFERRED, why, by)
    return _keep(fresh, by, "report.deferral_lifted", "取消缓报", {"reason": why})
