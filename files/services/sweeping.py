"""What beat does for exports every minute: start again what stalled, clear away what is old."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from audit.services import record
from core import clock
from core.actor import SYSTEM
from core.jobs import enqueue
from files.models import ExportJob, ExportState
from files.services.exports import TASK
from files.services.running import ATTEMPTS, STALE_AFTER, TOO_OFTEN


def sweep_exports() -> tuple[int, int]:
    """Send stalled jobs again (at most three attempts each) and expire old files; how many of each."""
    return _resend(), _expire()


@transaction.atomic
def _resend() -> int:
    stale = clock.now() - STALE_AFTER
    stalled = (
        ExportJob.objects.select_for_update(skip_locked=True)
        .unfinished()
        .filter(Q(heartbeat_at__lt=stale) | Q(heartbeat_at__isnull=True, created_at__lt=stale))
        .order_by("created_at")[:200]
    )
    sent = 0
    for job in stalled:
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
