"""Collections (who reports what, how often, by when) and their cycles."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.windows import Window
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import CycleState, EntryMode, SignOffMode
from reporting.models.form import Form, FormVersion


class Collection(models.Model):
    """A standing order to report: form, rhythm, window, deadlines. All days are days of the period's month."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="collections", verbose_name="布置单位"
    )
    key = models.SlugField("代号", max_length=40)
    name = models.CharField("名称", max_length=80)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="collections", verbose_name="报表")
    window_first_day = models.PositiveSmallIntegerField("统计期起始日", default=20)
    township_day = models.PositiveSmallIntegerField("乡镇截止日", default=20)
    county_day = models.PositiveSmallIntegerField("县级截止日", default=22)
    city_day = models.PositiveSmallIntegerField("市级截止日", default=25)
    settle_day = models.PositiveSmallIntegerField("省级审定日", default=26)
    settle_time = models.TimeField("省级审定时间", default=dt.time(12, 0))
    lower_forward = models.BooleanField("下级截止日遇休息日提前", default=True)
    open_days_before = models.PositiveSmallIntegerField("统计期末前几天开放填报", default=5)
    first_period = models.DateField("首期")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报任务"
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="reporting_collection_once"),
            models.CheckConstraint(
                condition=Q(window_first_day__range=(1, 28), township_day__range=(1, 28))
                & Q(county_day__range=(1, 28), city_day__range=(1, 28), settle_day__range=(1, 28)),
                name="reporting_days_exist_in_every_month",
            ),
            models.CheckConstraint(
                condition=Q(township_day__lte=F("county_day"), county_day__lte=F("city_day"))
                & Q(city_day__lte=F("settle_day")),
                name="reporting_deadlines_climb",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def day_of(self, level: int) -> int:
        """Deadline day of the month for a level."""
        days = {Level.TOWNSHIP: self.township_day, Level.COUNTY: self.county_day, Level.CITY: self.city_day}
        return days.get(Level(level), self.settle_day)


class DeadlineOverride(models.Model):
    """A city's own earlier day for its counties or townships."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="overrides")
    city = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    day = models.PositiveSmallIntegerField("截止日")

    class Meta:
        verbose_name = verbose_name_plural = "市定截止日"
        constraints = [
            models.UniqueConstraint(fields=["collection", "city", "level"], name="reporting_override_once"),
            models.CheckConstraint(condition=Q(day__range=(1, 28)), name="reporting_override_day"),
        ]

    def __str__(self) -> str:
        return f"{self.city} {self.get_level_display()} {self.day}日"


class CalendarDay(models.Model):
    """A day off on a weekday, or a working day on a weekend, as the State Council arranges each year."""

    day = models.DateField("日期", primary_key=True)
    is_off = models.BooleanField("休息")
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "节假日安排"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class UnitReporting(models.Model):
    """How one unit reports: who types for a township, and how its leader signs."""

    unit = models.OneToOneField(OrgUnit, on_delete=models.PROTECT, related_name="reporting")
    entry_mode = models.CharField(
        "填报方式", max_length=10, choices=EntryMode.choices, default=EntryMode.ON_BEHALF
    )
    sign_off = models.CharField(
        "签批方式", max_length=8, choices=SignOffMode.choices, default=SignOffMode.WAIVED
    )

    class Meta:
        verbose_name = verbose_name_plural = "填报设置"

    def __str__(self) -> str:
        return f"{self.unit} {self.get_entry_mode_display()}"


class CycleQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(state=CycleState.OPEN)

    def of_year_until(self, cycle: Cycle) -> Self:
        """Cycles of the same collection and year up to and including ``cycle``."""
        return self.filter(
            collection=cycle.collection_id, period__year=cycle.period.year, period__lte=cycle.period
        )


class Cycle(models.Model):
    """One collection in one period. ``period`` is the first day of the month it is named after."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="cycles")
    period = models.DateField("期")
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
        return f"{self.period.year}年{self.period.month}月{self.collection.name}"

    @property
    def label(self) -> str:
        """2026年11月."""
        return f"{self.period.year}年{self.period.month}月"

    @property
    def window(self) -> Window:
        return Window(self.window_first, self.window_last)

    @property
    def is_locked(self) -> bool:
        return self.state == CycleState.LOCKED
