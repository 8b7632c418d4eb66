"""减负意见: what somebody at the grass roots says about the burden of a form."""

from __future__ import annotations

from django.db import models

from core import clock
from reporting.models.report import Report


class BurdenFeedback(models.Model):
    """One remark on a form, kept for the province to read."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="feedback")
    text = models.CharField("意见", max_length=500)
    at = models.DateTimeField("时间", default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("提出人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "减负意见"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="reporting_feedback_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.text[:20]}"
