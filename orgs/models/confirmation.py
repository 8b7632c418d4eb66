"""The yearly word on 六有 and 四缺: entered once, then confirmed as “无变化” and checked by the level above."""

from __future__ import annotations

from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from orgs.choices import ConfirmationState
from orgs.models.unit import OrgUnit, ScopedQuerySet


class ConfirmationQuerySet(ScopedQuerySet):
    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def to_check(self) -> Self:
        return self.filter(state=ConfirmationState.CONFIRMED)

    def returned(self) -> Self:
        return self.filter(state=ConfirmationState.RETURNED)


class YearlyConfirmation(models.Model):
    """One unit's word in one year, with what it confirmed as it stood then."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="confirmations")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=12, choices=ConfirmationState.choices)
    snapshot = models.JSONField("确认内容", default=dict, encoder=DjangoJSONEncoder)
    confirmed_by = models.CharField("确认人", max_length=120)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField("确认时间")
    reply = models.CharField("情况说明", max_length=500, blank=True)
    checked_by = models.CharField("核查人", max_length=120, blank=True)
    checked_at = models.DateTimeField("核查时间", null=True, blank=True)
    remark = models.CharField("核查意见", max_length=500, blank=True)
    item_remarks = models.JSONField("逐项意见", default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "六有四缺年度确认"
        ordering = ["-year", "unit_id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="orgs_one_confirmation_a_year"),
            models.CheckConstraint(
                condition=Q(state=ConfirmationState.CONFIRMED, checked_at__isnull=True)
                | (~Q(state=ConfirmationState.CONFIRMED) & Q(checked_at__isnull=False)),
                name="orgs_checking_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2200), name="orgs_confirmation_year_is_a_year"
            ),
        ]
        indexes = [models.Index(fields=["year", "state"], name="orgs_confirmation_state")]

    def __str__(self) -> str:
        return f"{self.unit}{self.year}年度六有四缺确认"
