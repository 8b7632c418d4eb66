"""The way in as data: a province's procedure in numbered versions, its steps, and with whom a seat is filed."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import Giver


def every_level() -> list[int]:
    return [Level.COUNTY.value, Level.TOWNSHIP.value, Level.VILLAGE.value]


class ProcedureQuerySet(ScopedQuerySet):
    unit_path = "owner"

    def in_force(self) -> Self:
        return self.filter(published_at__isnull=False, retired_at__isnull=True)

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)


class Procedure(models.Model):
    """One version of a province's procedure. What is published never changes; what began under it ends under it."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="procedures", verbose_name="制定单位"
    )
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("程序名称", max_length=60)
    source = models.CharField("依据", max_length=200, blank=True)
    made_at = models.DateTimeField("起草时间", default=clock.now, editable=False)
    made_by = models.CharField("起草人", max_length=120, blank=True, editable=False)
    published_at = models.DateTimeField("启用时间", null=True, blank=True, editable=False)
    published_by = models.CharField("启用人", max_length=120, blank=True, editable=False)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "吸纳程序规则"
        ordering = ["owner_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "version"], name="sanzhang_procedure_version_once"),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(published_at__isnull=False, retired_at__isnull=True),
                name="sanzhang_one_procedure_in_force",
            ),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(published_at__isnull=True), name="sanzhang_one_procedure_draft"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(published_at__isnull=False),
                name="sanzhang_only_a_published_procedure_retires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）"


class ProcedureStepRule(models.Model):
    """One step: its name, who gives the word, for the bodies of which levels, and what paper it demands."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="rules")
    order = models.PositiveSmallIntegerField("顺序")
    key = models.CharField(max_length=16)
    name = models.CharField("环节", max_length=40)
    giver = models.CharField("由谁出具", max_length=16, choices=Giver.choices)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=every_level, verbose_name="适用层级")
    needs_number = models.BooleanField("须有文号", default=False)
    needs_file = models.BooleanField("须有文件", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "程序环节规则"
        ordering = ["procedure_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "key"], name="sanzhang_step_rule_key_once"),
            models.UniqueConstraint(fields=["procedure", "order"], name="sanzhang_step_rule_order_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FilingAuthority(models.Model):
    """With whom a seat in a body of ``levels`` is filed (Shandong 三.1 二)."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="authorities")
    order = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("备案机关", max_length=80)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=every_level, verbose_name="适用层级")

    class Meta:
        verbose_name = verbose_name_plural = "备案机关"
        ordering = ["procedure_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "name"], name="sanzhang_authority_once"),
        ]

    def __str__(self) -> str:
        return self.name
