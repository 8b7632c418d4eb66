"""The way in: one person's candidacy for one seat, step by dated step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import Position
from sanzhang.models.appointment import Appointment
from sanzhang.models.body import LeadershipBody
from sanzhang.models.person import KeyPerson


class ProcedureStep(models.TextChoices):
    """The steps that programmes string together (Zhoukou 四(四)四, Shandong 三.1 二)."""

    SHORTLIST = "shortlist", "研判提名"
    EMPLOYER = "employer", "所在单位意见"
    SUPERIOR = "superior", "上级科协意见"
    ORGANISATION = "organisation", "党委组织部门意见"
    PARTY_COMMITTEE = "party_committee", "乡镇党委（街道党工委）意见"
    DECISION = "decision", "选举或增补"
    FILING = "filing", "备案"


class Opinion(models.TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    DEFER = "defer", "暂缓或另提人选"


class CandidacyOutcome(models.TextChoices):
    APPOINTED = "appointed", "已任职"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "撤回"


class CandidacyQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def open(self) -> CandidacyQuerySet:
        return self.filter(closed_on__isnull=True)


class Candidacy(models.Model):
    """A person on the way into a seat; closed once appointed, rejected or withdrawn."""

    person = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="candidacies")
    body = models.ForeignKey(LeadershipBody, on_delete=models.PROTECT, related_name="candidacies")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="candidacies")
    position = models.CharField("拟任职务", max_length=16, choices=Position.choices)
    procedure = models.CharField("程序", max_length=20, default="shandong", editable=False)
    opened_on = models.DateField("提名日期")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.CharField(max_length=120, blank=True, editable=False)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    closed_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    outcome = models.CharField("结果", max_length=10, choices=CandidacyOutcome.choices, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="candidacy"
    )

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "吸纳程序"
        ordering = ["opened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "body"],
                condition=Q(closed_on__isnull=True),
                name="sanzhang_one_open_candidacy",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="")
                | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="sanzhang_closed_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} 拟任 {self.body}{self.get_position_display()}"


class CandidacyStep(models.Model):
    """One dated step: opinion, optional document number. A step put off is recorded again once it is decided."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField("环节", max_length=16, choices=ProcedureStep.choices)
    on = models.DateField("日期")
    opinion = models.CharField("意见", max_length=10, choices=Opinion.choices, default=Opinion.AGREE)
    number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "程序环节"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy", "step"],
                condition=~Q(opinion="defer"),
                name="sanzhang_step_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.on}"
