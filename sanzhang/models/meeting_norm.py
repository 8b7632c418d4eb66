"""How many meetings a province expects of the bodies of a level."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import MeetingKind


class MeetingNormQuerySet(ScopedQuerySet):
    unit_path = "owner"


class MeetingNorm(models.Model):
    """So many meetings of one kind in so many years at one level (Jilin 二(一)1: meetings are held on time)."""

    owner = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="meeting_norms")
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    kind = models.CharField("会议", max_length=10, choices=MeetingKind.choices)
    times = models.PositiveSmallIntegerField("次数")
    years = models.PositiveSmallIntegerField("年数", default=1)
    set_at = models.DateTimeField(default=clock.now, editable=False)
    set_by = models.CharField(max_length=120, blank=True, editable=False)

    objects = MeetingNormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议次数要求"
        ordering = ["level", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "level", "kind"], name="sanzhang_meeting_norm_once"),
            models.CheckConstraint(
                condition=Q(times__range=(1, 24)) & Q(years__range=(1, 5)),
                name="sanzhang_meeting_norm_is_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}{self.get_kind_display()}{self.words}"

    @property
    def words(self) -> str:
        """每年2次, 每5年1次."""
        return f"每年{self.times}次" if self.years == 1 else f"每{self.years}年{self.times}次"
