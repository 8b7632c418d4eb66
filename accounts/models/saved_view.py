"""Lists as somebody wants to see them again: the filters, sorting and columns of one page under a name."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models.people import User
from core import clock
from orgs.models import OrgUnit


class SavedViewQuerySet(models.QuerySet):
    def offered_to(self, user: Any) -> Self:
        """One's own, and those that colleagues at the unit in use share."""
        return self.filter(Q(owner=user) | Q(is_shared=True, unit=user.unit))


class SavedView(models.Model):
    """One page's address under a name; ``query`` holds filters, sorting and columns, never a page number."""

    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="saved_views", verbose_name="保存人"
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    page = models.CharField("页面", max_length=60)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=2000, blank=True)
    is_shared = models.BooleanField("本单位共享", default=False)
    saved_at = models.DateTimeField("保存时间", default=clock.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "已存视图"
        ordering = ["page", "name", "pk"]
        indexes = [models.Index(fields=["unit", "page"], name="accounts_view_unit_page")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="accounts_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a page opens with for one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="default_views")
    page = models.CharField("页面", max_length=60)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        verbose_name = verbose_name_plural = "默认视图"
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="accounts_one_default_view")]

    def __str__(self) -> str:
        return f"{self.user} {self.page}"
