"""Files that come by themselves: subscribed, paused, ended, and made at each occasion as the person who subscribed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from audit.services import record
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from files.models import ExportJob, ExportState
from files.registry import exporter_of
from files.services import request_export
from notices.services import tell
from orgs.models import OrgUnit
from reporting.choices import DeliveryRhythm
from reporting.models import Cycle, Delivery, Subscription
from reporting.rollup import Basis

#: How many subscriptions one person may have, and how many missed occasions are caught up.
MOST, CAUGHT_UP = 20, 12
#: When the file of a day is made, in Shanghai.
HOUR = dt.time(7, 0)
#: One person's files wait in line; what finds the line full is tried again with the next beat.
LINE_IS_FULL = "too_many_exports"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Once for each subscription: its key, when it was due, the cycle that it is about."""

    key: str
    due_at: dt.datetime
    cycle: Cycle


@transaction.atomic
def subscribe(
    *,
    kind: str,
    title: str,
    unit: OrgUnit,
    rhythm: str,
    by: Any,
    day: int | None = None,
    params: dict[str, Any] | None = None,
) -> Subscription:
    """From now on; the right to the file is asked now and again at every occasion."""
    exporter = exporter_of(kind)
    if exporter is None:
        raise DomainError.of("unknown_export", "没有这种文件，请刷新页面后重试。", "kind")
    cycle = _newest(unit)
    given = params or {}
    if cycle is None or not exporter.allowed(by, _with_cycle(given, unit, cycle)):
        raise Forbidden.for_action("订阅该文件")
    problems = []
    if rhythm == DeliveryRhythm.ON_DAY and (day is None or not 1 <= day <= 28):
        problems.append(Problem("no_day", "请填写每月几日（1到28）生成。", "day"))
    if Subscription.objects.of(by).count() >= MOST:
        problems.append(Problem("too_many", f"每人最多订阅 {MOST} 个文件，请先退订不用的。", "kind"))
    check(problems)
    row = Subscription(
        user=by,
        unit=unit,
        kind=kind,
        title=title[:80],
        params=given,
        rhythm=DeliveryRhythm(rhythm),
        day=day if rhythm == DeliveryRhythm.ON_DAY else None,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(Problem("subscribed_already", "您已经订阅了这个文件。", "kind")) from error
    _record("made", row, by, f"订阅“{row}”，{row.rhythm_words}")
    return row


@transaction.atomic
def pause_subscription(*, subscription: Subscription, by: Any) -> Subscription:
    """Nothing is made while it rests, and nothing of that time is caught up."""
    row = _own(subscription, by)
    if row.paused_at is None:
        row.paused_at, row.pause_reason = clock.now(), ""
        row.save(update_fields=["paused_at", "pause_reason"])
        _record("paused", row, by, f"暂停订阅“{row}”")
    return row


@transaction.atomic
def resume_subscription(*, subscription: Subscription, by: Any) -> Subscription:
    row = _own(subscription, by)
    if row.paused_at is not None:
        row.paused_at, row.pause_reason, row.since = None, "", clock.now()
        row.save(update_fields=["paused_at", "pause_reason", "since"])
        _record("resumed", row, by, f"恢复订阅“{row}”")
    return row


@transaction.atomic
def end_subscription(*, subscription: Subscription, by: Any) -> None:
    """退订; files already made stay."""
    row = _own(subscription, by)
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    _record("ended", row, by, f"退订“{row}”")


def _own(subscription: Subscription, by: Any) -> Subscription:
    row = Subscription.objects.select_for_update().select_related("unit").get(pk=subscription.pk)
    if row.user_id != by.pk:
        raise Forbidden.for_action("修改他人的订阅")
    if row.ended_at is not None:
        raise Conflict(Problem("ended_already", "这个订阅已经退订。"))
    return row


def deliver(*, at: dt.datetime) -> tuple[int, int]:
    """Start what is due at ``at``, also what was missed; tell whose files are finished. How many of each."""
    _end_of_closed_accounts()
    running = list(Subscription.objects.running().select_related("user", "unit").order_by("pk"))
    done: dict[int, set[str]] = defaultdict(set)
    for pk, key in Delivery.objects.filter(subscription__in=running).values_list(
        "subscription_id", "occasion"
    ):
        done[pk].add(key)
    cycles = _cycles(running)
    started = 0
    for row in running:
        for occasion in due_occasions(row, cycles.get(row.unit.province_id or row.unit_id, []), at):
            if occasion.key not in done[row.pk]:
                started += _start(row, occasion)
    return started, _tell_finished()


def due_occasions(row: Subscription, cycles: Sequence[Cycle], at: dt.datetime) -> list[Occasion]:
    """Those between the subscription's start and ``at``, oldest first; ``cycles`` oldest first."""
    if row.rhythm == DeliveryRhythm.ON_LOCK:
        found = [
            Occasion(f"lock-{one.pk}-{one.locked_at:%Y%m%d%H%M}", one.locked_at, one)
            for one in cycles
            if one.locked_at is not None and row.since < one.locked_at <= at
        ]
    else:
        found = [
            Occasion(f"day-{due:%Y-%m}", due, cycle)
            for due in _days(row, at)
            if (cycle := _cycle_on(cycles, due)) is not None
        ]
    return found[-CAUGHT_UP:]


def _days(row: Subscription, at: dt.datetime) -> Iterable[dt.datetime]:
    """The subscription's day of each month since its start, at the hour."""
    month = clock.local_day(row.since).replace(day=1)
    while True:
        due = dt.datetime.combine(month.replace(day=row.day or 1), HOUR, tzinfo=clock.SHANGHAI)
        if due > at:
            return
        if due > row.since:
            yield due
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _cycle_on(cycles: Sequence[Cycle], due: dt.datetime) -> Cycle | None:
    """The newest cycle that is named after that month or one before."""
    past = [one for one in cycles if one.period <= clock.local_day(due)]
    return past[-1] if past else None


def _cycles(running: Sequence[Subscription]) -> dict[int, list[Cycle]]:
    provinces = {row.unit.province_id or row.unit_id for row in running}
    found: dict[int, list[Cycle]] = defaultdict(list)
    rows = Cycle.objects.principal().filter(collection__owner__in=provinces).order_by("period", "pk")
    for cycle in rows.select_related("collection"):
        found[cycle.collection.owner_id].append(cycle)
    return found


def _newest(unit: OrgUnit) -> Cycle | None:
    cycles = Cycle.objects.principal().filter(collection__owner=unit.province_id or unit.pk)
    return cycles.order_by("-period", "-pk").first()


def _with_cycle(params: dict[str, Any], unit: OrgUnit, cycle: Cycle) -> dict[str, Any]:
    return {**params, "unit": str(unit.pk), "cycle": str(cycle.pk)}


def _start(row: Subscription, occasion: Occasion) -> int:
    """Ask for the file as the person; 1 where it was started or refused for good, 0 where it is tried again."""
    try:
        with transaction.atomic():
            held = (
                Subscription.objects.select_for_update(skip_locked=True).running().filter(pk=row.pk).first()
            )
            made = Delivery.objects.filter(subscription=row, occasion=occasion.key)
            if held is None or made.exists():
                return 0
            job = request_export(
                kind=row.kind,
                params=_with_cycle(row.params, row.unit, occasion.cycle),
                unit=row.unit,
                by=row.user,
            )
            _delivery(row, occasion, job=job)
    except Forbidden:
        return _refuse(row, occasion, "您已没有该文件的权限，订阅已暂停。", pauses=True)
    except DomainError as refused:
        if any(problem.code == LINE_IS_FULL for problem in refused.problems):
            return 0
        return _refuse(row, occasion, str(refused), pauses=False)
    return 1


def _delivery(row: Subscription, occasion: Occasion, **values: Any) -> Delivery:
    return Delivery.objects.create(
        subscription=row,
        occasion=occasion.key,
        cycle=occasion.cycle,
        due_at=occasion.due_at,
        started_at=clock.now(),
        **values,
    )


@transaction.atomic
def _refuse(row: Subscription, occasion: Occasion, reason: str, *, pauses: bool) -> int:
    """Keep why nothing was made, and tell."""
    delivery = _delivery(row, occasion, refusal=reason[:300], told_at=clock.now())
    if pauses:
        row.paused_at, row.pause_reason = clock.now(), reason[:120]
        row.save(update_fields=["paused_at", "pause_reason"])
        _record("paused", row, SYSTEM, f"“{row}”的订阅因没有权限暂停")
    _tell(delivery, row, f"订阅的“{row}”没有生成", reason)
    return 1


def _tell_finished() -> int:
    """Every finished file once, into the inbox and with the day's mail."""
    over = [ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED]
    waiting = Delivery.objects.filter(told_at__isnull=True, job__state__in=over)
    told = 0
    for delivery in waiting.select_related("subscription__user", "subscription__unit", "job")[:500]:
        row, job = delivery.subscription, delivery.job
        if job is None:
            continue
        if job.state == ExportState.DONE:
            title, body = f"您订阅的文件已生成：{job.file_name}", f"{_figures_of(job)}请到导出中心下载。"
        else:
            title, body = f"订阅的“{row}”没有生成", job.error or "文件已取消。"
        _tell(delivery, row, title, body)
        told += Delivery.objects.filter(pk=delivery.pk, told_at__isnull=True).update(told_at=clock.now())
    return told


def _figures_of(job: ExportJob) -> str:
    """Which figures the file holds; of a month that is not settled, that they may still move."""
    version = job.basis.get("版本", "")
    if job.basis.get("口径") == Basis.LIVE.label:
        return f"该期尚未锁定审定，文件为{version}，数据还可能变动；锁定审定后请重新生成。"
    return f"数据为{version}。" if version else ""


def _tell(delivery: Delivery, row: Subscription, title: str, body: str) -> None:
    tell(
        users=[row.user],
        key=f"delivery-{delivery.pk}",
        kind="reporting.delivery",
        title=title,
        body=body,
        link=reverse("files:centre"),
    )


@transaction.atomic
def _end_of_closed_accounts() -> None:
    closed = User.objects.filter(is_active=False)
    for row in Subscription.objects.filter(ended_at__isnull=True, user__in=closed).select_related("unit"):
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        _record("ended", row, SYSTEM, f"“{row}”的订阅随账号停用结束")


def _record(act: str, row: Subscription, by: Any, summary: str) -> None:
    record(
        kind=f"reporting.subscription_{act}",
        by=by,
        unit=row.unit,
        obj=row,
        summary=summary,
        data={"kind": row.kind, "rhythm": row.rhythm, "day": row.day, "params": row.params},
    )
