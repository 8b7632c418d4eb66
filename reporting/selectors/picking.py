"""Units offered for a collection, and the lines by which those chosen are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from orgs.models import OrgUnit
from orgs.models.unit import OrgUnitQuerySet
from orgs.selectors.listing import narrowed

#: How many are shown at once; more are to be narrowed.
MOST_SHOWN = 200


def pickable(owner: OrgUnit, criteria: dict[str, Any]) -> OrgUnitQuerySet:
    """Open units of ``owner``, narrowed as the list of units is, in code order."""
    return narrowed(OrgUnit.objects.within(owner), criteria).in_code_order()


def with_picked(text: str, owner: OrgUnit, picked: Sequence[str]) -> str:
    """``text`` with a line for each unit of the primary keys ``picked`` that it does not name yet: its full name, or its
    code where several bear the name."""
    keys = [int(key) for key in picked if key.isascii() and key.isdigit() and len(key) < 19]
    units = list(OrgUnit.objects.open().within(owner).filter(pk__in=keys).in_code_order())
    names = [unit.display_name for unit in units]
    bearing = Counter(
        OrgUnit.objects.open()
        .within(owner)
        .filter(display_name__in=names)
        .values_list("display_name", flat=True)
    )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for unit in units:
        if {unit.display_name, unit.division_code}.isdisjoint(lines):
            lines.append(unit.display_name if bearing[unit.display_name] == 1 else unit.division_code)
    return "\n".join(lines)
