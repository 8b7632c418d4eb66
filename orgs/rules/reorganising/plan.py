"""The data of a reorganisation that was worked out: every unit before and after, and which became which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from orgs.choices import ActKind, EditionCause, Level
from orgs.rules.placement import Ancestors


@dataclass(frozen=True, slots=True)
class Line:
    """One act as it is written down. ``opens`` is the place, in the same list, of the line that sets up the successor
    or parent; units are named by primary key."""

    kind: str
    unit_id: int | None = None
    into_id: int | None = None
    parent_id: int | None = None
    opens: int | None = None
    name: str = ""
    division_code: str = ""
    is_main: bool = False


@dataclass(slots=True)
class Standing:
    """One unit as it stands. ``since`` is the first day of its present edition."""

    pk: int
    parent_id: int | None
    name: str
    display_name: str
    code: str
    level: int
    kind: str
    is_expected: bool
    opened_on: dt.date
    closed_on: dt.date | None = None
    since: dt.date | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class Heir(NamedTuple):
    """A successor of a unit: the main one carries on the open work, the seats and the accounts."""

    pk: int
    is_main: bool
    cause: EditionCause


def key_of_line(place: int) -> int:
    """The key of the unit that the line at ``place`` sets up, until the database has given it one."""
    return -(place + 1)


@dataclass(slots=True)
class Plan:
    """The tree around a reorganisation, before and after. Units to be set up have negative keys until they are written.

    ``before`` and ``after`` hold the units acted on, all below them and all above; ``following`` the units that go with
    a merged one, with their new parent; ``opened`` and ``closed`` the units set up and closed; ``changed`` the units open
    before and after whose edition changes, by themselves or by what stands above them, and ``carried`` those of them
    that have other units above.
    """

    on: dt.date
    lines: list[Line]
    before: dict[int, Standing]
    after: dict[int, Standing]
    heirs: dict[int, list[Heir]] = field(default_factory=dict)
    causes: dict[int, EditionCause] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    document: str = ""
    following: dict[int, int] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    carried: set[int] = field(default_factory=set)

    @property
    def main_heirs(self) -> dict[int, int]:
        """Each closed unit that has successors, with the one that carries on its work."""
        closed = set(self.closed)
        return {
            pk: next((heir.pk for heir in heirs if heir.is_main), heirs[0].pk)
            for pk, heirs in self.heirs.items()
            if pk in closed
        }

    @property
    def survivors(self) -> list[int]:
        """Units open before and after."""
        return [pk for pk, unit in self.before.items() if unit.is_open and self.after[pk].is_open]

    @property
    def rehung(self) -> dict[int, int]:
        """Units open before and after whose parent changes, with the new parent."""
        return {
            pk: parent
            for pk in self.survivors
            if (parent := self.after[pk].parent_id) is not None and parent != self.before[pk].parent_id
        }

    @property
    def touched(self) -> list[int]:
        """Every unit whose own row or place changes, is set up or closed."""
        return [*self.closed, *self.changed, *self.opened]

    def name_of(self, pk: int | None) -> str:
        """The full name of a unit, as it will be where it lives on."""
        if pk is None:
            return ""
        known = self.after.get(pk) or self.before.get(pk)
        return known.display_name if known else ""

    def former_name_of(self, pk: int) -> str:
        return (self.before.get(pk) or self.after[pk]).display_name

    def choice(self, key: str, default: str) -> str:
        return self.choices.get(key, default)

    def rekeyed(self, keys: Mapping[int, int]) -> Plan:
        """The same plan with the keys that the database gave to the units set up."""

        def new(pk: int) -> int:
            return keys.get(pk, pk)

        after = {}
        for pk, unit in self.after.items():
            unit.pk = new(pk)
            unit.parent_id = new(unit.parent_id) if unit.parent_id is not None else None
            after[unit.pk] = unit
        self.after = after
        self.heirs = {
            pk: [heir._replace(pk=new(heir.pk)) for heir in heirs] for pk, heirs in self.heirs.items()
        }
        self.causes = {new(pk): cause for pk, cause in self.causes.items()}
        self.opened = [new(pk) for pk in self.opened]
        self.following = {pk: new(parent) for pk, parent in self.following.items()}
        return self


def compare(plan: Plan) -> None:
    """Find the units set up and closed, and those open before and after of which the row or the units above differ."""
    plan.opened = [pk for pk in plan.after if pk not in plan.before]
    plan.closed = [pk for pk, unit in plan.before.items() if unit.is_open and not plan.after[pk].is_open]
    before, after = Lineages(plan.before), Lineages(plan.after)
    plan.carried = {pk for pk in plan.survivors if before.of(pk) != after.of(pk)}
    plan.changed = [
        pk
        for pk in plan.survivors
        if pk in plan.carried or _written(plan.before[pk]) != _written(plan.after[pk])
    ]


def _written(unit: Standing) -> tuple[object, ...]:
    return (unit.name, unit.display_name, unit.code, unit.level, unit.kind, unit.parent_id)


class Lineages:
    """The units above each unit, by level, from parents alone."""

    def __init__(self, units: Mapping[int, Standing]) -> None:
        self._units = units
        self._known: dict[int, Ancestors] = {}

    def of(self, pk: int) -> Ancestors:
        """Province, city, county and township of ``pk``, itself at its own level; a ring ends where it closes."""
        chain = []
        above: Ancestors = (None, None, None, None)
        for unit in self._upward(pk):
            if unit.pk in self._known:
                above = self._known[unit.pk]
                break
            chain.append(unit)
        for unit in reversed(chain):
            if unit.level != Level.VILLAGE:
                index = unit.level - 1
                above = (*above[:index], unit.pk, *above[index + 1 :])  # type: ignore[assignment]
            self._known[unit.pk] = above
        return above

    def _upward(self, pk: int) -> Iterator[Standing]:
        seen: set[int] = set()
        current: int | None = pk
        while current is not None and current in self._units and current not in seen:
            seen.add(current)
            yield self._units[current]
            current = self._units[current].parent_id


#: Kinds of line after which the unit they name is no more, unless it is its own successor.
ENDING = frozenset({ActKind.MERGE, ActKind.SPLIT, ActKind.CLOSE})
