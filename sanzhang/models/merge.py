"""Two records found to be one head, with all that is needed to part them again."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.models.person import KeyPerson


class PersonMergeQuerySet(ScopedQuerySet):
    unit_path = "kept__unit"

    def standing(self) -> Self:
        """Merges that were not undone."""
        return self.filter(undone_at__isnull=True)


class PersonMerge(models.Model):
    """``gone`` was folded into ``kept``: which rows moved, what was filled in, what hung on ``kept`` afterwards.

    ``moved`` and ``held`` list the keys of dependent rows by model label; ``filled`` the values that stood in the
    columns of ``kept`` before. The merge can be undone while nothing newer hangs on ``kept``.
    """

    kept = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="merged_away")
    moved = models.JSONField(default=dict)
    held = models.JSONField(default=dict)
    filled = models.JSONField(default=dict)
    unit_before = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    merged_at = models.DateTimeField("合并时间", default=clock.now, editable=False)
    merged_by = models.CharField("合并人", max_length=120, editable=False)
    undone_at = models.DateTimeField("恢复时间", null=True, blank=True, editable=False)
    undone_by = models.CharField("恢复人", max_length=120, blank=True, editable=False)

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "合并记录"
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="sanzhang_merged_away_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="sanzhang_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone} 并入 {self.kept}"
