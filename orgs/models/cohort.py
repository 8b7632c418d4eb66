"""Named, dated sets of units: 试点 and the like."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from core.dated import DatedFact, DatedQuerySet
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models.unit import OrgUnit, ScopedQuerySet


class CohortQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def known_to(self, user: Any, permission: Any) -> Self:
        """Those that a unit in reach of ``user`` keeps, and those of the units above: they name the user's units too."""
        reach = user.reach_of(permission)
        if reach.everywhere:
            return self.all()
        above = {pk for unit in (*reach.subtrees, *reach.own) for pk in unit.ancestor_ids()}
        known = Q(owner__in=above)
        for unit in reach.subtrees:
            if unit.level < Level.VILLAGE:
                known |= Q(**{f"owner__{ANCESTOR_FIELD[Level(unit.level)]}": unit.pk})
        return self.filter(known)


class Cohort(models.Model):
    """A set of units that filters, rankings and obligations may name."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="cohorts", verbose_name="设定单位"
    )
    name = models.CharField("名称", max_length=60)
    is_pilot = models.BooleanField("试点", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    opened_on = models.DateField("设立日期", null=True)
    closed_on = models.DateField("停用日期", null=True, blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位集"
        ordering = ["-is_pilot", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="orgs_cohort_name_once"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=F("opened_on")),
                name="orgs_cohort_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "unit"


class CohortMember(DatedFact):
    """One unit's time in a cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="memberships")

    objects: ClassVar[Any] = MemberQuerySet.as_manager()

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
