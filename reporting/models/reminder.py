"""What the portal reminded whom of: one person, one obligation, one stage, once."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core import clock
from notices.models import Message
from orgs.models import OrgUnit, ScopedQuerySet
from reporting.choices import ReminderKind
from reporting.models.report import Report


class ReminderQuerySet(ScopedQuerySet):
    unit_path = "report__unit"


class Reminder(models.Model):
    """``stage`` names the occasion within the obligation, such as ``due:-2`` or ``returned-2:1``; ``unit`` is the desk
    that held the report then. ``message`` is what the person was told, and how its e-mail and text message fared.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="reminders", db_index=False)
    kind = models.CharField("事由", max_length=10, choices=ReminderKind.choices)
    stage = models.CharField("阶段", max_length=24)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="提醒单位")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders", verbose_name="提醒对象"
    )
    message = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, related_name="reminders", verbose_name="消息"
    )
    at = models.DateTimeField("时间", default=clock.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "系统提醒"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "stage", "user"], name="reporting_reminded_once_a_stage"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.get_kind_display()}"
