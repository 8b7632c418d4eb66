"""The ratios that a province sets for the composition of bodies, each from a day on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from core.dated import DatedFact, DatedQuerySet
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import LEADERSHIP_KINDS, BodyKind, Bound, Measure


class CompositionTargetQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "owner"


class CompositionTarget(DatedFact):
    """“县级委员会一线科技工作者不低于60%”, from ``valid_from`` on, with the clause it rests on (Jilin 二(一)1)."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="composition_targets", verbose_name="制定单位"
    )
    kind = models.CharField("领导机构", max_length=12, choices=BodyKind.choices)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    measure = models.CharField("构成", max_length=20, choices=Measure.choices)
    bound = models.CharField("要求", max_length=8, choices=Bound.choices, default=Bound.AT_LEAST)
    percent = models.PositiveSmallIntegerField("比例（%）")
    basis = models.CharField("依据", max_length=200)

    objects: ClassVar[Any] = CompositionTargetQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "构成比例要求"
        ordering = ["level", "kind", "measure", "-valid_from"]
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["owner", "kind", "level", "measure", "bound"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="sanzhang_one_present_target",
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(0, 100)), name="sanzhang_target_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in LEADERSHIP_KINDS]),
                name="sanzhang_target_is_of_a_leadership_body",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="sanzhang_target_states_its_basis"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.get_level_display()}{self.get_kind_display()}{self.get_measure_display()}"
            f"{self.get_bound_display()}{self.percent}%"
        )
