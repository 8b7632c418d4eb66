"""履职规范: how much is expected of whom in a year; one version a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import DutyItem, Position

ITEMS = {
    DutyItem.MEETING: "meetings",
    DutyItem.ACTIVITY: "activities",
    DutyItem.SURVEY: "surveys",
    DutyItem.PROPOSAL: "proposals",
}


class DutyStandard(models.Model):
    """The province's standard of one year, with the share that may be graded 优秀."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="duty_standards", verbose_name="制定单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    excellent_percent = models.PositiveSmallIntegerField("优秀比例上限（%）", default=20)
    note = models.CharField("说明", max_length=300, blank=True)
    saved_at = models.DateTimeField(default=clock.now, editable=False)
    saved_by = models.CharField("制定人", max_length=120, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "履职规范"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "year"], name="sanzhang_standard_once_a_year"),
            models.CheckConstraint(
                condition=Q(excellent_percent__range=(0, 100)), name="sanzhang_excellent_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年履职规范"


class DutyLine(models.Model):
    """The least of one position at one level in a year."""

    standard = models.ForeignKey(DutyStandard, on_delete=models.CASCADE, related_name="lines")
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    position = models.CharField("职务", max_length=16, choices=Position.choices)
    meetings = models.PositiveSmallIntegerField("会议", default=0)
    activities = models.PositiveSmallIntegerField("活动", default=0)
    surveys = models.PositiveSmallIntegerField("调研", default=0)
    proposals = models.PositiveSmallIntegerField("建议", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "履职要求"
        ordering = ["level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "level", "position"], name="sanzhang_duty_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.standard} {self.get_level_display()}{self.get_position_display()}"

    def least(self) -> dict[str, int]:
        """The least of each :class:`DutyItem`."""
        return {item.value: getattr(self, column) for item, column in ITEMS.items()}
