"""问题和建议: what a report raises, paragraph by paragraph; open until somebody above has answered."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from reporting.choices import IssueAct, IssueKind, IssueState
from reporting.models.report import Report


class IssueQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def open(self) -> Self:
        return self.filter(state=IssueState.OPEN)

    def standing(self) -> Self:
        """Without those whose words were taken out of the report."""
        return self.exclude(state=IssueState.WITHDRAWN)

    def waiting_for(self, unit: OrgUnit) -> Self:
        """What ``unit`` is to answer."""
        return self.open().filter(desk=unit)


class Issue(models.Model):
    """One paragraph of 存在的问题 or 意见建议 of an accepted report (山东通知四.4).

    ``desk`` is who must answer: at first whoever reviewed the report, then whoever it was passed up to. ``digest`` knows
    the words again when a later version of the report is accepted.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="issues", db_index=False)
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="issues", verbose_name="反映单位"
    )
    desk = models.ForeignKey(
        OrgUnit,
        on_delete=models.PROTECT,
        related_name="issues_to_answer",
        db_index=False,
        verbose_name="答复单位",
    )
    kind = models.CharField("类别", max_length=10, choices=IssueKind.choices)
    position = models.PositiveSmallIntegerField("序号")
    text = models.TextField("内容")
    digest = models.CharField(max_length=64, editable=False)
    state = models.CharField("状态", max_length=10, choices=IssueState.choices, default=IssueState.OPEN)
    raised_at = models.DateTimeField("反映时间", default=clock.now)
    raised_by = models.CharField("反映人", max_length=120)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题建议"
        ordering = ["report_id", "kind", "position", "id"]
        indexes = [models.Index(fields=["desk", "state"], name="reporting_issue_desk")]
        constraints = [
            models.UniqueConstraint(fields=["report", "kind", "digest"], name="reporting_issue_once"),
            models.CheckConstraint(condition=~Q(text=""), name="reporting_issue_says_something"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="reporting_issue_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name}：{self.text[:20]}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:issue", args=[self.pk])


class IssueStep(models.Model):
    """An answer, a passing up, or the word that it is still not solved."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField("办理", max_length=10, choices=IssueAct.choices)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="办理单位")
    text = models.CharField("内容", max_length=1000, blank=True)
    at = models.DateTimeField("时间", default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("经办人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "问题建议办理"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act="pass_up") | ~Q(text=""), name="reporting_issue_step_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue} {self.get_act_display()}"
