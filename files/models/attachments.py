"""Attachments: owners, units and people are ids and labels, since this floor knows none of them."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models

from core import clock


def attachment_path(attachment: Attachment, filename: str) -> str:
    return f"attachments/{attachment.uploaded_at:%Y/%m}/{attachment.id}"


class AttachmentQuerySet(models.QuerySet):
    def of(self, owner: Any) -> Self:
        """Attachments of one row that have not been taken off it."""
        return self.filter(
            owner_label=owner._meta.label_lower, owner_id=str(owner.pk), removed_at__isnull=True
        )


class Attachment(models.Model):
    """One uploaded file, stored under its id, served under its given name through the download door."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_label = models.CharField(max_length=60)
    owner_id = models.CharField(max_length=64)
    kind = models.CharField("类别", max_length=40, blank=True)
    unit_id = models.BigIntegerField("所属单位编号", db_index=True)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=120)
    size = models.BigIntegerField("字节数")
    sha256 = models.CharField("校验值", max_length=64)
    file = models.FileField(upload_to=attachment_path)
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_by_label = models.CharField("上传人", max_length=120)
    uploaded_at = models.DateTimeField("上传时间", default=clock.now)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["uploaded_at", "name"]
        indexes = [models.Index(fields=["owner_label", "owner_id"], name="files_attachment_owner")]

    def __str__(self) -> str:
        return self.name
