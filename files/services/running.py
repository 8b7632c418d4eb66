"""Making a file, in a worker: claimed by one, as the person who asked, never half done."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from audit.services import record
from core import clock
from core.errors import DomainError
from files.models import ExportJob, ExportState, export_path
from files.registry import Built, Exporter, exporter_of

logger = logging.getLogger("kexie.files")

STALE_AFTER = dt.timedelta(seconds=90)
ATTEMPTS = 3
REPORT_EVERY = 0.5
PULSE_EVERY = 20.0
TOO_OFTEN = "生成过程多次中断，请缩小导出范围后重试；仍不成功请联系系统管理员。"


class ExportCancelled(Exception):
    """The user gave up, or another worker has taken the job over: stop and leave nothing."""


def run_export(*, job_id: UUID | str) -> None:
    """Make the file of one job. Called twice, or late, it does nothing; every end of it is written on the job."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        with _pulse(job), tempfile.TemporaryDirectory(prefix="export-") as folder:
            _make(job, Path(folder) / "file")
    except ExportCancelled:
        _end(job, ExportState.CANCELLED)
    except DomainError as refused:
        _end(job, ExportState.FAILED, str(refused))
    except SoftTimeLimitExceeded:
        _end(job, ExportState.FAILED, "生成时间过长，已停止；请缩小导出范围后重试。")
    except Exception:
        logger.exception("export %s (%s) failed", job.pk, job.kind)
        _end(
            job,
            ExportState.FAILED,
            f"生成时出现内部错误，请重试；仍不成功请将编号 {job.pk.hex[:8]} 告知系统管理员。",
        )


@transaction.atomic
def _claim(job_id: UUID | str) -> ExportJob | None:
    """The job, if it waits for a worker; ``attempts`` then tells this run from those before and after it."""
    job = (
        ExportJob.objects.select_for_update(skip_locked=True)
        .filter(pk=job_id, state=ExportState.QUEUED, cancel_requested=False)
        .first()
    )
    if job is None:
        return None
    now = clock.now()
    job.attempts += 1
    job.state = ExportState.RUNNING
    job.started_at = job.heartbeat_at = now
    job.done = job.total = 0
    job.step = "正在准备数据"
    job.save(update_fields=["attempts", "state", "started_at", "heartbeat_at", "done", "total", "step"])
    return job


def _mine(job: ExportJob) -> Any:
    return ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING, attempts=job.attempts)


def _make(job: ExportJob, path: Path) -> None:
    exporter = exporter_of(job.kind)
    user = get_user_model().objects.filter(pk=job.requested_by_id, is_active=True).first()
    if exporter is None or user is None or not exporter.allowed(user, job.params):
        raise DomainError.of("export_not_allowed", "您已没有导出这些数据的权限，文件未生成。")
    built = exporter.build(user, job.params, str(path), _Reporter(job))
    _mine(job).update(step="正在保存文件", heartbeat_at=clock.now())
    digest = _sha256(path)
    with path.open("rb") as made:
        stored = default_storage.save(export_path(job, built.file_name), File(made))
    try:
        _deliver(job, exporter, user, built, stored, path.stat().st_size, digest)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def _deliver(
    job: ExportJob, exporter: Exporter, user: Any, built: Built, stored: str, size: int, digest: str
) -> None:
    now = clock.now()
    delivered = (
        _mine(job)
        .filter(cancel_requested=False)
        .update(
            state=ExportState.DONE,
            file=stored,
            file_name=built.file_name[:200],
            size=size,
            sha256=digest,
            basis=built.basis,
            step="",
            finished_at=now,
            expires_at=now + dt.timedelta(days=settings.EXPORT_KEEP_DAYS),
        )
    )
    if not delivered:
        raise ExportCancelled
    record(
        kind="files.export_made",
        by=user,
        obj=job,
        summary=f"已生成“{built.file_name}”",
        data={"sha256": digest, "size": size, "basis": built.basis},
    )


def _end(job: ExportJob, state: ExportState, error: str = "") -> None:
    _mine(job).update(state=state, error=error[:500], step="", finished_at=clock.now())


def _sha256(path: Path) -> str:
    with path.open("rb") as made:
        return hashlib.file_digest(made, "sha256").hexdigest()


class _Reporter:
    """The exporter's way to say how far it is; writes at most twice a second."""

    def __init__(self, job: ExportJob) -> None:
        self.job = job
        self.last = 0.0

    def __call__(self, done: int, total: int, step: str = "") -> None:
        if time.monotonic() - self.last < REPORT_EVERY:
            return
        self.last = time.monotonic()
        mine = _mine(self.job).filter(cancel_requested=False)
        if not mine.update(done=done, total=total, step=step[:120], heartbeat_at=clock.now()):
            raise ExportCancelled


@contextlib.contextmanager
def _pulse(job: ExportJob) -> Iterator[None]:
    """Keep the heartbeat fresh through long steps that report nothing, such as laying out a PDF."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(PULSE_EVERY):
                _mine(job).update(heartbeat_at=clock.now())
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"pulse-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
