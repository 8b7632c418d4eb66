"""Sheets of a report that were printed, stamped and scanned: each tied to exactly what stood on it."""

from __future__ import annotations

from django.db import models

from core import clock
from reporting.choices import SheetReading
from reporting.models.report import Report


class StampedSheet(models.Model):
    """One sheet of one report on a scan. ``digest`` is that of the sheet's content when it was printed: the sheet counts
    as long as the report still says the same there. Rows are only added; of a sheet the newest counts."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="stamped_sheets")
    sheet = models.SlugField("页", max_length=40)
    digest = models.CharField("内容校验值", max_length=64)
    code = models.CharField("版本编号", max_length=16)
    attachment_id = models.UUIDField("扫描件")
    reading = models.CharField("编号来源", max_length=8, choices=SheetReading.choices)
    at = models.DateTimeField("上传时间", default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("上传人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "盖章页"
        ordering = ["report_id", "at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "sheet", "attachment_id"], name="reporting_sheet_once_a_scan"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.code}"
