"""履职记录: what was done, by which unit, led or joined by whom, before how many people."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from core import clock
from orgs.models import Affiliate, OrgUnit, ScopedQuerySet
from sanzhang.choices import CountsAs, DutyItem, PartRole
from sanzhang.models.person import KeyPerson, called

#: Recorded later than this after the last day, it is marked 补录.
LATE_AFTER_DAYS = 31


class ActivityKind(models.Model):
    """健康讲座, 义诊, 科普进校园 …: a list that the province edits, each kind mapped to the month's figures."""

    name = models.CharField("活动类别", max_length=30, unique=True)
    counts_as = models.CharField(
        "计入月报", max_length=16, choices=CountsAs.choices, default=CountsAs.NOTHING
    )
    duty = models.CharField("计入履职规范", max_length=8, choices=DutyItem.choices, default=DutyItem.ACTIVITY)
    asks_adopted = models.BooleanField("登记项次", default=False)
    order = models.PositiveSmallIntegerField("顺序", default=100)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动类别"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(ScopedQuerySet):
    """Activities of the hosts within a subtree, and those that units within it joined as co-hosts."""

    unit_path = "unit"

    def _in_subtree(self, unit: OrgUnit) -> Q:
        hosted = super()._in_subtree(unit)
        return hosted | Q(Exists(ActivityCoHost.objects.within(unit).filter(activity=OuterRef("pk"))))

    def _of_units(self, unit_ids: list[int]) -> Q:
        joined = ActivityCoHost.objects.filter(activity=OuterRef("pk"), unit__in=unit_ids)
        return super()._of_units(unit_ids) | Q(Exists(joined))

    def hosted_within(self, unit: OrgUnit) -> Self:
        """Activities whose host stands in ``unit``'s subtree: joint events once, for the host."""
        return self.filter(super()._in_subtree(unit))

    def standing(self) -> Self:
        """Without the voided ones."""
        return self.filter(voided_at__isnull=True)

    def as_known(self, instant: dt.datetime) -> Self:
        """What was on record before ``instant``."""
        return self.filter(Q(voided_at__isnull=True) | Q(voided_at__gte=instant), recorded_at__lt=instant)

    def search(self, text: str) -> Self:
        """By title, place, kind, or who led or joined; several words must all match."""
        found = self
        for word in text.split():
            took_part = ActivityPart.objects.filter(
                called(word, "person"), activity=OuterRef("pk"), removed_at__isnull=True
            )
            found = found.filter(
                Q(title__contains=word)
                | Q(place__contains=word)
                | Q(kind__name__contains=word)
                | Exists(took_part)
            )
        return found


class Activity(models.Model):
    """One activity of its host ``unit``; a joint event is counted once, for the host.

    ``reached`` is the audience of all groups. ``was_reported`` marks what a monthly report has already counted among
    its 未入台账补充数, so that it is not counted again.
    """

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="activities", verbose_name="主办单位"
    )
    kind = models.ForeignKey(
        ActivityKind, on_delete=models.PROTECT, related_name="activities", verbose_name="类别"
    )
    title = models.CharField("活动名称", max_length=80)
    held_on = models.DateField("活动日期")
    ended_on = models.DateField("结束日期")
    place = models.CharField("地点", max_length=80, blank=True)
    youth = models.PositiveIntegerField("青少年", default=0)
    residents = models.PositiveIntegerField("社区居民", default=0)
    farmers = models.PositiveIntegerField("农民", default=0)
    others = models.PositiveIntegerField("其他", default=0)
    reached = models.PositiveIntegerField("服务人次", default=0)
    adopted = models.PositiveIntegerField("项次", default=0)
    is_volunteer = models.BooleanField("科技志愿服务", default=False)
    was_reported = models.BooleanField("此前月报已报过", default=False)
    note = models.CharField("备注", max_length=300, blank=True)
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, editable=False)
    recorded_by_id = models.BigIntegerField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    registration_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True, editable=False)
    people = models.ManyToManyField(KeyPerson, through="ActivityPart", related_name="activities")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职活动"
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(fields=["unit", "ended_on"], name="sanzhang_activity_unit"),
            models.Index(fields=["-held_on", "-id"], name="sanzhang_activity_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("held_on")), name="sanzhang_activity_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(reached=F("youth") + F("residents") + F("farmers") + F("others")),
                name="sanzhang_reached_is_its_groups",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="sanzhang_activity_has_a_title"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="sanzhang_activity_void_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        """补录: recorded more than a month after it ended."""
        return (clock.local_day(self.recorded_at) - self.ended_on).days > LATE_AFTER_DAYS

    def get_absolute_url(self) -> str:
        return reverse("duty:activity", args=[self.pk])


class ActivityPart(models.Model):
    """Who led or joined; ``removed_at`` when it was taken back."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="parts")
    person = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="activity_parts")
    role = models.CharField("方式", max_length=8, choices=PartRole.choices, default=PartRole.JOINED)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "参加人员"
        ordering = ["role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "person"],
                condition=Q(removed_at__isnull=True),
                name="sanzhang_part_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class CoHostQuerySet(ScopedQuerySet):
    unit_path = "unit"


class ActivityCoHost(models.Model):
    """联合主办: another unit or an affiliate; the event is counted for the host alone."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="co_hosts")
    unit = models.ForeignKey(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="co_hosted"
    )
    affiliate = models.ForeignKey(
        Affiliate, null=True, blank=True, on_delete=models.PROTECT, related_name="co_hosted"
    )

    objects = CoHostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联合主办单位"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, affiliate__isnull=True)
                | Q(unit__isnull=True, affiliate__isnull=False),
                name="sanzhang_co_host_is_one_of_two",
            ),
            models.UniqueConstraint(fields=["activity", "unit"], name="sanzhang_co_host_unit_once"),
            models.UniqueConstraint(fields=["activity", "affiliate"], name="sanzhang_co_host_affiliate_once"),
        ]

    def __str__(self) -> str:
        return str(self.unit or self.affiliate)


class CampaignDay(models.Model):
    """爱眼日, 爱耳日, 全国科普日 …: days of the year that suggest an activity (Yinzhou 二(三))."""

    name = models.CharField("名称", max_length=40, unique=True)
    month = models.PositiveSmallIntegerField("月")
    day = models.PositiveSmallIntegerField("日")
    days = models.PositiveSmallIntegerField("天数", default=1)
    kind = models.ForeignKey(
        ActivityKind, on_delete=models.PROTECT, related_name="campaign_days", verbose_name="建议活动"
    )
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "主题宣传日"
        ordering = ["month", "day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__range=(1, 12), day__range=(1, 31), days__range=(1, 31)),
                name="sanzhang_campaign_day_exists",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def in_year(self, year: int) -> tuple[dt.date, dt.date]:
        """Its first and last day in ``year``; 29 February falls on the 28th of other years."""
        first = dt.date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))
        return first, first + dt.timedelta(days=self.days - 1)
