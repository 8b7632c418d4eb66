"""Where the units of earlier trees stand in the tree of a later day: themselves, their heir, or a group of heirs.

What merged stands with its successor. What was divided stands as one group of all that it became, since nobody knows
which part did what; the group hangs under the lowest unit that all its members share. What ended without a successor
stands by itself under whoever carries on its superior.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Max, Q

from orgs.choices import ANCESTOR_FIELD, Level, UnitKind
from orgs.models import OrgUnit, Succession, UnitEdition

#: What follows the name of a unit that nobody carries on.
ENDED = "（已撤销）"
_ANCESTORS = tuple(f"{name}_id" for name in ANCESTOR_FIELD.values())


class Standing(NamedTuple):
    """A place in the tree; ``unit_id`` is negative for a group. The ancestors include the place at its own level."""

    unit_id: int
    level: int
    is_zone: bool
    province_id: int | None
    city_id: int | None
    county_id: int | None
    township_id: int | None


class Place(NamedTuple):
    """What a row of a table needs to know of a unit, or of a group (with a negative key)."""

    unit_id: int
    name: str
    code: str
    level: Level
    is_zone: bool
    parent_id: int | None


@dataclass(slots=True)
class Group:
    """One row for what was divided: 甲县（今乙县、丙县）."""

    pk: int
    level: Level
    code: str
    heirs: dict[int, str]
    is_zone: bool
    members: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{'、'.join(self.members.values())}（今{'、'.join(self.heirs.values())}）"


class _Hop(NamedTuple):
    """One step from predecessor to successor; hops of one unit are taken in their order."""

    on: dt.date
    pk: int
    recorded_at: dt.datetime
    successor_id: int


class _Closed(NamedTuple):
    unit_id: int
    parent_id: int | None
    level: int
    kind: str
    display_name: str
    division_code: str
    closed_on: dt.date


class Lineage:
    """The tree of ``day`` as what earlier units have come to. Three queries, whatever it is asked afterwards."""

    def __init__(self, day: dt.date, *, deepest: Level = Level.TOWNSHIP) -> None:
        self.day = day
        self.groups: dict[int, Group] = {}
        self._by_heirs: dict[tuple[int, frozenset[int]], Group] = {}
        self._hops = _hops_until(day, deepest)
        self._closed = _closed_until(day, deepest)
        self._editions = self._read_editions()

    def _read_editions(self) -> dict[int, UnitEdition]:
        wanted = set(self._hops) | {unit.parent_id for unit in self._closed.values() if unit.parent_id}
        wanted |= {hop.successor_id for hops in self._hops.values() for hop in hops}
        editions = UnitEdition.objects.on(self.day).filter(unit__in=wanted).order_by()
        return {edition.unit_id: edition for edition in editions}

    def standings(self, since: dt.date, opened_at: dt.datetime | None = None) -> dict[int, Standing]:
        """The place of each unit of the tree of ``since`` that no longer stands in its own right.

        With ``opened_at`` what was recorded only after that instant counts as later than ``since``, on whichever day
        it took effect.
        """
        found: dict[int, Standing] = {}
        for unit_id in (*self._closed, *(pk for pk in self._hops if pk not in self._closed)):
            standing = self._standing(unit_id, self._first_hops(unit_id, since, opened_at))
            if standing is not None:
                found[unit_id] = standing
        return found

    def _first_hops(self, unit_id: int, since: dt.date, opened_at: dt.datetime | None) -> list[_Hop]:
        hops = self._hops.get(unit_id, [])
        later = [
            hop for hop in hops if hop.on > since or (opened_at is not None and hop.recorded_at >= opened_at)
        ]
        if later or unit_id not in self._closed:
            return later
        return [hop for hop in hops if hop.on == hops[-1].on]

    def _standing(self, unit_id: int, hops: list[_Hop]) -> Standing | None:
        """``None`` for a unit that stands in its own right."""
        if not hops:
            return self._ended(unit_id) if unit_id in self._closed else None
        steps: set[int] = set()
        heirs = self._heirs(unit_id, hops, steps)
        if len(heirs) == 1:
            return self._of(next(iter(heirs)))
        return self._group(unit_id, frozenset(heirs), steps)

    def _heirs(self, unit_id: int, hops: list[_Hop], steps: set[int]) -> set[int]:
        """All that carry on ``unit_id`` after ``hops``: itself too, where it still stands."""
        heirs = set() if unit_id in self._closed and hops else {unit_id}
        for hop in hops:
            steps.add(hop.pk)
            onward = [
                each for each in self._hops.get(hop.successor_id, []) if (each.on, each.pk) > (hop.on, hop.pk)
            ]
            heirs |= self._heirs(hop.successor_id, onward, steps)
        return heirs

    def _of(self, unit_id: int) -> Standing:
        edition = self._editions.get(unit_id)
        if edition is None:
            return self._ended(unit_id)
        places = [getattr(edition, name) for name in _ANCESTORS]
        return Standing(unit_id, edition.level, edition.kind == UnitKind.ZONE, *places)

    def _ended(self, unit_id: int) -> Standing:
        """A closed unit that nobody carries on, under whoever carries on its superior."""
        unit = self._closed[unit_id]
        above = self._above(unit.parent_id, unit.closed_on)
        return Standing(unit_id, unit.level, unit.kind == UnitKind.ZONE, *_places(unit_id, unit.level, above))

    def _above(self, parent_id: int | None, since: dt.date) -> list[Standing]:
        """Where a superior that stood until ``since`` has come to."""
        if parent_id is None:
            return []
        hops = [hop for hop in self._hops.get(parent_id, []) if hop.on >= since]
        return [self._standing(parent_id, hops) or self._of(parent_id)]

    def _group(self, unit_id: int, heirs: frozenset[int], steps: set[int]) -> Standing:
        standings = sorted((self._of(heir) for heir in heirs), key=lambda one: self._code(one.unit_id))
        level = min(one.level for one in standings)
        group = self._by_heirs.get((level, heirs))
        if group is None:
            pk = next(-step for step in sorted(steps) if -step not in self.groups)
            group = Group(
                pk,
                Level(level),
                self._code(unit_id),
                {one.unit_id: self._name(one.unit_id) for one in standings},
                all(one.is_zone for one in standings),
            )
            self._by_heirs[level, heirs] = self.groups[pk] = group
        group.members[unit_id] = self._name(unit_id)
        return Standing(group.pk, level, group.is_zone, *_places(group.pk, level, standings))

    def _name(self, unit_id: int) -> str:
        return self._said(unit_id).display_name

    def _code(self, unit_id: int) -> str:
        return self._said(unit_id).division_code

    def _said(self, unit_id: int) -> UnitEdition | _Closed:
        return self._closed.get(unit_id) or self._editions[unit_id]

    def places(self, since: dt.date, opened_at: dt.datetime | None = None) -> list[Place]:
        """Groups, and units that ended without a successor, among the places of the tree of ``since``."""
        standings = {one.unit_id: one for one in self.standings(since, opened_at).values()}
        found = []
        for pk, one in standings.items():
            above = [place for place in one[3 : 2 + one.level] if place is not None]
            parent = above[-1] if above else None
            if pk in self.groups:
                group = self.groups[pk]
                found.append(Place(pk, group.name, group.code, group.level, one.is_zone, parent))
            elif pk in self._closed:
                name = f"{self._name(pk)}{ENDED}"
                found.append(Place(pk, name, self._code(pk), Level(one.level), one.is_zone, parent))
        return found

    def ended_names(self, ids: Iterable[int]) -> dict[int, str]:
        """Names of closed units among ``ids``, saying so."""
        return {pk: f"{self._name(pk)}{ENDED}" for pk in ids if pk in self._closed}


def is_same_tree(within: OrgUnit, day: dt.date, until: dt.date) -> bool:
    """Whether nothing in the subtree of ``within`` began, ended, changed or was divided after ``day`` and up to
    ``until``."""
    if day == until:
        return True
    changed = Q(valid_from__gt=day, valid_from__lte=until) | Q(valid_to__gt=day, valid_to__lte=until)
    column = ANCESTOR_FIELD.get(Level(within.level), "unit")
    if UnitEdition.objects.filter(changed, **{column: within.pk}).exists():
        return False
    predecessor = f"predecessor__{column}" if within.level < Level.VILLAGE else "predecessor"
    return not Succession.objects.filter(on__gt=day, on__lte=until, **{predecessor: within.pk}).exists()


def last_change(within: OrgUnit, until: dt.date) -> dt.date:
    """The latest day up to ``until`` on which anything in the subtree of ``within`` began, ended, changed or was
    divided: since then :func:`is_same_tree`."""
    column = ANCESTOR_FIELD.get(Level(within.level), "unit")
    days = UnitEdition.objects.filter(**{column: within.pk}).aggregate(
        begun=Max("valid_from", filter=Q(valid_from__lte=until)),
        ended=Max("valid_to", filter=Q(valid_to__lte=until)),
    )
    predecessor = f"predecessor__{column}" if within.level < Level.VILLAGE else "predecessor"
    links = Succession.objects.filter(on__lte=until, **{predecessor: within.pk}).aggregate(last=Max("on"))
    return max(day or dt.date.min for day in (*days.values(), *links.values()))


def tree_stamp(day: dt.date) -> str:
    """Different for trees of ``day`` that differ; editions are only ever added, ended or taken back."""
    editions = UnitEdition.objects.filter(valid_from__lte=day)
    ended = Count("pk", filter=Q(valid_to__lte=day))
    last = editions.aggregate(last=Max("pk"), count=Count("pk"), ended=ended)
    links = Succession.objects.filter(on__lte=day).aggregate(last=Max("pk"), count=Count("pk"))
    return "-".join(str(part or 0) for part in (*last.values(), *links.values()))


def _places(unit_id: int, level: int, around: Sequence[Standing]) -> list[int | None]:
    """The ancestors that all of ``around`` share above ``level``, and the place itself at its own."""
    shared = []
    for column, above in enumerate(ANCESTOR_FIELD, start=3):
        if above < level:
            found = {one[column] for one in around}
            shared.append(found.pop() if len(found) == 1 else None)
        else:
            shared.append(unit_id if above == level else None)
    return shared


def _hops_until(day: dt.date, deepest: Level) -> dict[int, list[_Hop]]:
    hops: dict[int, list[_Hop]] = defaultdict(list)
    rows = (
        Succession.objects.filter(on__lte=day, predecessor__level__lte=deepest)
        .order_by("on", "pk")
        .values_list("predecessor_id", "on", "pk", "recorded_at", "successor_id")
    )
    for predecessor, on, pk, recorded_at, successor in rows:
        hops[predecessor].append(_Hop(on, pk, recorded_at, successor))
    return dict(hops)


def _closed_until(day: dt.date, deepest: Level) -> dict[int, _Closed]:
    units = OrgUnit.objects.filter(closed_on__lte=day, level__lte=deepest).order_by("division_code", "pk")
    rows = units.values_list("pk", "parent_id", "level", "kind", "display_name", "division_code", "closed_on")
    return {row[0]: _Closed(*row) for row in rows}
