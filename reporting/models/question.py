"""Questions that somebody put to the figures and keeps under a name."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from core import clock
from orgs.models import OrgUnit
from reporting.choices import Sharing


class SavedQuestionQuerySet(models.QuerySet):
    def offered_to(self, user: Any) -> Self:
        """One's own, those that the unit in use shares, and those shared with all units of its level."""
        unit = user.unit
        if unit is None:
            return self.none()
        of_level = Q(sharing=Sharing.LEVEL, unit__level=unit.level, unit__province=unit.province_id)
        return self.filter(Q(owner=user) | Q(sharing=Sharing.UNIT, unit=unit) | of_level)


class SavedQuestion(models.Model):
    """One pivot as its address says it. Who opens it sees it over the figures that they may see."""

    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="saved_questions", verbose_name="保存人"
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("名称", max_length=40)
    query = models.CharField("查询条件", max_length=2000)
    sharing = models.CharField("共享范围", max_length=6, choices=Sharing.choices, default=Sharing.OWN)
    saved_at = models.DateTimeField("保存时间", default=clock.now)

    objects = SavedQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自助查询"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="reporting_question_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
