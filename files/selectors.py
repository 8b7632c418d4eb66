"""Which files a person sees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from files.models import Attachment, ExportJob, ExportState, ImportJob
from files.registry import may_download, may_open


def jobs_of(user: Any) -> QuerySet[ExportJob]:
    """The person's own export jobs, newest first."""
    return ExportJob.objects.of(user).order_by("-created_at")


def jobs_of_unit(unit: Any) -> QuerySet[ExportJob]:
    """What people of ``unit`` asked for: who, what and when, never the content."""
    found = ExportJob.objects.filter(unit_id=unit.pk).order_by("-created_at")
    return found.defer("params", "basis", "file")


def job_of(user: Any, job_id: UUID | str) -> ExportJob | None:
    return jobs_of(user).filter(pk=job_id).first()


def downloadable(user: Any, job_id: UUID | str) -> ExportJob | None:
    """A finished job of the person's own whose content is still open to them."""
    job = jobs_of(user).filter(pk=job_id, state=ExportState.DONE).exclude(file="").first()
    return job if job is not None and may_download(user, job) else None


def imports_of(user: Any) -> QuerySet[ImportJob]:
    """The sheets that the person brought in, newest first, without the bulk of their findings."""
    return ImportJob.objects.of(user).defer("problems", "preview").order_by("-created_at")


def import_of(user: Any, job_id: UUID | str) -> ImportJob | None:
    return ImportJob.objects.of(user).filter(pk=job_id).first()


def attachment_open_to(user: Any, attachment_id: UUID | str) -> Attachment | None:
    attachment = Attachment.objects.filter(pk=attachment_id, removed_at__isnull=True).first()
    return attachment if attachment is not None and may_open(user, attachment) else None
