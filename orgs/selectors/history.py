"""Everything that was ever on record of one unit: what, from when to when, recorded by whom and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.formats import day, number
from orgs.models import Establishment, Expectation, FourLacks, OrgUnit, SixHaves, UnitOfficer, UnitResources


@dataclass(frozen=True, slots=True)
class PastFact:
    """One dated fact in words."""

    kind: str
    words: str
    basis: str
    valid_from: dt.date
    valid_to: dt.date | None
    recorded_by: str
    recorded_at: dt.datetime
    is_void: bool


def history_of(unit: OrgUnit, kind: str = "") -> list[PastFact]:
    """Newest first; six queries. ``kind`` narrows to one key of :data:`SORTS`."""
    chosen = {kind: SORTS[kind]} if kind in SORTS else SORTS
    found = [
        _past(label, words, fact)
        for label, model, words in chosen.values()
        for fact in model.objects.filter(unit=unit)
    ]
    return sorted(found, key=lambda fact: (fact.valid_from, fact.recorded_at), reverse=True)


def _past(label: str, words: Any, fact: Any) -> PastFact:
    return PastFact(
        kind=label,
        words=words(fact),
        basis=getattr(fact, "basis", "") or getattr(fact, "note", ""),
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        recorded_by=fact.recorded_by,
        recorded_at=fact.recorded_at,
        is_void=fact.voided_at is not None,
    )


def _establishment(fact: Establishment) -> str:
    parts = [fact.get_state_display(), fact.reason_words]
    if fact.planned_on:
        parts.append(f"计划{day(fact.planned_on)}建成")
    if fact.responsible:
        parts.append(f"责任人 {fact.responsible}")
    return "，".join(part for part in parts if part)


def _officer(fact: UnitOfficer) -> str:
    chair = "，兼任科协主席" if fact.is_chair else ""
    return f"{fact.get_role_display()} {fact.name} {fact.post}".strip() + chair


def _resources(fact: UnitResources) -> str:
    said = [
        None if fact.is_separate is None else ("单独设置" if fact.is_separate else "未单独设置"),
        *(
            f"{label} {number(value, places)}{unit}"
            for label, value, unit, places in (
                ("编制", fact.posts, "个", 0),
                ("专职", fact.full_time, "人", 0),
                ("兼职", fact.part_time, "人", 0),
                ("经费", fact.budget, "万元", 2),
                ("政协委员", fact.conference_seats, "名", 0),
            )
            if value is not None
        ),
    ]
    return "，".join(part for part in said if part)


#: Key → label, model, and its words.
SORTS: dict[str, tuple[str, Any, Any]] = {
    "expected": ("应建", Expectation, lambda fact: "计入应建" if fact.is_expected else "不计应建"),
    "establishment": ("建立情况", Establishment, _establishment),
    "officers": ("负责人与联络员", UnitOfficer, _officer),
    "resources": ("编制人员经费", UnitResources, _resources),
    "haves": ("六有", SixHaves, lambda fact: fact.get_item_display()),
    "lacks": ("四缺", FourLacks, lambda fact: fact.get_item_display()),
}
