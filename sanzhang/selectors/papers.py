"""The files that hang on steps and meetings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from files.models import Attachment


def papers_of(owners: Iterable[Any]) -> dict[int, list[Attachment]]:
    """The papers of rows of one kind, by their keys. One query."""
    rows = list(owners)
    if not rows:
        return {}
    found: dict[int, list[Attachment]] = {}
    papers = Attachment.objects.filter(
        owner_label=rows[0]._meta.label_lower,
        owner_id__in=[str(row.pk) for row in rows],
        removed_at__isnull=True,
    )
    for paper in papers:
        found.setdefault(int(paper.owner_id), []).append(paper)
    return found
