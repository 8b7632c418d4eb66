"""备案 of many seats at once: one letter to one authority, with its one paper."""

from __future__ import annotations

from django.db import models

from core import clock
from orgs.models import ScopedQuerySet
from sanzhang.models.meeting import Meeting


class FilingBatchQuerySet(ScopedQuerySet):
    unit_path = "meeting__unit"


class FilingBatch(models.Model):
    """One filing that covers people who took their seats at one meeting (Shandong 三.1 二)."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="filing_batches", verbose_name="会议"
    )
    authority = models.CharField("备案机关", max_length=80)
    number = models.CharField("备案号", max_length=60, blank=True)
    filed_on = models.DateField("备案日期")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.CharField(max_length=120, blank=True, editable=False)

    objects = FilingBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "集中备案"
        ordering = ["-filed_on", "-id"]

    def __str__(self) -> str:
        return f"{self.meeting} {self.authority}"
