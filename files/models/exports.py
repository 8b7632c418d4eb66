"""Export jobs: files asked for, made by a worker, kept for a while."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core import clock


def export_path(job: ExportJob, filename: str) -> str:
    return f"exports/{job.created_at:%Y/%m}/{job.id}"


class ExportState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "生成中"
    DONE = "done", "已生成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"


class ExportQuerySet(models.QuerySet):
    def of(self, user: Any) -> Self:
        return self.filter(requested_by_id=user.pk)

    def unfinished(self) -> Self:
        return self.filter(state__in=[ExportState.QUEUED, ExportState.RUNNING])


class ExportJob(models.Model):
    """One file asked for: what, by whom, from which figures, how far it is, until when it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=60)
    title = models.CharField("名称", max_length=200)
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    requested_by_id = models.BigIntegerField(db_index=True)
    requested_by_label = models.CharField("申请人", max_length=120)
    unit_id = models.BigIntegerField("所属单位编号", null=True, db_index=True)
    state = models.CharField("状态", max_length=12, choices=ExportState.choices, default=ExportState.QUEUED)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    step = models.CharField("当前步骤", max_length=120, blank=True)
    error = models.CharField("失败原因", max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    file = models.FileField(upload_to=export_path, blank=True)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    size = models.BigIntegerField("字节数", default=0)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    basis = models.JSONField("数据依据", default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField("申请时间", default=clock.now)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    expires_at = models.DateTimeField("过期时间", null=True, blank=True)
    downloads = models.PositiveIntegerField("下载次数", default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出任务"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(sha256="") & Q(finished_at__isnull=False)),
                name="files_done_export_has_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        """Whole percent done, 0 to 100."""
        if self.state == ExportState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_finished(self) -> bool:
        return self.state not in (ExportState.QUEUED, ExportState.RUNNING)
