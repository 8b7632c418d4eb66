"""Bodies of a unit and their terms."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import BodyKind


def key_range(field: str) -> Func:
    """A key as a one-element range, so that GiST compares it without an extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


class BodyQuerySet(ScopedQuerySet):
    unit_path = "unit"


class LeadershipBody(models.Model):
    """One body of one unit; it outlives its terms."""

    #: The key of the present term, where a list has annotated it.
    present_id: int | None

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="bodies", verbose_name="单位")
    kind = models.CharField("机构", max_length=12, choices=BodyKind.choices)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领导机构"
        constraints = [models.UniqueConstraint(fields=["unit", "kind"], name="sanzhang_body_once")]

    def __str__(self) -> str:
        return f"{self.unit}{self.get_kind_display()}"


class TermQuerySet(ScopedQuerySet):
    unit_path = "body__unit"


class Term(models.Model):
    """第N届 of a body: start, lawful end (five years unless set otherwise), and the day it really ended."""

    body = models.ForeignKey(LeadershipBody, on_delete=models.PROTECT, related_name="terms")
    ordinal = models.PositiveSmallIntegerField("届次")
    starts_on = models.DateField("届期开始")
    lawful_end = models.DateField("应换届日期", help_text="届满之日，其后未换届即为逾期")
    ended_on = models.DateField("实际换届日期", null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    end_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        ordering = ["body_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["body", "ordinal"], name="sanzhang_term_once"),
            models.UniqueConstraint(
                fields=["body"], condition=Q(ended_on__isnull=True), name="sanzhang_one_present_term"
            ),
            models.CheckConstraint(condition=Q(lawful_end__gt=F("starts_on")), name="sanzhang_term_lasts"),
            ExclusionConstraint(
                name="sanzhang_terms_do_not_overlap",
                expressions=[
                    (key_range("body"), RangeOperators.EQUAL),
                    (
                        Func(F("starts_on"), F("ended_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}第{self.ordinal}届"
