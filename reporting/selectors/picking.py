"""Units offered for a collection, and the lines by which those chosen are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from core.keys import keys_in
from orgs.models import OrgUnit
from orgs.models.unit import OrgUnitQuerySet
from orgs.selectors.listing import narrowed

#: How many are shown on one page.
PAGE_SIZE = 30


def pickable(owner: OrgUnit, criteria: dict[str, Any]) -> OrgUnitQuerySet:
    """Open units of ``owner``, narrowed as the list of units is, in code order."""
    return narrowed(OrgUnit.objects.within(owner), criteria).in_code_order()


def ticked(owner: OrgUnit, keys: Iterable[str]) -> OrgUnitQuerySet:
    """The open units whose boxes were ticked; what is no key of one is passed over."""
    return OrgUnit.objects.open().within(owner).filter(pk__in=keys_in(keys)).in_code_order()


def lines_of(owner: OrgUnit, units: Sequence[OrgUnit]) -> list[str]:
    """How each unit is named in a line of its own: its full name, or its code where several bear the name."""
    bearing = Counter(
        OrgUnit.objects.open()
        .within(owner)
        .filter(display_name__in=[unit.display_name for unit in units])
        .values_list("display_name", flat=True)
    )
    return [
        unit.display_name if bearing[unit.display_name] == 1 else unit.division_code or unit.display_name
        for unit in units
    ]


def lines_in(text: str) -> list[str]:
    """What was typed or pasted, one unit a line, each once; a row of a sheet stands with all its columns."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def with_picked(text: str, owner: OrgUnit, units: Sequence[OrgUnit]) -> str:
    """``text`` with a line for each of ``units`` that it does not name yet."""
    lines = lines_in(text)
    present = set(lines)
    for unit, line in zip(units, lines_of(owner, units), strict=True):
        if present.isdisjoint((unit.display_name, unit.division_code)):
            lines.append(line)
    return "\n".join(lines)
