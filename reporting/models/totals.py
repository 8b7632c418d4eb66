"""Registry figures as of a window's end, and the totals of locked cycles."""

from __future__ import annotations

from django.db import models

from orgs.models import OrgUnit
from reporting.models.cycle import Cycle
from reporting.models.form import Indicator


class CycleFact(models.Model):
    """One registry indicator of one unit's whole subtree, as known at the window's end.

    A count has no denominator. A ratio keeps both parts, so that ratios are never averaged.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="facts", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账数"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit", "indicator"], name="reporting_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.indicator} {self.numerator}"


class CycleTotal(models.Model):
    """One typed indicator of one unit's subtree in a locked cycle: stored once, in the official version."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="totals", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    own = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    value = models.DecimalField(max_digits=18, decimal_places=2)
    reporters = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "审定汇总数"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit", "indicator"], name="reporting_total_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.indicator} {self.value}"
