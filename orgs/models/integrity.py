"""What each proof of the tree found, and how it may be put right."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from orgs.choices import IntegrityState
from orgs.models.unit import OrgUnit


class IntegrityRun(models.Model):
    """One run over the whole tree. ``counts`` are the findings by kind; ``step`` of ``steps`` is how far it is."""

    state = models.CharField(
        "状态", max_length=8, choices=IntegrityState.choices, default=IntegrityState.RUNNING
    )
    started_at = models.DateTimeField("开始", default=clock.now)
    finished_at = models.DateTimeField("结束", null=True)
    requested_by = models.CharField("发起人", max_length=120)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)
    step_label = models.CharField(max_length=60, blank=True)
    units = models.PositiveIntegerField("核对单位数", default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "组织树核对"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", finished_at__isnull=True)
                | ~Q(state="running") & Q(finished_at__isnull=False),
                name="orgs_integrity_run_ends",
            )
        ]

    def __str__(self) -> str:
        return f"组织树核对 {self.pk}"

    @property
    def found(self) -> int:
        return sum(self.counts.values())


class IntegrityFindingQuerySet(models.QuerySet):
    def to_repair(self) -> Self:
        """Those that the portal can put right by itself and has not yet."""
        return self.filter(repaired_at=None).exclude(repair=[])


class IntegrityFinding(models.Model):
    """One thing wrong with one unit. ``repair`` lists what would be written: table, key and the columns with their old
    and new values; empty where a person must act."""

    run = models.ForeignKey(IntegrityRun, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField("类别", max_length=20)
    unit = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    message = models.CharField("问题", max_length=500)
    repair: Any = models.JSONField(default=list)
    repaired_at = models.DateTimeField("修复时间", null=True)
    repaired_by = models.CharField("修复人", max_length=120, blank=True)

    objects = IntegrityFindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织树问题"
        ordering = ["run_id", "code", "pk"]
        indexes = [models.Index(fields=["run", "code"], name="orgs_finding_code")]

    def __str__(self) -> str:
        return self.message
