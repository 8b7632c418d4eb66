"""免报 and 缓报: lifted or dated obligations, with reason and who granted them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden
from reporting.choices import ReportState
from reporting.models import Report
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


@transaction.atomic
def exempt(*, report: Report, reason: str, by: Actor) -> Report:
    """批准免报 of a report that was not submitted."""
    fresh = _granted(report, by, "批准免报")
    if fresh.first_submitted_at is not None or fresh.is_exempt:
        raise Conflict.of("too_late", "已经上报或已免报，不能再批准免报。")
    fresh.exempted_at, fresh.exempted_by = clock.now(), by.actor_label
    fresh.exempted_reason = _demand_reason(reason)
    fresh.revision += 1
    fresh.save()
    record(
        kind="report.exempt",
        by=by,
        unit=fresh.unit,
        obj=fresh,
        summary=f"批准免报：{fresh.unit_name}{fresh.cycle.title}",
        data={"reason": fresh.exempted_reason},
    )
    return fresh


@transaction.atomic
def lift_exemption(*, report: Report, by: Actor) -> Report:
    """取消免报: the obligation stands again, with its deadline as it was."""
    fresh = _granted(report, by, "取消免报")
    if not fresh.is_exempt:
        raise Conflict.of("not_exempt", "本期没有免报。")
    fresh.exempted_at, fresh.exempted_by, fresh.exempted_reason = None, "", ""
    fresh.revision += 1
    fresh.save()
    record(
        kind="report.exemption_lifted",
        by=by,
        unit=fresh.unit,
        obj=fresh,
        summary=f"取消免报：{fresh.unit_name}{fresh.cycle.title}",
    )
    return fresh


@transaction.atomic
def defer(*, report: Report, until: dt.date, reason: str, by: Actor) -> Report:
    """批准缓报 until the end of a day after the deadline and within 31 days of it."""
    fresh = _granted(report, by, "批准缓报")
    if fresh.first_submitted_at is not None or fresh.state == ReportState.ACCEPTED:
        raise Conflict.of("too_late", "已经上报，不需要缓报。")
    deadline = clock.end_of(until)
    if not fresh.due_at < deadline <= fresh.due_at + dt.timedelta(days=31):
        raise DomainError.of("bad_day", "缓报日期须晚于原截止日期，且不超过31天。", "until")
    fresh.deferred_to, fresh.deferred_reason = deadline, _demand_reason(reason)
    fresh.deferred_by = by.actor_label
    fresh.revision += 1
    fresh.save()
    record(
        kind="report.defer",
        by=by,
        unit=fresh.unit,
        obj=fresh,
        summary=f"批准缓报至{until}：{fresh.unit_name}{fresh.cycle.title}",
        data={"until": str(until), "reason": fresh.deferred_reason},
    )
    return fresh


@transaction.atomic
def lift_deferral(*, report: Report, by: Actor) -> Report:
    """取消缓报 of a report that was not submitted: its deadline is again what it was."""
    fresh = _granted(report, by, "取消缓报")
    if fresh.deferred_to is None:
        raise Conflict.of("not_deferred", "本期没有批准缓报。")
    if fresh.first_submitted_at is not None:
        raise Conflict.of("too_late", "已经上报，按缓报期记录是否按时，不能再取消缓报。")
    fresh.deferred_to, fresh.deferred_reason, fresh.deferred_by = None, "", ""
    fresh.revision += 1
    fresh.save()
    record(
        kind="report.deferral_lifted",
        by=by,
        unit=fresh.unit,
        obj=fresh,
        summary=f"取消缓报：{fresh.unit_name}{fresh.cycle.title}",
    )
    return fresh
