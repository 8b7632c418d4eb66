"""What may be asked: the collections of a province, their cycles, and the indicators that can be put side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from orgs.models import OrgUnit
from reporting.choices import Source, Space
from reporting.models import Collection, Cycle, FormItem, Indicator
from reporting.selectors.registry import COMPUTED

SUMMED = Q(indicator__space=Space.SUM, indicator__value_kind__in=["count", "decimal", "money"])


def collections_of(unit: OrgUnit) -> list[Collection]:
    """Those of the unit's province that have a cycle, the principal one first."""
    found = Collection.objects.filter(owner=unit.province_id or unit.pk, cycles__isnull=False).distinct()
    return list(found.order_by("-is_principal", "pk"))


def cycles_of(collection: Collection) -> list[Cycle]:
    """All of its cycles, oldest first."""
    return list(collection.cycles.select_related("collection", "form_version").order_by("period", "pk"))


def offered_indicators(collection: Collection) -> list[tuple[str, list[Indicator]]]:
    """By section as the newest form has them; those that only older forms ask for come after."""
    typed = SUMMED & ~Q(indicator__source=Source.REGISTRY)
    registry = Q(indicator__source=Source.REGISTRY, indicator__key__in=COMPUTED)
    items = (
        FormItem.objects.filter(typed | registry, version__cycles__collection=collection)
        .select_related("indicator", "section")
        .order_by("-version__number", "section__order", "order", "pk")
        .distinct()
    )
    seen: set[int] = set()
    sections: dict[str, list[Indicator]] = {}
    for item in items:
        if item.indicator_id not in seen:
            seen.add(item.indicator_id)
            sections.setdefault(item.section.name, []).append(item.indicator)
    return list(sections.items())


def between(cycles: Sequence[Cycle], first: dt.date, last: dt.date) -> list[Cycle]:
    return [cycle for cycle in cycles if first <= cycle.period <= last]
