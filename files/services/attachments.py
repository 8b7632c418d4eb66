"""Taking files in, and off again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core import clock
from core.errors import Conflict, DomainError
from files.inspection import Inspected, inspect, sha256_of
from files.models import Attachment

#: How many files one row may hold of one kind.
MOST = 9


@transaction.atomic
def attach(
    *,
    owner: Any,
    unit: Any,
    upload: UploadedFile,
    kind: str = "",
    by: Any,
    most: int = MOST,
    inspected: Inspected | None = None,
) -> Attachment:
    """Keep ``upload`` with ``owner`` (a saved row) of ``unit``; ``inspected`` where the caller has read it as what it is.

    Raises :class:`DomainError` with field ``file`` for a kind, size or content that is not taken, or one too many.
    Who may attach is the caller's rule; who may open it is the door registered for the owner's label.
    """
    size = upload.size or 0
    if inspected is None:
        inspected = inspect(upload, name=upload.name or "", size=size, limit=settings.UPLOAD_MAX_BYTES)
    if Attachment.objects.of(owner).filter(kind=kind).count() >= most:
        raise DomainError.of("too_many_files", f"最多上传 {most} 个文件，请先移除不需要的。", "file")
    attachment = Attachment(
        owner_label=owner._meta.label_lower,
        owner_id=str(owner.pk),
        kind=kind,
        unit_id=unit.pk,
        name=inspected.name,
        content_type=inspected.content_type,
        size=size,
        sha256=sha256_of(upload),
        uploaded_by_id=by.pk,
        uploaded_by_label=by.actor_label[:120],
        uploaded_at=clock.now(),
    )
    attachment.file.save(inspected.name, upload, save=False)
    attachment.save()
    record(
        kind="files.attached",
        by=by,
        unit=unit,
        obj=attachment,
        summary=f"上传“{attachment.name}”",
        data={"owner": f"{attachment.owner_label}:{attachment.owner_id}", "sha256": attachment.sha256},
    )
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: Any) -> Attachment:
    """Take a file off its row. The stored bytes and the record of them stay."""
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if attachment.removed_at is not None:
        raise Conflict.of("file_removed", f"“{attachment.name}”已被移除。")
    attachment.removed_at = clock.now()
    attachment.save(update_fields=["removed_at"])
    record(
        kind="files.removed",
        by=by,
        unit_id=attachment.unit_id,
        obj=attachment,
        summary=f"移除“{attachment.name}”",
    )
    return attachment
