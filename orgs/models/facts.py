"""Dated facts of a unit: whether its association stands, who answers for it, what it has and lacks."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from core.cipher import decrypt, mask
from core.dated import DatedFact, DatedQuerySet
from orgs.choices import BlankReason, EstablishmentState, HavesItem, LacksItem, OfficerRole
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
    reason_code = models.CharField("未建原因类别", max_length=16, choices=BlankReason.choices, blank=True)
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

    @property
    def reason_words(self) -> str:
        """The coded reason and the words beside it."""
        return "：".join(part for part in (self.get_reason_code_display(), self.reason) if part)

    def is_overdue(self, on: dt.date) -> bool:
        """Whether the association should have stood by ``on`` and does not."""
        is_open = self.state != EstablishmentState.ESTABLISHED
        return is_open and self.planned_on is not None and self.planned_on < on


class Expectation(UnitFact):
    """The city's word on whether a unit should have an association: from when, by whom, on what basis.

    What counts in figures is the edition of the day; this says who confirmed it.
    """

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="expectations")
    is_expected = models.BooleanField("应建")
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta(UnitFact.Meta):
        verbose_name = verbose_name_plural = "应建确认"
        constraints = [
            *UnitFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_expectation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{'应建' if self.is_expected else '不计应建'}"


class UnitResources(UnitFact):
    """Own establishment, posts, staff, yearly budget and seats in the consultative conference (Chuzhou 五、六).

    What is not known is ``None``, which is not zero.
    """

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="resources")
    is_separate = models.BooleanField("单独设置", null=True)
    posts = models.PositiveIntegerField("编制数", null=True)
    full_time = models.PositiveIntegerField("专职人员数", null=True)
    part_time = models.PositiveIntegerField("兼职人员数", null=True)
    budget = models.DecimalField("年度经费", max_digits=12, decimal_places=2, null=True)
    conference_seats = models.PositiveIntegerField("政协科协界别委员数", null=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta(UnitFact.Meta):
        verbose_name = verbose_name_plural = "编制人员经费"
        constraints = [
            *UnitFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_resources",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="orgs_budget_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}编制人员经费"


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
