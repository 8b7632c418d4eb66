"""A desk passed on: the list of what passes, and both people's word on it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from core import clock
from orgs.models import OrgUnit, ScopedQuerySet


class HandoverState(models.TextChoices):
    OPEN = "open", "待双方确认"
    DONE = "done", "已交接"
    CANCELLED = "cancelled", "已取消"


class LineKind(models.TextChoices):
    """What a line of the list speaks of."""

    POSTING = "posting", "岗位"
    WORK = "work", "在办事项"
    UNIT = "unit", "单位情况"
    VIEW = "view", "已存视图"
    OTHER = "other", "其他"


class HandoverQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def open(self) -> Self:
        return self.filter(state=HandoverState.OPEN)

    def concerning(self, user: Any) -> Self:
        """Those in which ``user`` leaves or takes over."""
        return self.filter(Q(leaver=user.pk) | Q(successor=user.pk))


class Handover(models.Model):
    """岗位交接 from ``leaver`` to ``successor``, opened by whoever administers the desk. It takes effect with the second
    of the two confirmations; ``stand_in_reason`` says why somebody confirmed in the leaver's place."""

    leaver = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="handovers_given", verbose_name="移交人"
    )
    successor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="handovers_taken", verbose_name="接任人"
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    state = models.CharField("状态", max_length=10, choices=HandoverState.choices, default=HandoverState.OPEN)
    closes_account = models.BooleanField("交接后停用原账号", default=True)
    note = models.TextField("交接说明", blank=True)
    opened_at = models.DateTimeField("发起时间", default=clock.now)
    opened_by_id = models.BigIntegerField(null=True)
    opened_by = models.CharField("发起人", max_length=120)
    given_at = models.DateTimeField("移交人确认时间", null=True, blank=True)
    given_by = models.CharField("移交确认人", max_length=120, blank=True)
    stand_in_reason = models.CharField("代为确认原因", max_length=200, blank=True)
    taken_at = models.DateTimeField("接任人确认时间", null=True, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位交接"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaver"], condition=Q(state="open"), name="accounts_one_open_handover"
            ),
            models.CheckConstraint(condition=~Q(leaver=F("successor")), name="accounts_handover_between_two"),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(given_at__isnull=False, taken_at__isnull=False, ended_at__isnull=False),
                name="accounts_handover_confirmed_by_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leaver}交接给{self.successor}"

    @property
    def is_open(self) -> bool:
        return self.state == HandoverState.OPEN


class HandoverLine(models.Model):
    """One line of the list: what it is, and what the leaver wants the next to know of it.

    Of open work ``text`` says what and ``standing`` how far it was; ``added_at`` marks what came after the list was drawn
    up, ``settled_at`` what was done by the time of a confirmation.
    """

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="lines")
    order = models.PositiveIntegerField()
    kind = models.CharField("类别", max_length=8, choices=LineKind.choices)
    text = models.CharField("内容", max_length=300)
    unit = models.ForeignKey(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    standing = models.CharField("办理情况", max_length=120, blank=True, default="", db_default="")
    added_at = models.DateTimeField("补列时间", null=True, blank=True)
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    remark = models.CharField("说明", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接清单"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "order"], name="accounts_handover_line_once")
        ]

    def __str__(self) -> str:
        return self.text
