"""减负意见: what somebody at the grass roots says about the burden of a form, and what the province answers."""

from __future__ import annotations

from django.db import models

from core import clock
from reporting.choices import FeedbackState
from reporting.models.report import Report


class BurdenFeedback(models.Model):
    """One remark on a form; open until the province has answered it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="feedback")
    text = models.CharField("意见", max_length=500)
    at = models.DateTimeField("时间", default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("提出人", max_length=120)
    state = models.CharField(
        "状态", max_length=10, choices=FeedbackState.choices, default=FeedbackState.OPEN, db_default="open"
    )
    answer = models.CharField("答复", max_length=500, blank=True, default="", db_default="")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=120, blank=True, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "减负意见"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="reporting_feedback_says_something"),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True)
                | (~models.Q(state="open") & ~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="reporting_feedback_is_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.text[:20]}"
