"""Named, dated sets of units: 试点 and the like."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.dated import DatedFact
from orgs.models.unit import OrgUnit


class Cohort(models.Model):
    """A set of units that filters, rankings and obligations may name."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="cohorts", verbose_name="设定单位"
    )
    name = models.CharField("名称", max_length=60)
    is_pilot = models.BooleanField("试点", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "单位集"
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="orgs_cohort_name_once")]

    def __str__(self) -> str:
        return self.name


class CohortMember(DatedFact):
    """One unit's time in a cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="memberships")

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "单位集成员"
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["cohort", "unit"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort}：{self.unit}"
