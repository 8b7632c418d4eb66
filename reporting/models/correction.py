"""A change after acceptance, or a report after its superior submitted: one case, confirmed step by step upwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from orgs.models import OrgUnit
from reporting.choices import CaseKind, CaseState
from reporting.models.form import Indicator
from reporting.models.report import Report, ReportVersion


class CorrectionCase(models.Model):
    """Opened where the figure was typed; the first confirmation moves the live total, the last the official ones."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField("类别", max_length=10, choices=CaseKind.choices)
    reason = models.CharField("原因", max_length=500)
    evidence_id = models.UUIDField("佐证附件", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    base_version = models.ForeignKey(
        ReportVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    new_version = models.ForeignKey(
        ReportVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    opened_at = models.DateTimeField(default=clock.now)
    opened_by_id = models.BigIntegerField(null=True)
    opened_by = models.CharField("提出人", max_length=120)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "更正补报"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(state="open"), name="reporting_one_open_case"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reporting_case_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.report}{self.get_kind_display()}"

    @property
    def waiting(self) -> CaseStep | None:
        """The step whose turn it is, while the case is open; reads ``steps``, which may be prefetched."""
        if self.state != CaseState.OPEN:
            return None
        return next((step for step in self.steps.all() if step.confirmed is None), None)


class CaseItem(models.Model):
    """Old and new of one figure."""

    case = models.ForeignKey(CorrectionCase, on_delete=models.CASCADE, related_name="items")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    old_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    new_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    old_text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "更正项目"
        constraints = [models.UniqueConstraint(fields=["case", "indicator"], name="reporting_case_item_once")]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.old_value} → {self.new_value}"


class CaseStep(models.Model):
    """One superior on the path; decided in order from the bottom."""

    case = models.ForeignKey(CorrectionCase, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    confirmed = models.BooleanField(null=True)
    note = models.CharField("意见", max_length=300, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "更正确认"
        ordering = ["case_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["case", "order"], name="reporting_case_step_once"),
            models.CheckConstraint(
                condition=Q(confirmed__isnull=True, at__isnull=True)
                | Q(confirmed__isnull=False, at__isnull=False),
                name="reporting_case_step_decided_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.unit}"
