"""What becomes of yearly confirmations that wait to be checked or answered: the successor's, where it has said nothing
for that year. What was checked stays with the unit that said it."""

from __future__ import annotations

from collections import Counter

from core.actor import Actor
from orgs.choices import ConfirmationState
from orgs.models import OrgUnit, YearlyConfirmation
from orgs.registry import Consequence, Dependent, Journal, Undoing
from orgs.rules.reorganising import Plan

KEY = "confirmations"
_OPEN = (ConfirmationState.CONFIRMED, ConfirmationState.RETURNED)


def _passing(plan: Plan) -> list[tuple[YearlyConfirmation, int]]:
    """Words that pass on, with the successor; one a successor and year."""
    heirs = plan.main_heirs
    said = set(YearlyConfirmation.objects.filter(unit__in=heirs.values()).values_list("unit_id", "year"))
    found = []
    for row in YearlyConfirmation.objects.filter(unit__in=heirs, state__in=_OPEN).order_by("pk"):
        heir = heirs[row.unit_id]
        if (heir, row.year) not in said:
            said.add((heir, row.year))
            found.append((row, heir))
    return found


def consequences(plan: Plan) -> list[Consequence]:
    counted = Counter((row.unit_id, heir) for row, heir in _passing(plan))
    return [
        Consequence(unit_id, "年度确认", f"{count:,} 份未办结", f"由{plan.name_of(heir)}继续办理", count)
        for (unit_id, heir), count in counted.items()
    ]


def carry(plan: Plan, by: Actor) -> Journal:
    passing = _passing(plan)
    journal: Journal = {"moved": [[row.pk, row.unit_id] for row, _heir in passing]}
    for row, heir in passing:
        row.unit_id = heir
    YearlyConfirmation.objects.bulk_update([row for row, _heir in passing], ["unit"], batch_size=500)
    return journal


def undo(journal: Journal, by: Actor) -> None:
    former = dict(journal.get("moved", ()))
    rows = list(YearlyConfirmation.objects.filter(pk__in=former))
    for row in rows:
        row.unit_id = former[row.pk]
    YearlyConfirmation.objects.bulk_update(rows, ["unit"], batch_size=500)


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Words that were answered or checked since, or given since by a unit that would be gone."""
    since = undoing.reorganisation.applied_at
    moved = [pk for pk, _unit in journal.get("moved", ())]
    rows = YearlyConfirmation.objects.filter(pk__in=moved)
    later = rows.filter(confirmed_at__gte=since) | rows.filter(checked_at__gte=since)
    fresh = YearlyConfirmation.objects.filter(unit__in=undoing.opened).exclude(pk__in=moved)
    units = {*later.values_list("unit_id", flat=True), *fresh.values_list("unit_id", flat=True)}
    return [f"{name}此后又办理了六有四缺年度确认。" for name in OrgUnit.objects.names_of(units)]


WORDS = Dependent(
    key=KEY,
    label="年度确认",
    consequences=consequences,
    carry=carry,
    undo=undo,
    blocks_undo=blocks_undo,
    order=15,
)
