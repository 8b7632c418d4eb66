"""Meetings of the bodies: planned, held or called off; one meeting with its one paper elects many."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import MeetingKind


class MeetingQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def standing(self) -> Self:
        """Meetings that were not called off."""
        return self.filter(cancelled_at__isnull=True)

    def held(self) -> Self:
        return self.standing().filter(held_on__isnull=False)

    def overdue(self, today: dt.date) -> Self:
        """Planned for a day gone by and never recorded as held."""
        return self.standing().filter(held_on__isnull=True, planned_on__lt=today)

    def with_day(self) -> MeetingQuerySet:
        """Each with ``day``: when it was held, or is to be."""
        return self.annotate(day=Coalesce(F("held_on"), F("planned_on")))


class Meeting(models.Model):
    """A congress, a plenary or a standing committee meeting of one unit (Jilin 二(一)1: held on time)."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="meetings", verbose_name="单位")
    kind = models.CharField("会议", max_length=10, choices=MeetingKind.choices)
    session = models.PositiveSmallIntegerField("届", null=True, blank=True)
    ordinal = models.PositiveSmallIntegerField("次", null=True, blank=True)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    held_on = models.DateField("召开日期", null=True, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.CharField(max_length=120, blank=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ["-held_on", "-planned_on", "-id"]
        indexes = [
            models.Index(fields=["unit", "held_on"], name="sanzhang_meeting_held"),
            models.Index(
                fields=["planned_on"], condition=Q(held_on__isnull=True), name="sanzhang_meeting_planned"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | Q(held_on__isnull=False),
                name="sanzhang_meeting_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.association}{self.title}"

    @property
    def title(self) -> str:
        """第7届第3次全委会议."""
        session = f"第{self.session}届" if self.session else ""
        ordinal = f"第{self.ordinal}次" if self.ordinal else ""
        return f"{session}{ordinal}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("sanzhang:meeting", args=[self.pk])
