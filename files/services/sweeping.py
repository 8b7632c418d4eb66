"""What beat does for exports and imports every minute: start again what stalled, clear away what is old."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from audit.services import record
from core import clock
from core.actor import SYSTEM
from core.jobs import enqueue
from files.models import ExportJob, ExportState, ImportJob, ImportState
from files.services import imports
from files.services.exports import TASK
from files.services.running import ATTEMPTS, STALE_AFTER, TOO_OFTEN


def sweep_exports() -> tuple[int, int]:
    """Send stalled jobs again (at most three attempts each) and expire old files; how many of each."""
    return _resend(), _expire()


def _stalled(unfinished: QuerySet[Any]) -> QuerySet[Any]:
    """Those that gave no sign of life for too long, held until the end of the transaction."""
    stale = clock.now() - STALE_AFTER
    silent = Q(heartbeat_at__lt=stale) | Q(heartbeat_at__isnull=True, created_at__lt=stale)
    return unfinished.filter(silent).select_for_update(skip_locked=True).order_by("created_at")[:200]


@transaction.atomic
def _resend() -> int:
    sent = 0
    for job in _stalled(ExportJob.objects.unfinished()):
        job.heartbeat_at = clock.now()
        if job.cancel_requested:
            job.state, job.finished_at = ExportState.CANCELLED, clock.now()
        elif job.attempts >= ATTEMPTS:
            job.state, job.error, job.finished_at = ExportState.FAILED, TOO_OFTEN, clock.now()
        else:
            job.state = ExportState.QUEUED
            enqueue(TASK, str(job.pk))
            sent += 1
        job.save(update_fields=["heartbeat_at", "state", "error", "finished_at"])
    return sent


def _expire() -> int:
    old = list(ExportJob.objects.filter(state=ExportState.DONE, expires_at__lt=clock.now())[:200])
    for job in old:
        with transaction.atomic():
            changed = ExportJob.objects.filter(pk=job.pk, state=ExportState.DONE).update(
                state=ExportState.EXPIRED, file=""
            )
            if changed:
                record(
                    kind="files.export_expired", by=SYSTEM, obj=job, summary=f"“{job.file_name}”已过期清除"
                )
                transaction.on_commit(partial(default_storage.delete, str(job.file.name)))
    return len(old)


#: A sheet that nobody confirmed is given up, and the bytes of one that is over are kept as long for questions.
KEEP_IMPORTS = dt.timedelta(days=30)
IMPORT_TOO_OFTEN = "处理过程多次中断，未导入任何内容；请把表格拆分后重试。"
BACK = {ImportState.CHECKING: ImportState.QUEUED, ImportState.APPLYING: ImportState.CONFIRMED}


def sweep_imports() -> tuple[int, int]:
    """Send stalled sheets again (at most three attempts each), clear away old ones; how many of each."""
    return _resend_imports(), _clear_imports()


@transaction.atomic
def _resend_imports() -> int:
    sent = 0
    for job in _stalled(ImportJob.objects.unfinished()):
        job.heartbeat_at = clock.now()
        if job.attempts >= ATTEMPTS:
            job.state, job.message, job.finished_at = ImportState.FAILED, IMPORT_TOO_OFTEN, clock.now()
        else:
            job.state = BACK.get(ImportState(job.state), ImportState(job.state))
            enqueue(imports.TASK, str(job.pk))
            sent += 1
        job.save(update_fields=["heartbeat_at", "state", "message", "finished_at"])
    return sent


def _clear_imports() -> int:
    """Give up what nobody confirmed, and delete the bytes of what is long over; the record stays."""
    long_ago = clock.now() - KEEP_IMPORTS
    waiting = [ImportState.READY, ImportState.FAULTY]
    ImportJob.objects.filter(state__in=waiting, checked_at__lt=long_ago).update(
        state=ImportState.DISCARDED, finished_at=clock.now()
    )
    old = list(ImportJob.objects.filter(finished_at__lt=long_ago).exclude(file="")[:200])
    for job in old:
        with transaction.atomic():
            if ImportJob.objects.filter(pk=job.pk).exclude(file="").update(file="", problems=[], preview=[]):
                transaction.on_commit(partial(default_storage.delete, str(job.file.name)))
    return len(old)
