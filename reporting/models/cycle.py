"""Cycles: one collection in one period, with the window, deadlines and words fixed when it opened."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from core.windows import Window, next_period, previous_period
from reporting.choices import CycleState, Rhythm, SignOffDemand
from reporting.models.collection import Collection
from reporting.models.form import FormVersion

#: What the report that comes every month is called: pages about it name the month alone.
MONTHLY = "月报"


class CycleQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(state=CycleState.OPEN)

    def principal(self) -> Self:
        """Of the collections that the wall chart, the targets and the bulletin speak of."""
        return self.filter(collection__is_principal=True)

    def of_year_until(self, cycle: Cycle) -> Self:
        """Cycles of the same collection and year up to and including ``cycle``."""
        return self.filter(
            collection=cycle.collection_id, period__year=cycle.period.year, period__lte=cycle.period
        )


class Cycle(models.Model):
    """One collection in one period. ``period`` is the first day of the month, quarter, half-year or year it is named
    after; of a one-off that of the month in which it is due. Rhythm, noun and sign-off are those of the opening day.

    ``is_whole``: every unit owed a report, so that each superior's report sums what lies directly below it.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="cycles")
    period = models.DateField("期")
    rhythm = models.CharField("周期", max_length=8, choices=Rhythm.choices, default=Rhythm.MONTH)
    noun = models.CharField("报表简称", max_length=20, default=MONTHLY)
    sign_off = models.CharField(
        "签批要求", max_length=8, choices=SignOffDemand.choices, default=SignOffDemand.AS_SET
    )
    is_whole = models.BooleanField("全部单位填报", default=True)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="cycles")
    window_first = models.DateField("统计期起")
    window_last = models.DateField("统计期止")
    township_due = models.DateField("乡镇截止日期")
    county_due = models.DateField("县级截止日期")
    city_due = models.DateField("市级截止日期")
    settles_at = models.DateTimeField("省级审定时间")
    opened_at = models.DateTimeField("开放时间", default=clock.now)
    state = models.CharField("状态", max_length=8, choices=CycleState.choices, default=CycleState.OPEN)
    facts_at = models.DateTimeField("台账取数时间", null=True, blank=True)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    locked_by = models.CharField("锁定人", max_length=120, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "期"
        ordering = ["-period"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "period"], name="reporting_cycle_once"),
            models.CheckConstraint(
                condition=Q(state="open", locked_at__isnull=True)
                | Q(state="locked", locked_at__isnull=False),
                name="reporting_locked_at_a_time",
            ),
            models.CheckConstraint(condition=Q(period__day=1), name="reporting_period_is_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.label}{self.collection.name}"

    @property
    def label(self) -> str:
        """2026年11月, 2026年第四季度, 2026年下半年, 2026年度; of a one-off its year."""
        return period_label(self.period, self.rhythm)

    @property
    def title(self) -> str:
        """2026年11月月报, 2026年第四季度普查: what people call a report of this cycle."""
        return f"{self.label}{self.noun}"

    @property
    def heading(self) -> str:
        """What stands before a page's own name: 2026年11月(报送质量); what is not the monthly report is named."""
        return self.label if self.noun == MONTHLY else self.title

    @property
    def beat(self) -> Rhythm:
        """The rhythm with its words: 本月, 上月, 去年同月."""
        return Rhythm(self.rhythm)

    @property
    def previous_period(self) -> dt.date | None:
        """The period before; a one-off has none."""
        months = self.beat.months
        return previous_period(self.period, months) if months else None

    @property
    def next_period(self) -> dt.date | None:
        """The period after; a one-off has none."""
        months = self.beat.months
        return next_period(self.period, months) if months else None

    @property
    def year_ago_period(self) -> dt.date:
        return self.period.replace(year=self.period.year - 1)

    @property
    def window(self) -> Window:
        return Window(self.window_first, self.window_last)

    @property
    def is_locked(self) -> bool:
        return self.state == CycleState.LOCKED


def period_label(period: dt.date, rhythm: str) -> str:
    """A period in words."""
    year = f"{period.year}年"
    if rhythm == Rhythm.MONTH:
        return f"{year}{period.month}月"
    if rhythm == Rhythm.QUARTER:
        return f"{year}第{'一二三四'[(period.month - 1) // 3]}季度"
    if rhythm == Rhythm.HALF:
        return f"{year}{'上' if period.month <= 6 else '下'}半年"
    return f"{year}度" if rhythm == Rhythm.YEAR else year
