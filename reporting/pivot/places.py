"""Which units a question is about, and in which cycles each stood where it is asked for."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from core import clock
from orgs.choices import ANCESTOR_FIELD, Level, UnitKind
from orgs.models import Cohort, OrgUnit, UnitEdition
from orgs.selectors.cohorts import covered_by
from orgs.selectors.lineage import Group, Lineage
from reporting.models import Cycle
from reporting.pivot.carrying import past_places
from reporting.pivot.question import Question

#: The places of a question that are no unit: the sum of those listed.
TOTAL_ID = 0


@dataclass(slots=True)
class Place:
    """A unit as it was last called in the cycles asked for. ``stood`` are the cycles in which it lay in the subtree at this
    level; ``None``: in all. By today's tree what is in it no more is ``is_past``: ended, or ``divided`` among its heirs, and
    then under ``parent_id``."""

    unit_id: int
    name: str
    code: str
    level: Level
    is_zone: bool = False
    parent_name: str = ""
    is_pilot: bool = False
    is_whole: bool = False
    stood: set[int] | None = None
    is_past: bool = False
    divided: Group | None = None
    parent_id: int | None = None

    @property
    def is_total(self) -> bool:
        return self.unit_id == TOTAL_ID

    @property
    def group(self) -> str:
        """What it is ranked with: pilots and zones stand apart."""
        return "zone" if self.is_zone else "pilot" if self.is_pilot else ""


@dataclass(slots=True)
class Places:
    """``listed`` in code order without the whole; ``unknown`` are words of the question that name no unit."""

    root: Place
    listed: list[Place] = field(default_factory=list)
    has_whole: bool = False
    unknown: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[Place]:
        return [self.root, *self.listed] if self.has_whole else list(self.listed)


def total_place(root: Place) -> Place:
    return Place(TOTAL_ID, "合计", "", root.level)


def places_of(
    root: OrgUnit,
    question: Question,
    cycles: Sequence[Cycle],
    cohort: Cohort | None,
    lineage: Lineage | None = None,
) -> Places:
    """The units that ``question`` asks for, by the trees of ``cycles`` (oldest first), or by that of ``lineage``'s day with
    what is in it no more; four queries at most."""
    top = _root(root)
    if question.spread == "self" or root.level >= Level.TOWNSHIP or not cycles:
        return Places(top, [top])
    days = [lineage.day] if lineage else [clock.local_day(cycle.opened_at) for cycle in cycles]
    found = _standing(_editions(root, question, days), cycles, days)
    if lineage is not None:
        found |= _past(root, question, cycles, lineage)
    if cohort is not None:
        inside = _members(cohort, days[-1], found)
        found = {pk: place for pk, place in found.items() if pk in inside}
    listed, unknown = _named(sorted(found.values(), key=lambda one: (one.is_zone, one.code)), question.only)
    for place in listed:
        if place.level <= root.level + 1:
            place.parent_name = ""
    _mark_pilots(root, listed, days[-1])
    return Places(top, listed, has_whole=question.whole, unknown=unknown)


def _root(unit: OrgUnit) -> Place:
    return Place(
        unit.pk,
        unit.name,
        unit.division_code,
        Level(unit.level),
        is_zone=unit.kind == UnitKind.ZONE,
        is_whole=True,
    )


def _editions(root: OrgUnit, question: Question, days: Sequence[dt.date]) -> QuerySet[UnitEdition]:
    """Editions of any of ``days`` in the subtree of ``root`` at the level asked for."""
    where = Q(**{ANCESTOR_FIELD[Level(root.level)]: root.pk}, valid_from__lte=days[-1])
    where &= Q(valid_to__isnull=True) | Q(valid_to__gt=days[0])
    where &= Q(parent=root.pk) if question.spread == "below" else Q(level=int(question.spread))
    if question.kind:
        where &= Q(kind=UnitKind.ZONE) if question.kind == "zone" else Q(kind=UnitKind.REGULAR)
    return UnitEdition.objects.filter(where, level__lte=Level.TOWNSHIP).order_by("valid_from", "pk")


def _standing(
    editions: QuerySet[UnitEdition], cycles: Sequence[Cycle], days: Sequence[dt.date]
) -> dict[int, Place]:
    """One place a unit, called as in its last edition."""
    found: dict[int, Place] = {}
    rows = editions.values_list(
        *("unit_id", "name", "division_code", "level", "kind", "parent__name", "valid_from", "valid_to")
    )
    for pk, name, code, level, kind, parent, begins, ends in rows:
        first = bisect_left(days, begins)
        last = bisect_left(days, ends) if ends is not None else len(days)
        if first >= last:
            continue
        stood = None if (first, last) == (0, len(days)) else {one.pk for one in cycles[first:last]}
        past = found.get(pk)
        if past is not None and past.stood is not None and stood is not None:
            stood |= past.stood
        found[pk] = Place(
            pk,
            name,
            code,
            Level(level),
            is_zone=kind == UnitKind.ZONE,
            parent_name=parent or "",
            stood=stood,
        )
    return found


def _past(root: OrgUnit, question: Question, cycles: Sequence[Cycle], lineage: Lineage) -> dict[int, Place]:
    """What has come to ``root`` and stands in no tree of today: ended units, and groups of what was divided."""
    past = past_places(root, question.spread, cycles, lineage)
    above = OrgUnit.objects.filter(pk__in={one.parent_id for one in past if one.parent_id})
    names = dict(above.values_list("pk", "name")) if past else {}
    return {
        one.unit_id: Place(
            one.unit_id,
            one.name,
            one.code,
            one.level,
            is_zone=one.is_zone,
            parent_name=names.get(one.parent_id or 0, ""),
            is_past=True,
            divided=lineage.groups.get(one.unit_id),
            parent_id=one.parent_id,
        )
        for one in past
        if not question.kind or one.is_zone == (question.kind == "zone")
    }


def _members(cohort: Cohort, day: dt.date, found: dict[int, Place]) -> set[int]:
    """Those of ``found`` in ``cohort``; what was divided, where all its heirs are."""
    groups = {pk: set(place.divided.heirs) for pk, place in found.items() if place.divided}
    asked = set(found).union(*groups.values())
    units = UnitEdition.objects.on(day).filter(covered_by(cohort, day), unit__in=asked)
    inside = set(units.values_list("unit_id", flat=True))
    return inside | {pk for pk, heirs in groups.items() if heirs <= inside}


def _mark_pilots(root: OrgUnit, listed: Sequence[Place], day: dt.date) -> None:
    """Pilots named by the unit or one above it, the units at the same level as those listed."""
    above: list[Any] = root.ancestor_ids()
    pilots = Cohort.objects.filter(is_pilot=True, owner__in=above).exclude(closed_on__lte=day)
    conditions = [covered_by(cohort, day) for cohort in pilots]
    if not conditions:
        return
    either = conditions[0]
    for one in conditions[1:]:
        either |= one
    ids = [place.unit_id for place in listed if place.level < Level.TOWNSHIP]
    inside = set(UnitEdition.objects.on(day).filter(either, unit__in=ids).values_list("unit_id", flat=True))
    for place in listed:
        place.is_pilot = place.unit_id in inside


def _named(places: list[Place], words: str) -> tuple[list[Place], list[str]]:
    """Those whose name holds, or whose code is, one of ``words``; and the words that fit none."""
    wanted = words.replace("，", " ").replace("、", " ").replace(",", " ").split()
    if not wanted:
        return places, []
    found = [one for one in places if any(word in one.name or word == one.code for word in wanted)]
    unknown = [word for word in wanted if not any(word in one.name or word == one.code for one in found)]
    return found, unknown
