"""Templates and drafts of papers: which words count for a unit, which text stands."""

from __future__ import annotations

from django.db.models import QuerySet

from orgs.models import OrgUnit
from reporting.choices import PaperKind
from reporting.models import Cycle, PaperDraft, PaperTemplate


def templates_for(unit: OrgUnit, paper: PaperKind) -> dict[str, str]:
    """The own words that count for ``unit``: its own, else those of the unit above that words the passage."""
    above = unit.ancestor_ids()
    rows = PaperTemplate.objects.filter(owner__in=above, paper=paper).current().select_related("owner")
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda one: one.owner.level):
        if row.text:
            found[row.key] = row.text
        elif row.owner_id == unit.pk:
            found.pop(row.key, None)
    return found


def own_templates(unit: OrgUnit, paper: PaperKind) -> dict[str, PaperTemplate]:
    """The newest version of each passage that ``unit`` itself has worded."""
    return {row.key: row for row in PaperTemplate.objects.filter(owner=unit, paper=paper).current()}


def versions_of(unit: OrgUnit, paper: PaperKind, key: str) -> QuerySet[PaperTemplate]:
    """Every version of a passage, newest first."""
    return PaperTemplate.objects.filter(owner=unit, paper=paper, key=key).order_by("-number")


def draft_of(paper: PaperKind, cycle: Cycle, unit: OrgUnit) -> PaperDraft | None:
    """The text that people have edited for the month's bulletin, or for the year's summary up to ``cycle``."""
    found = PaperDraft.objects.filter(cycle=cycle, unit=unit, paper=paper)
    return found.select_related("unit", "cycle").first()


def briefings_of(cycle: Cycle, unit: OrgUnit) -> QuerySet[PaperDraft]:
    """The unit's briefings of the month, newest first."""
    found = PaperDraft.objects.filter(cycle=cycle, unit=unit, paper=PaperKind.BRIEFING)
    return found.select_related("unit", "cycle").order_by("-issue")
