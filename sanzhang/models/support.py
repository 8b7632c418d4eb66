"""The “1”: what a superior gives to those below it (Zhoukou 四(四))."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import SupportKind
from sanzhang.models.person import KeyPerson, called


class SupportQuerySet(ScopedQuerySet):
    """Rows are seen from both ends: by the giver's chain and by the receiver's."""

    unit_path = "giver"

    def _in_subtree(self, unit: OrgUnit) -> Q:
        return super()._in_subtree(unit) | received_within(unit)

    def _of_units(self, unit_ids: list[int]) -> Q:
        return super()._of_units(unit_ids) | Q(receiver__in=unit_ids)

    def standing(self) -> Self:
        return self.filter(voided_at__isnull=True)

    def given_within(self, unit: OrgUnit) -> Self:
        """Given by ``unit`` and those below it."""
        return self.filter(super()._in_subtree(unit))

    def received_within(self, unit: OrgUnit) -> Self:
        """Received by ``unit`` and those below it."""
        return self.filter(received_within(unit))

    def search(self, text: str) -> Self:
        found = self
        for word in text.split():
            found = found.filter(
                Q(title__contains=word)
                | Q(note__contains=word)
                | Q(receiver__display_name__contains=word)
                | Q(giver__display_name__contains=word)
                | called(word, "person")
            )
        return found


def received_within(unit: OrgUnit) -> Q:
    if unit.level == Level.VILLAGE:
        return Q(receiver=unit.pk)
    return Q(**{f"receiver__{ANCESTOR_FIELD[Level(unit.level)]}": unit.pk})


class Support(models.Model):
    """One thing given. Without a receiver it was for all units below. ``is_own``: arranged by the giver itself, not
    passed on from above. ``was_reported`` marks what a monthly report has already counted among its 补充数."""

    giver = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="supports_given", verbose_name="支持单位"
    )
    receiver = models.ForeignKey(
        OrgUnit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supports_received",
        verbose_name="受援单位",
    )
    kind = models.CharField("类别", max_length=10, choices=SupportKind.choices)
    given_on = models.DateField("日期")
    title = models.CharField("内容", max_length=100)
    amount = models.DecimalField("金额（万元）", max_digits=12, decimal_places=2, null=True, blank=True)
    is_own = models.BooleanField("本级安排", default=True)
    heads = models.PositiveIntegerField("人数", null=True, blank=True)
    person = models.ForeignKey(
        KeyPerson,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supports",
        verbose_name="涉及人员",
    )
    note = models.CharField("备注", max_length=300, blank=True)
    was_reported = models.BooleanField("此前月报已报过", default=False)
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    registration_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    confirmed_at = models.DateTimeField("确认收到时间", null=True, blank=True, editable=False)
    confirmed_by = models.CharField("确认人", max_length=120, blank=True, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True, editable=False)

    objects = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "支持台账"
        ordering = ["-given_on", "-id"]
        indexes = [
            models.Index(fields=["giver", "given_on"], name="sanzhang_support_giver"),
            models.Index(fields=["receiver", "given_on"], name="sanzhang_support_receiver"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="sanzhang_support_has_a_title"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="sanzhang_support_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(kind="fund") | Q(amount__isnull=False), name="sanzhang_fund_has_an_amount"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["award", "talent", "exchange", "training"]) | Q(heads__gt=0),
                name="sanzhang_support_of_heads_says_how_many",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="sanzhang_support_void_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(receiver__isnull=True) | ~Q(receiver=models.F("giver")),
                name="sanzhang_support_goes_to_another",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def receiver_name(self) -> str:
        return self.receiver.association if self.receiver else "所属各单位"

    def get_absolute_url(self) -> str:
        return reverse("duty:support", args=[self.pk])
