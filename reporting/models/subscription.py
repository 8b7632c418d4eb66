"""Files that come by themselves: who wants which, when, and what was made of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import User
from core import clock
from files.models import ExportJob
from orgs.models import OrgUnit
from reporting.choices import DeliveryRhythm
from reporting.models.cycle import Cycle


class SubscriptionQuerySet(models.QuerySet):
    def of(self, user: Any) -> Self:
        return self.filter(user=user, ended_at__isnull=True)

    def running(self) -> Self:
        return self.filter(ended_at__isnull=True, paused_at__isnull=True)


class Subscription(models.Model):
    """One file of one unit, made as ``user`` at every occasion after ``since``.

    ``params`` are those of the exporter without the cycle, which the occasion gives.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="subscriptions", verbose_name="订阅人"
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("文件种类", max_length=60)
    title = models.CharField("名称", max_length=80)
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    rhythm = models.CharField("时间", max_length=8, choices=DeliveryRhythm.choices)
    day = models.PositiveSmallIntegerField("每月几日", null=True, blank=True)
    created_at = models.DateTimeField("订阅时间", default=clock.now)
    since = models.DateTimeField("起算时间", default=clock.now)
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    pause_reason = models.CharField("暂停原因", max_length=120, blank=True)
    ended_at = models.DateTimeField("退订时间", null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "订阅"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm="on_day", day__range=(1, 28)) | Q(rhythm="on_lock", day__isnull=True),
                name="reporting_subscription_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["user", "unit", "kind", "rhythm", "params"],
                condition=Q(ended_at__isnull=True),
                name="reporting_subscription_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.display_name}{self.title}"

    @property
    def rhythm_words(self) -> str:
        """每月26日, or 每期锁定审定后."""
        return (
            f"每月{self.day}日" if self.rhythm == DeliveryRhythm.ON_DAY else str(DeliveryRhythm.ON_LOCK.label)
        )


class Delivery(models.Model):
    """One occasion of one subscription, once: the job that makes the file, or why none was made."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    occasion = models.CharField("时机", max_length=40)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField("应生成时间")
    job = models.ForeignKey(ExportJob, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField("开始时间", default=clock.now)
    refusal = models.CharField("未生成原因", max_length=300, blank=True)
    told_at = models.DateTimeField("告知时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "订阅文件"
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "occasion"], name="reporting_delivery_once_an_occasion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.occasion}"

    @property
    def due_on(self) -> dt.date:
        return clock.local_day(self.due_at)
