"""How many seats a body has in a term, by position and employment; what happens past it; who was reminded of a renewal."""

from __future__ import annotations

from django.db import models

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import Employment, OverQuota, Position
from sanzhang.models.body import Term


class PositionQuota(models.Model):
    """Seats of one position and employment in one term; where there is no row, no number was set."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="quotas")
    position = models.CharField("职务", max_length=16, choices=Position.choices)
    employment = models.CharField("任职方式", max_length=10, choices=Employment.choices)
    seats = models.PositiveSmallIntegerField("职数")

    class Meta:
        verbose_name = verbose_name_plural = "核定职数"
        constraints = [
            models.UniqueConstraint(fields=["term", "position", "employment"], name="sanzhang_quota_once"),
        ]

    def __str__(self) -> str:
        return f"{self.term}{self.get_position_display()}（{self.get_employment_display()}）{self.seats}名"


class QuotaPolicyQuerySet(ScopedQuerySet):
    unit_path = "owner"


class QuotaPolicy(models.Model):
    """Whether a province lets a seat past the quota pass with an explanation, or refuses it."""

    owner = models.OneToOneField(OrgUnit, on_delete=models.PROTECT, related_name="quota_policy")
    over_quota = models.CharField("超职数", max_length=8, choices=OverQuota.choices, default=OverQuota.WARN)

    objects = QuotaPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "职数规则"

    def __str__(self) -> str:
        return f"{self.owner}：{self.get_over_quota_display()}"


class RenewalReminder(models.Model):
    """That the desks of a unit and of its superior were reminded of a renewal at one stage; once each."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="reminders")
    stage = models.CharField("阶段", max_length=12)
    sent_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "换届提醒"
        constraints = [
            models.UniqueConstraint(fields=["term", "stage"], name="sanzhang_reminded_once_a_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.stage}"
