"""委托: who acts for an absent colleague, from one day to another."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models.people import Posting, User
from accounts.roles import Role
from core import clock
from orgs.models import OrgUnit, ScopedQuerySet


class DelegationQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def standing(self) -> Self:
        """Not called back before its time."""
        return self.filter(ended_at__isnull=True)

    def on(self, day: dt.date) -> Self:
        return self.standing().filter(starts_on__lte=day, ends_on__gte=day)

    def unfinished(self) -> Self:
        """In force or still to come."""
        return self.standing().filter(ends_on__gte=clock.today())


class Delegation(models.Model):
    """``deputy`` acts as ``role`` of ``unit`` for ``principal`` between two days (both inclusive).

    It is carried out by ``posting``, a dated posting of the deputy, so that whatever asks for postings sees it.
    """

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="delegations", verbose_name="单位"
    )
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    principal = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="delegations_given", verbose_name="委托人"
    )
    deputy = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="delegations_held", verbose_name="受托人"
    )
    posting = models.OneToOneField(
        Posting, null=True, blank=True, on_delete=models.SET_NULL, related_name="delegation"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    reason = models.CharField("事由", max_length=200)
    made_at = models.DateTimeField("委托时间", default=clock.now)
    made_by = models.CharField("办理人", max_length=120)
    ended_at = models.DateTimeField("提前终止时间", null=True, blank=True)
    ended_by = models.CharField("终止人", max_length=120, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委托"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="accounts_delegation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("deputy")), name="accounts_delegation_to_another"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_delegation_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="accounts_delegation_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal.name}委托{self.deputy.name}（{self.get_role_display()}）"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.ends_on < clock.today()

    @property
    def is_in_force(self) -> bool:
        return not self.is_over and self.starts_on <= clock.today()
