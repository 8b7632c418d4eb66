"""免报 and 缓报 as they were granted: who, why, until when; and by whom, when and why they were withdrawn."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from reporting.choices import ExcuseKind
from reporting.models.report import Report


class ExcuseQuerySet(models.QuerySet):
    """Seen with the report that they are for."""

    def visible_to(self, user: Any, permission: Any) -> Self:
        return self.filter(report__in=Report.objects.visible_to(user, permission))

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(lifted_at__isnull=True)


class Excuse(models.Model):
    """One exemption or extension of one report. What holds now stands on the report itself, where deadlines are reckoned;
    rows here are added and ended together with it, and never changed."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="excuses")
    kind = models.CharField("事项", max_length=8, choices=ExcuseKind.choices)
    reason = models.CharField("原因", max_length=200)
    until = models.DateTimeField("缓报至", null=True, blank=True)
    granted_at = models.DateTimeField("批准时间", default=clock.now)
    granted_by = models.CharField("批准人", max_length=120)
    lifted_at = models.DateTimeField("撤销时间", null=True, blank=True)
    lifted_by = models.CharField("撤销人", max_length=120, blank=True)
    lifted_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缓报免报"
        ordering = ["report_id", "granted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind"], condition=Q(lifted_at__isnull=True), name="reporting_excuse_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="deferred", until__isnull=False) | Q(kind="exempt", until__isnull=True),
                name="reporting_excuse_until_a_day",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reporting_excuse_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by="", lifted_reason="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lifted_reason=""),
                name="reporting_excuse_lifted_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}{self.get_kind_display()}"
