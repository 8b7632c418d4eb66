"""Where units go that lie below one that is closed or divided: who needs a new parent, and who may be it."""

from __future__ import annotations

from dataclasses import dataclass

from orgs.models import OrgUnit
from orgs.rules.reorganising import Plan, Standing

#: Units beside a closed one that are offered as new parents.
_MOST_OFFERED = 300


@dataclass(slots=True)
class HomesWanted:
    """Children without a home by key and name, the parents on offer, and how many lines the draft has."""

    children: list[tuple[int, str]]
    targets: list[tuple[str, str]]
    present: int


def homes_wanted(plan: Plan) -> HomesWanted:
    """The successors first, then the other units of their level under the same parent."""
    homeless = [unit for unit in plan.after.values() if _is_homeless(plan, unit)]
    parents = {unit.parent_id for unit in homeless if unit.parent_id is not None}
    targets: dict[str, str] = {}
    for parent in parents:
        for heir in plan.heirs.get(parent, ()):
            targets[_value(heir.pk)] = f"{plan.name_of(heir.pk)}（承接单位）"
    for level, above in {(plan.before[pk].level, plan.before[pk].parent_id) for pk in parents}:
        beside = OrgUnit.objects.open().filter(parent=above, level=level).exclude(pk__in=plan.closed)
        for pk, name in beside.in_code_order().values_list("pk", "display_name")[:_MOST_OFFERED]:
            targets.setdefault(_value(pk), name)
    return HomesWanted(
        children=[(unit.pk, unit.display_name) for unit in sorted(homeless, key=lambda unit: unit.code)],
        targets=list(targets.items()),
        present=len(plan.lines),
    )


def _is_homeless(plan: Plan, unit: Standing) -> bool:
    parent = plan.after.get(unit.parent_id or 0)
    return unit.is_open and parent is not None and not parent.is_open


def _value(pk: int) -> str:
    """``u`` and a unit's key, or ``o`` and the place of the line that sets it up."""
    return f"u{pk}" if pk > 0 else f"o{-pk - 1}"
