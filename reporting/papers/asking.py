"""Which paper is asked for: the cycle and unit of an export's parameters, within the scope of who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import formats
from core.errors import DomainError
from core.keys import key_in
from files.permissions import EXPORT
from orgs.choices import Level
from orgs.filters.days import DayForm
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.permissions import VIEW_REPORTS
from reporting.rollup import Lens


def unit_asked(params: Mapping[str, Any]) -> OrgUnit | None:
    return OrgUnit.objects.filter(pk=key_in(params.get("unit"))).select_related("province").first()


def cycle_asked(params: Mapping[str, Any], unit: OrgUnit) -> Cycle | None:
    """The cycle of the unit's province."""
    cycles = Cycle.objects.filter(collection__owner=unit.province_id).select_related(
        "collection__owner", "form_version"
    )
    return cycles.filter(pk=key_in(params.get("cycle"))).first()


def may_have(user: Any, params: Mapping[str, Any], *, deepest: Level = Level.TOWNSHIP) -> bool:
    """Whether ``user`` may have a file of the unit and cycle asked for; papers go down to ``deepest``."""
    unit = unit_asked(params)
    return (
        unit is not None
        and unit.level <= deepest
        and user.can(VIEW_REPORTS, unit)
        and user.can(EXPORT, unit)
        and cycle_asked(params, unit) is not None
    )


def is_of_principal(params: Mapping[str, Any]) -> bool:
    """Whether the cycle asked for is one of the collection that the bulletin speaks of."""
    unit = unit_asked(params)
    cycle = cycle_asked(params, unit) if unit is not None else None
    return cycle is not None and cycle.collection.is_principal


def asked(params: Mapping[str, Any]) -> tuple[Cycle, OrgUnit]:
    """Cycle and unit; raises :class:`DomainError` where one is gone by now."""
    unit = unit_asked(params)
    cycle = cycle_asked(params, unit) if unit is not None else None
    if unit is None or cycle is None:
        raise DomainError.of("paper_gone", "所选的期或单位已不存在，请刷新页面后重新选择。")
    return cycle, unit


def title_of(params: Mapping[str, Any], what: str) -> str:
    """济南市2026年11月工作月报, as the export centre lists it."""
    cycle, unit = asked(params)
    owner = "" if unit.level == Level.PROVINCE else unit.display_name
    return f"{owner}{cycle.label}{what}"


def day_asked(params: Mapping[str, Any]) -> dt.date | None:
    """The past day that a list is asked for."""
    return DayForm(params).day


def lens_asked(params: Mapping[str, Any]) -> Lens:
    """The tree that a list is asked for, as on the page that it comes from."""
    return Lens.now() if params.get("lens") == "now" else Lens(day_asked(params))


def tree_words(params: Mapping[str, Any]) -> str:
    """Which tree that is, for the head of a list; empty for the trees of the time."""
    if params.get("lens") == "now":
        return "范围按现行区划，单位和隶属关系为填报时的"
    day = day_asked(params)
    return f"按{formats.day(day)}的区划" if day else ""
