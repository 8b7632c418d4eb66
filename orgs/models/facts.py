"""Dated facts of a unit: whether its association stands, who answers for it, what it has and lacks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from core.cipher import decrypt, mask
from core.dated import DatedFact, DatedQuerySet
from orgs.choices import EstablishmentState, HavesItem, LacksItem, OfficerRole
from orgs.models.unit import OrgUnit, ScopedQuerySet


class UnitFactQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "unit"


class UnitFact(DatedFact):
    """Abstract: a dated fact of one unit."""

    objects: ClassVar[Any] = UnitFactQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        abstract = True


class Establishment(UnitFact):
    """已建, 筹建 or 未建 since when; a blank spot says why, until when, and who is responsible."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="establishments")
    state = models.CharField("状态", max_length=12, choices=EstablishmentState.choices)
    reason = models.CharField("未建原因", max_length=200, blank=True)
    planned_on = models.DateField("计划建成日期", null=True, blank=True)
    responsible = models.CharField("责任人", max_length=60, blank=True)
    basis = models.CharField("成立文件", max_length=200, blank=True)

    class Meta(UnitFact.Meta):
        verbose_name = verbose_name_plural = "建立情况"
        constraints = [
            *UnitFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_establishment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.get_state_display()}"


class UnitOfficer(UnitFact):
    """Who answers for the association: the leader in charge (and whether he is its chair), the liaison …"""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="officers")
    role = models.CharField("身份", max_length=20, choices=OfficerRole.choices)
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=80, blank=True)
    is_chair = models.BooleanField("兼任科协主席", default=False)
    phone_cipher = models.TextField(blank=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta(UnitFact.Meta):
        verbose_name = verbose_name_plural = "负责人与联络员"
        constraints = [
            *UnitFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "role"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_officer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_role_display()} {self.name}"

    @property
    def phone_masked(self) -> str:
        return mask(decrypt(self.phone_cipher))


class SixHaves(UnitFact):
    """One item of “六有” that a unit has, from when to when; absence of a row is absence of the item."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="six_haves")
    item = models.CharField("项目", max_length=20, choices=HavesItem.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta(UnitFact.Meta):
        verbose_name = verbose_name_plural = "六有"
        constraints = [
            *UnitFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "item"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_have",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_item_display()}"


class FourLacks(UnitFact):
    """One item of “四缺” that a unit lacks, from when to when."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="four_lacks")
    item = models.CharField("项目", max_length=20, choices=LacksItem.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta(UnitFact.Meta):
        verbose_name = verbose_name_plural = "四缺"
        constraints = [
            *UnitFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "item"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_lack",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_item_display()}"
