"""Looking through a sheet and applying it, in a worker: as the person who brought it, all of it or nothing."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from audit.services import record
from core import clock
from core.errors import DomainError
from core.memory import uncollected
from core.roundtrip import Plan
from files.models import ImportJob, ImportState
from files.registry import Importer
from files.services.imports import allowed_importer

logger = logging.getLogger("kexie.files")

PULSE_EVERY = 1.0
#: Findings kept with the job; a person reads no more, and the counts tell how many there are.
KEPT = 2_000
NEXT = {ImportState.QUEUED: ImportState.CHECKING, ImportState.CONFIRMED: ImportState.APPLYING}
MOVED = "您核对之后数据又有变化，尚未导入任何内容。请按下面新的预览重新确认。"


class ImportGivenUp(Exception):
    """The user gave up, or another worker has taken the job over: stop and leave nothing."""


def run_import(*, job_id: UUID | str) -> None:
    """Do the next step of one job. Called twice, or late, it does nothing; every end of it is written on the job."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        with _pulse(job) as report, uncollected():
            importer, user = _who(job)
            if job.state == ImportState.CHECKING:
                _check(job, importer, user, report)
            else:
                _apply(job, importer, user, report)
    except ImportGivenUp:
        logger.info("import %s was given up", job.pk)
    except DomainError as refused:
        _fail(job, str(refused))
    except SoftTimeLimitExceeded:
        _fail(job, "处理时间过长，已停止，未导入任何内容；请把表格拆分后重试。")
    except Exception:
        logger.exception("import %s (%s) failed", job.pk, job.kind)
        _fail(
            job,
            f"处理时出现内部错误，未导入任何内容；请重试，仍不成功请将编号 {job.pk.hex[:8]} 告知系统管理员。",
        )


@transaction.atomic
def _claim(job_id: UUID | str) -> ImportJob | None:
    """The job, if it waits for a worker; ``attempts`` then tells this run from those before and after it."""
    job = (
        ImportJob.objects.select_for_update(skip_locked=True)
        .filter(pk=job_id, state__in=[state.value for state in NEXT])
        .first()
    )
    if job is None:
        return None
    job.state = NEXT[ImportState(job.state)]
    job.attempts += 1
    job.heartbeat_at = clock.now()
    job.done = job.total = 0
    job.step = "正在读取表格"
    job.save(update_fields=["state", "attempts", "heartbeat_at", "done", "total", "step"])
    return job


def _mine(job: ImportJob) -> Any:
    return ImportJob.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)


def _who(job: ImportJob) -> tuple[Importer, Any]:
    user = get_user_model().objects.filter(pk=job.requested_by_id, is_active=True).first()
    if user is None:
        raise DomainError.of("import_not_allowed", "上传人的账号已停用，未导入。")
    return allowed_importer(job.kind, job.params, user), user


def _check(job: ImportJob, importer: Importer, user: Any, report: _Reporter) -> None:
    with job.file.open("rb") as file:
        plan = importer.read(user, job.params, file, report, False)
    if not _show(job, plan):
        raise ImportGivenUp


def _apply(job: ImportJob, importer: Importer, user: Any, report: _Reporter) -> None:
    """One transaction: read anew with the rows held, and applied only if that is what was confirmed."""
    with transaction.atomic():
        with job.file.open("rb") as file:
            plan = importer.read(user, job.params, file, report, True)
        if not plan.can_apply or plan.digest != job.digest:
            _show(job, plan, MOVED)
            return
        message = importer.apply(user, job.params, plan, report)
        applied = _mine(job).update(
            state=ImportState.APPLIED, message=message[:500], step="", finished_at=clock.now()
        )
        if not applied:
            raise ImportGivenUp
        record(
            kind="files.import_applied",
            by=user,
            unit_id=job.unit_id,
            obj=job,
            summary=f"导入“{job.file_name}”：{message}"[:200],
            data={"kind": job.kind, "counts": job.counts, "sha256": job.sha256, "digest": job.digest},
        )


def _show(job: ImportJob, plan: Plan, message: str = "") -> int:
    """Write on the job what the file would do, or what is wrong with it."""
    if not plan.problems and not plan.changes:
        message = "表中没有需要导入的改动。"
    state = ImportState.READY if plan.can_apply else ImportState.FAULTY
    return _mine(job).update(
        state=state,
        message=message,
        step="",
        checked_at=clock.now(),
        digest=plan.digest if plan.can_apply else "",
        counts={
            "rows": len(plan.changes) + plan.unchanged,
            "changed": len(plan.changes) - len(plan.additions),
            "added": len(plan.additions),
            "cells": sum(len(change.cells) for change in plan.changes),
            "unchanged": plan.unchanged,
            "problems": len(plan.problems),
        },
        problems=[[each.sheet, each.row, each.column, each.message] for each in plan.problems[:KEPT]],
        preview=[
            [change.row, change.name, [[cell.label, cell.old, cell.new] for cell in change.cells]]
            for change in plan.changes[:KEPT]
        ],
        notes=plan.notes,
    )


def _fail(job: ImportJob, message: str) -> None:
    _mine(job).update(state=ImportState.FAILED, message=message[:500], step="", finished_at=clock.now())


class _Reporter:
    """The importer's way to say how far it is; another thread writes it down, since a transaction may be open here."""

    def __init__(self) -> None:
        self.now: tuple[int, int, str] = (0, 0, "正在读取表格")

    def __call__(self, done: int, total: int, step: str = "") -> None:
        self.now = (done, total, step[:120])


@contextlib.contextmanager
def _pulse(job: ImportJob) -> Iterator[_Reporter]:
    """Write progress and heartbeat each second, on a connection of its own."""
    over = threading.Event()
    report = _Reporter()

    def beat() -> None:
        try:
            while not over.wait(PULSE_EVERY):
                done, total, step = report.now
                _mine(job).update(done=done, total=total, step=step, heartbeat_at=clock.now())
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"pulse-{job.pk}", daemon=True)
    thread.start()
    try:
        yield report
    finally:
        over.set()
        thread.join()
