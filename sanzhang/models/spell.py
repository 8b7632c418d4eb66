"""What a key person worked as, from when to when: changes of occupation, employer and retirement keep their history."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from core.dated import DatedFact, DatedQuerySet
from orgs.models import ScopedQuerySet
from sanzhang.choices import NewOrganisation
from sanzhang.models.body import key_range
from sanzhang.models.occupation import Occupation
from sanzhang.models.person import KeyPerson

#: The first spell of everybody holds from here on: what came before the registration is taken to have been the same.
SINCE_EVER = dt.date(1900, 1, 1)


class OccupationSpellQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "person__unit"


class OccupationSpell(DatedFact):
    """The work of one person in one stretch of time; the open spell says the same as the person's own row.

    What was entered wrongly and put right is voided and replaced; what changed is closed and followed by the next.
    So the composition of a body on a past day reads the occupation of that day, as it was known at any instant.
    """

    person = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="spells")
    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, related_name="spells", verbose_name="职业身份"
    )
    employer = models.CharField("工作单位", max_length=100, blank=True)
    post = models.CharField("单位职务", max_length=60, blank=True)
    is_front_line = models.BooleanField("一线科技工作者", default=True)
    is_retired = models.BooleanField("已退休", default=False)
    new_organisation = models.CharField(
        "新经济组织、新社会组织", max_length=8, choices=NewOrganisation.choices, blank=True, default=""
    )

    objects: ClassVar[Any] = OccupationSpellQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "工作经历"
        ordering = ["-valid_from", "-id"]
        constraints = [
            *DatedFact.Meta.constraints,
            ExclusionConstraint(
                name="sanzhang_one_spell_at_a_time",
                expressions=[
                    (key_range("person"), RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.occupation}"
