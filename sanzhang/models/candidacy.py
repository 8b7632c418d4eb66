"""The way in: one person's candidacy for one seat, step by dated step."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import Giver, Position
from sanzhang.models.appointment import Appointment
from sanzhang.models.body import LeadershipBody
from sanzhang.models.meeting import Meeting
from sanzhang.models.person import KeyPerson
from sanzhang.models.procedure import Procedure


class Opinion(models.TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    DEFER = "defer", "暂缓"
    PROPOSE = "propose", "另提人选"


class CandidacyOutcome(models.TextChoices):
    APPOINTED = "appointed", "已任职"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "撤回"
    REPLACED = "replaced", "另提人选"


class CandidacyQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def waiting_for(self, giver: str) -> Self:
        """Open ones at a step whose word ``giver`` gives."""
        return self.open().filter(waits_for=giver)


class Candidacy(models.Model):
    """A person on the way into a seat; closed once appointed, rejected, replaced or withdrawn.

    ``due``, ``waits_for``, ``moved_on`` and ``is_put_off`` say where it stands, so that lists need not read every step;
    ``due`` is empty when only the seat itself is left to take. ``sanzhang.services.candidacies`` keeps them.
    """

    person = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="candidacies")
    body = models.ForeignKey(LeadershipBody, on_delete=models.PROTECT, related_name="candidacies")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="candidacies")
    position = models.CharField("拟任职务", max_length=16, choices=Position.choices)
    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, related_name="candidacies", verbose_name="程序", editable=False
    )
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

    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    due = models.CharField("当前环节", max_length=16, blank=True, editable=False)
    waits_for = models.CharField(
        "等待", max_length=16, choices=Giver.choices, default=Giver.OWN, editable=False
    )
    moved_on = models.DateField("最近办理日期", null=True, editable=False)
    is_put_off = models.BooleanField("暂缓", default=False, editable=False)

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "吸纳程序"
        ordering = ["opened_on", "id"]
        indexes = [
            models.Index(
                fields=["waits_for", "unit"],
                condition=Q(closed_on__isnull=True),
                name="sanzhang_candidacy_waiting",
            ),
        ]
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
        return f"{self.person} 拟任 {self.unit.association}{self.get_position_display()}"


class CandidacyStepQuerySet(ScopedQuerySet):
    unit_path = "candidacy__unit"


class CandidacyStep(models.Model):
    """One dated step: opinion, optional document number. A step put off is recorded again once it is decided."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField("环节", max_length=16, help_text="程序规则中的环节代码")
    on = models.DateField("日期")
    opinion = models.CharField("意见", max_length=10, choices=Opinion.choices, default=Opinion.AGREE)
    number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.CharField(max_length=120, blank=True, editable=False)

    objects = CandidacyStepQuerySet.as_manager()

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
        return f"{self.step} {self.on}"
