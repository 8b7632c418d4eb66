"""Export and import jobs as the pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from files.models import ExportJob, ExportState, ImportJob, ImportState

TONES = {
    ExportState.QUEUED: "neutral",
    ExportState.RUNNING: "primary",
    ExportState.DONE: "success",
    ExportState.FAILED: "danger",
    ExportState.CANCELLED: "neutral",
    ExportState.EXPIRED: "neutral",
}


@dataclass(frozen=True, slots=True)
class JobCard:
    """State, progress and addresses of one job."""

    label: str
    state: str
    tone: str
    message: str
    percent: int
    is_finished: bool
    is_done: bool
    is_failed: bool
    size: int
    sha256: str
    created_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    downloads: int = 0
    basis: list[tuple[str, Any]] | None = None
    status_url: str = ""
    download_url: str = ""
    cancel_url: str = ""
    retry_url: str = ""


def card_of(job: ExportJob) -> JobCard:
    """What ``components/export_progress.html`` and the export centre show of ``job``."""
    stopping = job.cancel_requested and not job.is_finished
    return JobCard(
        label=job.file_name or job.title,
        state="正在取消" if stopping else str(ExportState(job.state).label),
        tone=TONES[ExportState(job.state)],
        message=job.error or ("" if job.is_finished else job.step or "等待生成"),
        percent=job.percent,
        is_finished=job.is_finished,
        is_done=job.state == ExportState.DONE,
        is_failed=job.state == ExportState.FAILED,
        size=job.size,
        sha256=job.sha256,
        created_at=job.created_at,
        expires_at=job.expires_at,
        downloads=job.downloads,
        basis=list(job.basis.items()),
        status_url=reverse("files:status", args=[job.pk]),
        download_url=reverse("files:download", args=[job.pk]),
        cancel_url="" if job.is_finished or stopping else reverse("files:cancel", args=[job.pk]),
        retry_url=reverse("files:retry", args=[job.pk]) if job.is_finished else "",
    )


IMPORT_TONES = {
    ImportState.FAULTY: "danger",
    ImportState.READY: "warning",
    ImportState.APPLIED: "success",
    ImportState.FAILED: "danger",
    ImportState.DISCARDED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ImportCard:
    """State and counts of one sheet that was brought in."""

    title: str
    file_name: str
    state: str
    tone: str
    step: str
    percent: int
    message: str
    created_at: dt.datetime
    counts: dict[str, int]
    is_running: bool
    url: str


def import_card(job: ImportJob) -> ImportCard:
    """What the import pages show of ``job``."""
    return ImportCard(
        title=job.title,
        file_name=job.file_name,
        state=str(ImportState(job.state).label),
        tone=IMPORT_TONES.get(ImportState(job.state), "primary"),
        step=job.step or "等待处理",
        percent=job.percent,
        message=job.message,
        created_at=job.created_at,
        counts=job.counts,
        is_running=job.is_running,
        url=reverse("files:import_job", args=[job.pk]),
    )
