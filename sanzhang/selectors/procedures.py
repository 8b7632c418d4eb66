"""The versions of a province's procedure, and how many candidacies follow each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from orgs.models import OrgUnit
from sanzhang.models import Procedure


@dataclass(frozen=True, slots=True)
class Version:
    """One version with its use."""

    procedure: Procedure
    running: int
    total: int

    @property
    def is_draft(self) -> bool:
        return self.procedure.published_at is None

    @property
    def is_in_force(self) -> bool:
        return not self.is_draft and self.procedure.retired_at is None

    @property
    def state(self) -> tuple[str, str]:
        if self.is_draft:
            return ("草稿", "info")
        return ("现行", "success") if self.is_in_force else ("已停用", "neutral")


def versions_of(owner: OrgUnit) -> list[Version]:
    """Every version, the newest first. One query."""
    rows = Procedure.objects.filter(owner=owner).annotate(
        running=Count("candidacies", filter=Q(candidacies__closed_on__isnull=True)),
        total=Count("candidacies"),
    )
    return [Version(row, row.running, row.total) for row in rows.order_by("-version")]
