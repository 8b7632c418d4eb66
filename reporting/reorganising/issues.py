"""What a reorganisation does to problems and suggestions: what a closed unit was to answer is its successor's."""

from __future__ import annotations

from collections import Counter

from core.actor import Actor
from orgs.models import OrgUnit
from orgs.registry import Consequence, Dependent, Journal, Undoing, register_dependent
from orgs.rules.reorganising import Plan
from reporting.models import Issue, IssueStep
from reporting.reorganising.reports import Desks


def _waiting(plan: Plan) -> list[Issue]:
    return list(Issue.objects.open().filter(desk__in=plan.closed).order_by("pk"))


def consequences(plan: Plan) -> list[Consequence]:
    """By desk, how many entries pass to whom."""
    desks = Desks(plan)
    passing = Counter((issue.desk_id, desks.of(issue.desk_id)) for issue in _waiting(plan))
    heirs = {heir for _desk, heir in passing}
    names = dict(OrgUnit.objects.filter(pk__in=heirs).values_list("pk", "display_name"))
    return [
        Consequence(
            desk,
            "问题建议",
            f"待答复 {count} 条",
            f"由{names.get(heir) or plan.name_of(heir)}答复",
            count,
        )
        for (desk, heir), count in passing.items()
    ]


def carry(plan: Plan, by: Actor) -> Journal:
    desks, held = Desks(plan), _waiting(plan)
    journal: Journal = {"issues": [[issue.pk, issue.desk_id] for issue in held]}
    for issue in held:
        issue.desk_id = desks.of(issue.desk_id)
    Issue.objects.bulk_update(held, ["desk"], batch_size=500)
    return journal


def undo(journal: Journal, by: Actor) -> None:
    former = dict(journal.get("issues", ()))
    held = list(Issue.objects.select_for_update().filter(pk__in=former).order_by("pk"))
    for issue in held:
        issue.desk_id = former[issue.pk]
    Issue.objects.bulk_update(held, ["desk"], batch_size=500)


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    moved = [pk for pk, _desk in journal.get("issues", ())]
    since = undoing.reorganisation.applied_at
    answered = IssueStep.objects.filter(issue__in=moved, at__gte=since).exists()
    return ["转来的问题建议此后已有答复。"] if answered else []


def register() -> None:
    """Called once at start."""
    register_dependent(
        Dependent(
            key="issues",
            label="问题建议",
            consequences=consequences,
            carry=carry,
            undo=undo,
            blocks_undo=blocks_undo,
            order=60,
        )
    )
