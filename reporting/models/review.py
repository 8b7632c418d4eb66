"""Rounds of review with remarks at cells, sign-offs, and the record of chasing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from reporting.choices import ChaseAnswer, ChaseChannel, Decision, ReturnReason, SignOffMode
from reporting.models.form import Indicator
from reporting.models.report import Report, ReportVersion


class ReviewRound(models.Model):
    """One decision of the reviewer on one version."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="rounds")
    version = models.ForeignKey(ReportVersion, on_delete=models.PROTECT, related_name="rounds")
    decision = models.CharField("结论", max_length=10, choices=Decision.choices)
    reason = models.CharField("退回原因", max_length=20, choices=ReturnReason.choices, blank=True)
    remark = models.CharField("意见", max_length=500, blank=True)
    correction_due_at = models.DateTimeField("修改期限", null=True, blank=True)
    at = models.DateTimeField(default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("审核人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "审核记录"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision="returned") | ~Q(reason=""), name="reporting_return_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.get_decision_display()}"


class CellRemark(models.Model):
    """What the reviewer says at one cell."""

    round = models.ForeignKey(ReviewRound, on_delete=models.CASCADE, related_name="remarks")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("意见", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "单元格意见"
        constraints = [models.UniqueConstraint(fields=["round", "indicator"], name="reporting_remark_once")]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.text}"


class SignOff(models.Model):
    """The leader's word on exactly what stood in the form: ``digest`` is that of the content."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sign_offs")
    mode = models.CharField("方式", max_length=8, choices=SignOffMode.choices)
    agreed = models.BooleanField("同意")
    digest = models.CharField(max_length=64)
    note = models.CharField("意见", max_length=300, blank=True)
    attachment_id = models.UUIDField("签字扫描件", null=True, blank=True)
    at = models.DateTimeField(default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("签批人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "签批"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(mode="scan") | Q(attachment_id__isnull=False), name="reporting_scan_is_there"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.by}"


class ChaseRecord(models.Model):
    """催报登记: whom one spoke to, how, and what was said."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="chases")
    channel = models.CharField("方式", max_length=8, choices=ChaseChannel.choices)
    spoken_to = models.CharField("联系人", max_length=60, blank=True)
    answer = models.CharField(
        "答复", max_length=10, choices=ChaseAnswer.choices, blank=True, default="", db_default=""
    )
    promised_for = models.DateField("承诺报送日期", null=True, blank=True)
    note = models.CharField("情况", max_length=300, blank=True)
    at = models.DateTimeField("时间", default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("催报人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "催报登记"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.report} {self.get_channel_display()}"
