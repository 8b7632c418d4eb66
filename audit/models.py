"""One row per act. No foreign keys, so that the record neither blocks nor follows the life of what it speaks of."""

from __future__ import annotations

from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import clock


class AuditQuerySet(models.QuerySet):
    def about(self, label: str, pk: Any) -> Self:
        """Events on one object, newest first."""
        return self.filter(object_label=label, object_id=str(pk)).order_by("-id")

    def update(self, **kwargs: Any) -> int:
        raise TypeError("审计记录不可修改")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("审计记录不可删除")


class AuditEvent(models.Model):
    """Who did what to what, when, from where, with what before and after."""

    at = models.DateTimeField("时间", default=clock.now, db_index=True)
    kind = models.CharField("事项", max_length=60, db_index=True)
    actor_id = models.BigIntegerField("操作人编号", null=True, blank=True, db_index=True)
    actor_label = models.CharField("操作人", max_length=120)
    unit_id = models.BigIntegerField("所涉单位编号", null=True, blank=True, db_index=True)
    unit_label = models.CharField("所涉单位", max_length=200, blank=True)
    object_label = models.CharField("对象类型", max_length=60, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    summary = models.CharField("摘要", max_length=500)
    data = models.JSONField("明细", default=dict, encoder=DjangoJSONEncoder)
    ip = models.GenericIPAddressField("来源地址", null=True, blank=True)

    #: The row acted on, for who listens within the same transaction; never stored.
    subject: Any = None

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_label", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_label} {self.summary}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("审计记录不可修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("审计记录不可删除")
