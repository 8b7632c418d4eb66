"""Random reorganisations of a random tree, written as bare rows, and where units have come to, by walking the log."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from core import clock
from core.copying import copy_rows, new_keys
from orgs.choices import EditionCause, Level
from orgs.models import OrgUnit, Succession, UnitEdition
from orgs.services import bulk
from orgs.services.tree import _KEPT
from tests.factories import OPENED, Tree, make_tree

PARENT_OF = {Level.CITY: Level.PROVINCE, Level.COUNTY: Level.CITY, Level.TOWNSHIP: Level.COUNTY}


def wide_tree(rng: random.Random) -> Tree:
    """Two cities with counties enough to merge and divide, one county directly under the province, some villages."""
    names = {"37": "省", "3701": "甲市", "3702": "乙市", "379001": "直管县", "370200101": "直辖镇"}
    for county in ("370101", "370102", "370103", "370171", "370201", "370202", "370203", "379001"):
        names[county] = f"县{county}"
        for number in range(rng.randint(2, 4)):
            township = f"{county}{101 + number}"
            names[township] = f"镇{township}"
            for village in range(rng.randint(0, 2)):
                names[f"{township}{201 + village}"] = f"村{village}"
    return make_tree(names)


@dataclass
class Event:
    """What became of one unit on a day; ``stays`` where it lives on beside its heirs."""

    on: dt.date
    unit: int
    heirs: list[int]
    stays: bool = False


@dataclass
class History:
    """A tree whose units merge, divide, move, change their names and end, one event a day."""

    tree: Tree
    rng: random.Random
    events: list[Event] = field(default_factory=list)
    trees: dict[dt.date, dict[int, tuple]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trees[OPENED] = self.places()

    def open_at(self, level: Level) -> list[OrgUnit]:
        return list(OrgUnit.objects.filter(level=level, closed_on=None).order_by("division_code"))

    def happen(self, day: dt.date) -> None:
        """One event on ``day``, which no other event has."""
        level = self.rng.choice([Level.COUNTY, Level.COUNTY, Level.TOWNSHIP])
        units = self.open_at(level)
        unit = self.rng.choice(units)
        others = [each for each in units if each.pk != unit.pk]
        kind = self.rng.choice(["merge", "split", "branch", "move", "rename", "end"])
        if kind == "merge":
            self._give(unit, [self.rng.choice(others)], day, cause=EditionCause.MERGED)
        elif kind == "split":
            self._give(unit, [self._fresh(unit, day), self.rng.choice(others)], day, cause=EditionCause.SPLIT)
        elif kind == "branch":
            self._give(unit, [self._fresh(unit, day)], day, cause=EditionCause.SPLIT, stays=True)
        elif kind == "move":
            parents = [each for each in self.open_at(PARENT_OF[level]) if each.pk != unit.parent_id]
            self._hang([unit], self.rng.choice(parents) if parents else unit.parent, day)
        elif kind == "rename":
            OrgUnit.objects.filter(pk=unit.pk).update(name=f"新{unit.name}", display_name=f"新{unit.name}")
            self._write([unit.pk], day, EditionCause.RENAMED)
        elif level == Level.TOWNSHIP:
            self._give(unit, [], day, cause=EditionCause.CLOSED)
        self.trees[day] = self.places()

    def _fresh(self, unit: OrgUnit, day: dt.date) -> OrgUnit:
        """A new unit beside ``unit`` (or beside another of its level)."""
        beside = self.rng.choice([unit, self.rng.choice(self.open_at(Level(unit.level)))])
        digits = len(unit.division_code)
        taken = set(OrgUnit.objects.values_list("division_code", flat=True))
        free = (str(number) for number in range(int(unit.division_code) + 1, 10**digits))
        code = next(code for code in free if code not in taken)
        pk = new_keys(OrgUnit, 1)[0]
        columns = (
            *("id", "parent_id", "name", "display_name", "division_code", "level", "kind", "is_expected"),
            *("expected_confirmed", "opened_on", "lft", "rght", "depth", "tree_id"),
            *("pinyin", "pinyin_joined", "initials"),
        )
        name = f"新设{code}"
        row = (pk, beside.parent_id, name, name, code, unit.level, "regular", True, True, day, 0, 1, 0)
        copy_rows(OrgUnit, columns, [(*row, unit.tree_id, "", "", "")])
        bulk.rebuild_intervals()
        self._write([pk], day, EditionCause.OPENED)
        return OrgUnit.objects.get(pk=pk)

    def _give(
        self, unit: OrgUnit, heirs: list[OrgUnit], day: dt.date, *, cause: str, stays: bool = False
    ) -> None:
        """Whatever lies below a unit that ends goes to its heirs, or ends with it."""
        self.events.append(Event(day, unit.pk, [heir.pk for heir in heirs], stays))
        for heir in heirs:
            Succession.objects.create(
                predecessor=unit, successor=heir, on=day, cause=cause, recorded_at=clock.start_of(day)
            )
        if stays:
            return
        OrgUnit.objects.filter(pk=unit.pk).update(closed_on=day)
        UnitEdition.objects.filter(unit=unit, valid_to=None).update(valid_to=day)
        for child in OrgUnit.objects.filter(parent=unit, closed_on=None):
            if heirs:
                self._hang([child], self.rng.choice(heirs), day)
            else:
                self._give(child, [], day, cause=EditionCause.CLOSED)

    def _hang(self, units: list[OrgUnit], parent: OrgUnit, day: dt.date) -> None:
        OrgUnit.objects.filter(pk__in=[unit.pk for unit in units]).update(parent=parent)
        bulk.rebuild_intervals()
        moved = [pk for unit in units for pk in self._below(unit.pk)]
        self._write(moved, day, EditionCause.MOVED)

    def _below(self, unit_id: int) -> list[int]:
        children = OrgUnit.objects.filter(parent=unit_id, closed_on=None).values_list("pk", flat=True)
        return [unit_id, *(pk for child in children for pk in self._below(child))]

    def _write(self, unit_ids: list[int], day: dt.date, cause: str) -> None:
        UnitEdition.objects.filter(unit__in=unit_ids, valid_to=None, valid_from=day).delete()
        UnitEdition.objects.filter(unit__in=unit_ids, valid_to=None).update(valid_to=day)
        UnitEdition.objects.bulk_create(
            UnitEdition(
                unit=unit,
                valid_from=day,
                recorded_by="测试",
                cause=cause,
                **{name: getattr(unit, name) for name in _KEPT},
            )
            for unit in OrgUnit.objects.filter(pk__in=unit_ids)
        )

    def places(self) -> dict[int, tuple]:
        """The tree as it stands: ``{unit: (parent, level, is open)}``."""
        rows = OrgUnit.objects.values_list("pk", "parent_id", "level", "closed_on")
        return {pk: (parent, level, closed is None) for pk, parent, level, closed in rows}


class Later:
    """The tree of a later day, and what the units of an earlier one have come to in it. Groups are frozen sets."""

    def __init__(self, history: History, day: dt.date) -> None:
        days = [each for each in history.trees if each <= day]
        self.units = history.trees[max(days)]
        self.events = [event for event in history.events if event.on <= day]

    def heirs(self, unit_id: int, since: dt.date) -> frozenset[int]:
        standing = {unit_id}
        for event in self.events:
            if event.on > since and event.unit in standing:
                if event.heirs and not event.stays:
                    standing.remove(event.unit)
                standing |= set(event.heirs)
        return frozenset(standing)

    def place(self, unit_id: int, since: dt.date) -> int | frozenset[int]:
        heirs = self.heirs(unit_id, since)
        return next(iter(heirs)) if len(heirs) == 1 else heirs

    def path(self, place: int | frozenset[int]) -> list:
        """The place and all above it, from below."""
        if isinstance(place, frozenset):
            paths = [self.path(heir) for heir in sorted(place)]
            level = min(self.units[heir][1] for heir in place)
            shared = [
                above
                for above in paths[0][1:]
                if all(above in path for path in paths) and self.level_of(above) < level
            ]
            return [place, *shared]
        parent = self.units[place][0]
        if parent is None:
            return [place]
        if self.units[place][2]:
            return [place, *self.path(parent)]
        ended = next(event.on for event in self.events if event.unit == place and not event.stays)
        above = self.path(self.place(parent, ended - dt.timedelta(days=1)))
        return [place, *(one for one in above if self.level_of(one) < self.units[place][1])]

    def level_of(self, place: int | frozenset[int]) -> int:
        if isinstance(place, frozenset):
            return min(self.units[heir][1] for heir in place)
        return self.units[place][1]
