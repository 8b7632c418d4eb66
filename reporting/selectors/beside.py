"""What the rules of a form look at beside its cells: the registry's figures and the files attached.

Nothing is read where the form asks for neither; else one query for the files and one for the facts of the units.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from files.models import Attachment
from orgs.models import OrgUnit
from reporting.models import Report
from reporting.selectors.facts import facts_for

if TYPE_CHECKING:
    from reporting.selectors.layout import Layout


@dataclass(frozen=True, slots=True)
class Beside:
    """Of one report: registry figures by key, ratios as percentages, and how many files each heap holds."""

    registry: Mapping[str, Decimal] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)


NOTHING = Beside()


def beside_of(reports: Iterable[Report], layout: Layout) -> dict[int, Beside]:
    """What stands beside reports of one cycle, by primary key."""
    rows = list(reports)
    words = layout.registry_words()
    wanting = [row.pk for row in rows if layout.files_wanted_at(row.level)]
    if not words and not wanting:
        return {row.pk: NOTHING for row in rows}
    registry = _registry(rows, words) if words else {}
    files = _files(wanting)
    return {row.pk: Beside(registry.get(row.unit_id, {}), files.get(row.pk, {})) for row in rows}


def _registry(reports: Collection[Report], words: Collection[str]) -> dict[int, dict[str, Decimal]]:
    if not reports:
        return {}
    units = {report.unit_id for report in reports}
    table = facts_for(next(iter(reports)).cycle, within=_common(reports), units=units)
    return {
        unit_id: {
            key: fact.value
            for key, fact in table.of(unit_id).items()
            if key in words and fact.value is not None
        }
        for unit_id in units
    }


def _common(reports: Collection[Report]) -> OrgUnit:
    """The lowest unit that holds all of them, in the tree that they were opened in."""
    first = next(iter(reports))
    if len(reports) == 1:
        return first.unit
    for column in ("county_id", "city_id", "province_id"):
        holders = {getattr(report, column) for report in reports}
        if len(holders) == 1 and None not in holders:
            return OrgUnit.objects.get(pk=holders.pop())
    return first.unit


def _files(reports: Collection[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    if reports:
        attached = Attachment.objects.filter(
            owner_label=Report._meta.label_lower,
            owner_id__in=[str(pk) for pk in reports],
            removed_at__isnull=True,
        )
        for owner_id, kind in attached.values_list("owner_id", "kind"):
            found[int(owner_id)][kind] += 1
    return found
