"""What a unit is to reach by a day: set by the level above, kept with every change of mind."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from reporting.models.form import Indicator


class TargetQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """The latest word on each target."""
        return self.filter(ended_at__isnull=True)

    def as_known(self, instant: dt.datetime) -> Self:
        """What had been set, and not yet changed, at ``instant``."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=instant), set_at__lte=instant)


class Target(models.Model):
    """One value that ``unit`` is to reach in one indicator by ``due_on``; ratios in percent.

    A changed target ends the row and begins another, so that a past month is weighed against what was asked then.
    ``begins_on`` and ``baseline`` are where the straight path to the target starts.
    """

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="targets", verbose_name="单位", db_index=False
    )
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", verbose_name="指标")
    due_on = models.DateField("完成时限")
    value = models.DecimalField("目标值", max_digits=18, decimal_places=2)
    begins_on = models.DateField("起算日期")
    baseline = models.DecimalField("起点数", max_digits=18, decimal_places=4, null=True, blank=True)
    set_by = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="下达单位")
    basis = models.CharField("依据", max_length=200, blank=True)
    set_at = models.DateTimeField("下达时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, editable=False)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True, editable=False)
    ended_by = models.CharField("终止人", max_length=120, blank=True, editable=False)

    objects: ClassVar[Any] = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "due_on"],
                condition=Q(ended_at__isnull=True),
                name="reporting_target_current_once",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="reporting_target_not_negative"),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("begins_on")), name="reporting_target_due_after_beginning"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("set_at")),
                name="reporting_target_ends_after_setting",
            ),
        ]
        indexes = [models.Index(fields=["unit", "indicator", "due_on"], name="reporting_target_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit} {self.indicator} {self.due_on:%Y-%m-%d} {self.value.normalize():f}"

    @property
    def is_current(self) -> bool:
        return self.ended_at is None


#: Units that targets are set for: townships are asked for nothing by number (减负).
TARGETED_LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
