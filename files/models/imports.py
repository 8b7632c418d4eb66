"""Import jobs: a sheet that came back, what it would do, and that it was done."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core import clock


def import_path(job: ImportJob, filename: str) -> str:
    return f"imports/{job.created_at:%Y/%m}/{job.id}"


class ImportState(models.TextChoices):
    QUEUED = "queued", "等待核对"
    CHECKING = "checking", "正在核对"
    FAULTY = "faulty", "有错误"
    READY = "ready", "待确认"
    CONFIRMED = "confirmed", "等待导入"
    APPLYING = "applying", "正在导入"
    APPLIED = "applied", "已导入"
    FAILED = "failed", "失败"
    DISCARDED = "discarded", "已放弃"


#: Waiting for a worker or with one.
UNFINISHED = (ImportState.QUEUED, ImportState.CHECKING, ImportState.CONFIRMED, ImportState.APPLYING)
#: Nothing more will come of it.
OVER = (ImportState.APPLIED, ImportState.FAILED, ImportState.DISCARDED)


class ImportQuerySet(models.QuerySet):
    def of(self, user: Any) -> Self:
        return self.filter(requested_by_id=user.pk)

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)


class ImportJob(models.Model):
    """One sheet brought in: what kind, by whom, what it would change, whether it was applied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=60)
    title = models.CharField("名称", max_length=200)
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    requested_by_id = models.BigIntegerField(db_index=True)
    requested_by_label = models.CharField("上传人", max_length=120)
    unit_id = models.BigIntegerField("所属单位编号", null=True, db_index=True)
    state = models.CharField("状态", max_length=12, choices=ImportState.choices, default=ImportState.QUEUED)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    step = models.CharField("当前步骤", max_length=120, blank=True)
    message = models.CharField("结果", max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to=import_path, blank=True)
    file_name = models.CharField("文件名", max_length=200)
    size = models.BigIntegerField("字节数", default=0)
    sha256 = models.CharField("校验值", max_length=64)
    counts = models.JSONField("行数", default=dict, encoder=DjangoJSONEncoder)
    problems = models.JSONField("问题", default=list, encoder=DjangoJSONEncoder)
    preview = models.JSONField("变更", default=list, encoder=DjangoJSONEncoder)
    notes = models.JSONField("说明", default=list, encoder=DjangoJSONEncoder)
    digest = models.CharField("变更校验值", max_length=64, blank=True)
    created_at = models.DateTimeField("上传时间", default=clock.now)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入任务"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OVER, finished_at__isnull=False)
                | (~Q(state__in=OVER) & Q(finished_at__isnull=True)),
                name="files_finished_import_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "confirmed", "applying", "applied"]) | ~Q(digest=""),
                name="files_confirmable_import_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.file_name}）"

    @property
    def percent(self) -> int:
        """Whole percent of the present step, 0 to 99."""
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_running(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_over(self) -> bool:
        return self.state in OVER
