"""年度区划代码更新: a new year's list of divisions beside the tree, difference by difference, each with its decision."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.choices import ChangeKind, Decision, Level, UnitKind, UpdateState
from orgs.models.reorganisation import Reorganisation
from orgs.models.unit import OrgUnit, ScopedQuerySet


class DivisionUpdate(models.Model):
    """One comparison. ``counts`` holds how many divisions are unchanged and how many differ, by kind."""

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="division_updates", verbose_name="比对范围"
    )
    year = models.PositiveSmallIntegerField("年度")
    file_name = models.CharField("区划文件", max_length=200)
    state = models.CharField("状态", max_length=10, choices=UpdateState.choices, default=UpdateState.REVIEW)
    counts = models.JSONField(default=dict)
    compared_at = models.DateTimeField("比对时间", default=clock.now)
    created_by = models.CharField("发起人", max_length=120)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度区划更新"
        ordering = ["-compared_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.year} 年区划代码更新"

    def get_absolute_url(self) -> str:
        return reverse("orgs:division_update", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == UpdateState.REVIEW


class DivisionChangeQuerySet(models.QuerySet):
    def undecided(self) -> Self:
        return self.filter(decision="")

    def sure(self) -> Self:
        return self.filter(is_sure=True)

    def in_code_order(self) -> Self:
        return self.order_by("division_code", "pk")


class DivisionChange(models.Model):
    """One difference. ``unit`` is the unit of the tree that it concerns, none for an added division; ``name``,
    ``division_code`` and ``parent_code`` are those of the file, for one that is gone those of the tree.

    ``proposal`` and each of ``candidates`` hold a decision with its targets, score and evidence in words. A target is
    ``u`` and a unit's key, or ``c`` and the key of an added division's row.
    """

    update = models.ForeignKey(DivisionUpdate, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField("差异", max_length=10, choices=ChangeKind.choices)
    unit = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    unit_label = models.CharField("现单位", max_length=160, blank=True)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    unit_kind = models.CharField("类别", max_length=8, choices=UnitKind.choices)
    old_code = models.CharField("现代码", max_length=12, blank=True)
    old_name = models.CharField("现名称", max_length=80, blank=True)
    division_code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=80)
    parent_code = models.CharField("上级代码", max_length=12, blank=True)
    parent_label = models.CharField("上级", max_length=160, blank=True)
    parent_unit = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    parent_change = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    county = models.CharField("所在县", max_length=6, blank=True)
    county_label = models.CharField("所在县（市、区）", max_length=160, blank=True)
    candidates: Any = models.JSONField(default=list)
    proposal: Any = models.JSONField(default=dict)
    is_sure = models.BooleanField("把握大", default=False)
    decision = models.CharField("决定", max_length=8, choices=Decision.choices, blank=True)
    targets: Any = models.JSONField(default=list)
    decided_by = models.CharField("决定人", max_length=120, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True)
    reorganisation = models.ForeignKey(
        Reorganisation, null=True, on_delete=models.SET_NULL, related_name="division_changes"
    )

    objects = DivisionChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "区划差异"
        ordering = ["division_code", "pk"]
        indexes = [models.Index(fields=["update", "kind"], name="orgs_change_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | ~Q(decision="") & Q(decided_at__isnull=False),
                name="orgs_change_decided_at",
            ),
            models.CheckConstraint(
                condition=Q(kind="added", unit__isnull=True) | ~Q(kind="added") & Q(unit__isnull=False),
                name="orgs_change_concerns_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.name}（{self.division_code}）"
