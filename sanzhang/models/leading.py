"""Which key person leads which affiliate (Zhoukou 四(三)2, Yinzhou 二(二))."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from core.dated import DatedFact, DatedQuerySet
from orgs.models import Affiliate, ScopedQuerySet
from sanzhang.choices import LEADING, LeadingRole
from sanzhang.models.person import KeyPerson


class AffiliateLeaderQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "affiliate__unit"

    def leading(self) -> Self:
        """Those whose post makes the affiliate one that a key person leads."""
        return self.filter(role__in=LEADING)


class AffiliateLeader(DatedFact):
    """One person's post in one affiliate; ``valid_to`` is the first day out of it."""

    affiliate = models.ForeignKey(
        Affiliate, on_delete=models.PROTECT, related_name="leaders", verbose_name="所属组织"
    )
    person = models.ForeignKey(
        KeyPerson, on_delete=models.PROTECT, related_name="affiliate_posts", verbose_name="姓名"
    )
    role = models.CharField("担任职务", max_length=16, choices=LeadingRole.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    objects: ClassVar[Any] = AffiliateLeaderQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "牵头所属组织"
        ordering = ["-valid_from", "-id"]
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["affiliate", "person"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="sanzhang_one_present_post_in_affiliate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.affiliate}{self.get_role_display()}"
