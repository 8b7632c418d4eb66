"""The trace that every file leaves on its way out."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from audit.services import record
from files.models import Attachment, ExportJob


def open_attachment(*, attachment: Attachment, by: Any) -> None:
    """Put on record that ``by`` opened the file; whether they may was asked at the door."""
    record(
        kind="files.opened",
        by=by,
        unit_id=attachment.unit_id,
        obj=attachment,
        summary=f"打开附件“{attachment.name}”",
        data={"owner": f"{attachment.owner_label}:{attachment.owner_id}"},
    )


@transaction.atomic
def open_export(*, job: ExportJob, by: Any) -> None:
    """Count the download and put it on record, with the checksum of what went out."""
    ExportJob.objects.filter(pk=job.pk).update(downloads=F("downloads") + 1)
    record(
        kind="files.export_downloaded",
        by=by,
        unit_id=job.unit_id,
        obj=job,
        summary=f"下载“{job.file_name}”",
        data={"kind": job.kind, "params": job.params, "sha256": job.sha256},
    )
