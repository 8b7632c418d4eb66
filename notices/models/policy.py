"""When the province reminds, and when it leaves people in peace."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from core import clock
from orgs.models import OrgUnit

DAYS_BEFORE = (2, 1)
DAYS_AFTER = (1, 3)


def default_days_before() -> list[int]:
    return list(DAYS_BEFORE)


def default_days_after() -> list[int]:
    return list(DAYS_AFTER)


class ReminderPolicy(models.Model):
    """催报设置 of a province; where none was saved, the defaults of the columns hold.

    ``days_before`` and ``days_after`` are the stages around a deadline; ``escalate_after`` the days overdue after
    which the superior's leader hears, ``None`` never; ``review_after`` the days that a submission may lie unread.
    Between ``quiet_from`` and ``quiet_until`` no e-mail and no text message goes out; equal times mean no such hours.
    """

    unit = models.OneToOneField(
        OrgUnit, on_delete=models.PROTECT, related_name="reminder_policy", verbose_name="单位"
    )
    days_before = models.JSONField("截止前几天提醒", default=default_days_before)
    on_day = models.BooleanField("截止当天提醒", default=True)
    days_after = models.JSONField("逾期几天提醒", default=default_days_after)
    escalate_after = models.PositiveSmallIntegerField("逾期几天报上级领导", null=True, blank=True, default=5)
    review_after = models.PositiveSmallIntegerField("待审核几天提醒审核单位", default=2)
    quiet_from = models.TimeField("免打扰开始", default=dt.time(20, 0))
    quiet_until = models.TimeField("免打扰结束", default=dt.time(8, 0))
    quiet_on_days_off = models.BooleanField("休息日免打扰", default=True)
    sends_mail = models.BooleanField("发送邮件", default=True)
    sends_sms = models.BooleanField("发送短信", default=False)
    changed_at = models.DateTimeField("修改时间", default=clock.now)
    changed_by = models.CharField("修改人", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "催报设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(escalate_after__isnull=True) | Q(escalate_after__range=(1, 30)),
                name="notices_escalation_within_a_month",
            ),
            models.CheckConstraint(
                condition=Q(review_after__range=(1, 15)), name="notices_review_reminded_in_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}催报设置"
