"""给分管领导的汇报材料: drafted from the records, then put into the clerk's own words."""

from __future__ import annotations

from django.db import models

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet


class BriefingQuerySet(ScopedQuerySet):
    unit_path = "unit"


class Briefing(models.Model):
    """One text of one unit; the newest is offered for further editing."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="briefings", verbose_name="单位")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=20_000)
    drafted_on = models.DateField("数据截至")
    revision = models.PositiveIntegerField(default=1, editable=False)
    written_by = models.CharField("拟稿人", max_length=120, editable=False)
    written_at = models.DateTimeField("保存时间", default=clock.now, editable=False)

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇报材料"
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["unit", "-written_at"], name="sanzhang_briefing_unit")]

    def __str__(self) -> str:
        return self.title
