"""Collections: who reports what, how often, by when; a city's earlier days, days off, how a unit reports."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.windows import Window
from orgs.choices import Level
from orgs.models import Cohort, OrgUnit
from reporting.choices import EntryMode, Rhythm, SignOffDemand, SignOffMode, Whom
from reporting.models.form import Form


def reporting_levels() -> list[int]:
    """The levels that owe unless a collection says otherwise: all but the villages."""
    return [level.value for level in Level if level <= Level.TOWNSHIP]


_IS_DRAFT = Q(is_active=False, started_at__isnull=True)


class CollectionQuerySet(models.QuerySet):
    def drafts(self) -> Self:
        """Being prepared: never started."""
        return self.filter(_IS_DRAFT)

    def known_to(self, user: Any, manage: Any) -> Self:
        """Drafts are known to who may ``manage`` those of their province only."""
        reach = user.reach_of(manage)
        own = {unit.pk for unit in (*reach.subtrees, *reach.own)}
        return self.filter(~_IS_DRAFT | Q(owner__in=own))


class Collection(models.Model):
    """A standing order to report: form, rhythm, who owes, window, deadlines.

    Days are days of the month in which the period closes, or ``due_months_after`` months later; a one-off has
    :class:`FixedDates` instead. The *principal* collection of a province is the one that the wall chart, the targets and
    the bulletin speak of. What is changed here holds from the next cycle.
    """

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="collections", verbose_name="布置单位"
    )
    key = models.SlugField("代号", max_length=40)
    name = models.CharField("名称", max_length=80)
    noun = models.CharField("报表简称", max_length=20, default="月报")
    basis = models.CharField("布置依据", max_length=200, blank=True)
    note = models.CharField("填报要求", max_length=300, blank=True)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="collections", verbose_name="报表")
    rhythm = models.CharField("周期", max_length=8, choices=Rhythm.choices, default=Rhythm.MONTH)
    is_principal = models.BooleanField("主报表", default=False)
    levels = ArrayField(
        models.PositiveSmallIntegerField(choices=Level.choices),
        default=reporting_levels,
        verbose_name="填报层级",
    )
    whom = models.CharField("填报范围", max_length=8, choices=Whom.choices, default=Whom.ALL)
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="单位集"
    )
    chosen = models.ManyToManyField(OrgUnit, blank=True, related_name="+", verbose_name="指定单位")
    established_only = models.BooleanField("只由已建科协的单位填报", default=False)
    sign_off = models.CharField(
        "签批要求", max_length=8, choices=SignOffDemand.choices, default=SignOffDemand.AS_SET
    )
    window_first_day = models.PositiveSmallIntegerField("统计期起始日", default=20)
    due_months_after = models.PositiveSmallIntegerField("截止月份在期末后几个月", default=0)
    township_day = models.PositiveSmallIntegerField("乡镇截止日", default=20)
    county_day = models.PositiveSmallIntegerField("县级截止日", default=22)
    city_day = models.PositiveSmallIntegerField("市级截止日", default=25)
    settle_day = models.PositiveSmallIntegerField("省级审定日", default=26)
    settle_time = models.TimeField("省级审定时间", default=dt.time(12, 0))
    lower_forward = models.BooleanField("下级截止日遇休息日提前", default=True)
    open_days_before = models.PositiveSmallIntegerField("统计期末前几天开放填报", default=5)
    first_period = models.DateField("首期")
    is_active = models.BooleanField("启用", default=True)
    started_at = models.DateTimeField("启用时间", null=True, blank=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "填报任务"
        ordering = ["-is_principal", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="reporting_collection_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_principal=True), name="reporting_one_principal_collection"
            ),
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
            models.CheckConstraint(
                condition=Q(due_months_after__lte=6), name="reporting_due_within_half_a_year"
            ),
            models.CheckConstraint(
                condition=Q(first_period__day=1), name="reporting_first_period_is_a_month"
            ),
            models.CheckConstraint(
                condition=~Q(whom="cohort") | Q(cohort__isnull=False), name="reporting_cohort_is_named"
            ),
            models.CheckConstraint(
                condition=Q(is_principal=False) | Q(rhythm="month"), name="reporting_principal_is_monthly"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_once(self) -> bool:
        return self.rhythm == Rhythm.ONCE

    @property
    def is_draft(self) -> bool:
        """Being prepared: never started, nobody below knows of it."""
        return not self.is_active and self.started_at is None

    @property
    def asks_everybody(self) -> bool:
        """Whether every unit down to the townships owes, so that each superior owes what it sums."""
        return (
            self.whom == Whom.ALL
            and not self.established_only
            and set(self.levels) >= set(reporting_levels())
        )

    def day_of(self, level: int) -> int:
        """Deadline day of the month for a level."""
        days = {Level.TOWNSHIP: self.township_day, Level.COUNTY: self.county_day, Level.CITY: self.city_day}
        return days.get(Level(level), self.settle_day)


class FixedDates(models.Model):
    """The window and the deadlines of a one-off collection, as dates (Shandong: plan and roster by 20 March)."""

    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="dates")
    opens_on = models.DateField("开放日期")
    window_first = models.DateField("统计期起")
    window_last = models.DateField("统计期止")
    township_due = models.DateField("乡镇截止日期")
    county_due = models.DateField("县级截止日期")
    city_due = models.DateField("市级截止日期")
    settles_at = models.DateTimeField("省级审定时间")

    class Meta:
        verbose_name = verbose_name_plural = "一次性任务日期"
        constraints = [
            models.CheckConstraint(
                condition=Q(window_first__lte=F("window_last")), name="reporting_fixed_window_has_days"
            ),
            models.CheckConstraint(
                condition=Q(township_due__lte=F("county_due"), county_due__lte=F("city_due")),
                name="reporting_fixed_deadlines_climb",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection} {self.city_due}"

    @property
    def window(self) -> Window:
        return Window(self.window_first, self.window_last)

    def day_of(self, level: int) -> dt.date:
        """Deadline of a level; of a province the city's, its own is an instant."""
        days = {Level.TOWNSHIP: self.township_due, Level.COUNTY: self.county_due}
        return days.get(Level(level), self.city_due)


class DeadlineOverride(models.Model):
    """A city's own earlier day for its counties or townships: a day of the month, of a one-off a date."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="overrides")
    city = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    day = models.PositiveSmallIntegerField("截止日", null=True, blank=True)
    on = models.DateField("截止日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "市定截止日"
        constraints = [
            models.UniqueConstraint(fields=["collection", "city", "level"], name="reporting_override_once"),
            models.CheckConstraint(
                condition=Q(day__range=(1, 28), on__isnull=True) | Q(day__isnull=True, on__isnull=False),
                name="reporting_override_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city} {self.get_level_display()} {self.on or f'{self.day}日'}"


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
