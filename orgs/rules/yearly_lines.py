"""Decided differences as lines of a reorganisation: only what does not follow from a line above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from core.errors import Problem
from orgs.choices import ActKind, ChangeKind, Decision
from orgs.rules.reorganising import Line

#: A unit that stands, or the key of an added row that sets one up.
Place = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decided difference: what is said of it, and what the list says of the division."""

    pk: int
    kind: str
    unit_id: int | None
    level: int
    name: str
    code: str
    parent_unit: int | None
    parent_row: int | None
    decision: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """A unit as it stands."""

    parent_id: int | None
    code: str
    name: str
    level: int


@dataclass(slots=True)
class Drafted:
    """Lines in order, the row that each comes from, and what stands against writing them down."""

    lines: list[Line] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class LineWriter:
    """Works on one group of rows; ``present`` holds their units and all above."""

    def __init__(self, rows: Iterable[Decided], present: Mapping[int, Present]) -> None:
        self.rows = {row.pk: row for row in rows}
        self.present = present
        self.drafted = Drafted()
        self.opening: dict[int, int] = {}
        self.goals = {row.unit_id: self._goal(row) for row in self.rows.values() if row.unit_id}
        self._codes: dict[int, str] = {}

    def write(self) -> Drafted:
        """Units set up first, then those that change from the top, then those that end."""
        ordered = sorted(self.rows.values(), key=lambda row: (row.level, row.code, row.pk))
        opening = [row for row in ordered if self._sets_up(row)]
        self.opening = {row.pk: place for place, row in enumerate(opening)}
        for row in opening:
            self._open(row)
        parted: set[int] = set()
        for row in opening:
            self._part(row, parted)
        for row in ordered:
            if row.unit_id is not None:
                self._change_or_end(row)
        return self.drafted

    def _sets_up(self, row: Decided) -> bool:
        return row.kind == ChangeKind.ADDED and row.decision in (Decision.OPEN, Decision.SPLIT)

    def _goal(self, row: Decided) -> Decided | None:
        """What the unit of a row shall be like: its own row, or the added one that it was said to be."""
        if row.decision != Decision.SAME:
            return None
        if row.kind != ChangeKind.GONE:
            return row
        return self.rows.get(int(row.targets[0][1:]))

    def _add(self, row: Decided, line: Line) -> None:
        self.drafted.lines.append(line)
        self.drafted.sources.append(row.pk)

    def _refuse(self, row: Decided, message: str) -> None:
        self.drafted.problems.append(Problem("unready", f"{row.name}（{row.code}）：{message}", None))

    def _open(self, row: Decided) -> None:
        parent, opens = self._place(row, row.parent_unit, row.parent_row)
        self._add(
            row, Line(ActKind.OPEN, parent_id=parent, opens=opens, name=row.name, division_code=row.code)
        )

    def _part(self, row: Decided, parted: set[int]) -> None:
        """A unit that lives on is its own main successor."""
        if row.decision != Decision.SPLIT:
            return
        source = int(row.targets[0][1:])
        if source not in parted:
            parted.add(source)
            self._add(row, Line(ActKind.SPLIT, unit_id=source, into_id=source, is_main=True))
        self._add(row, Line(ActKind.SPLIT, unit_id=source, opens=self.opening[row.pk]))

    def _place(self, row: Decided, unit: int | None, row_pk: int | None) -> Place:
        """Where to hang, or whom to hand over to: a unit that stands, or the place of the line that sets it up."""
        if unit is not None:
            return unit, None
        other = self.rows.get(row_pk or 0)
        if other is not None and other.pk in self.opening:
            return None, self.opening[other.pk]
        if other is not None and other.decision == Decision.SAME:
            return int(other.targets[0][1:]), None
        self._refuse(row, "它的上级或承接单位是新增区划，还没有定为新设或同一单位，请一并决定。")
        return None, None

    def _target(self, row: Decided, target: str) -> Place:
        return self._place(row, *((int(target[1:]), None) if target[0] == "u" else (None, int(target[1:]))))

    def _change_or_end(self, row: Decided) -> None:
        if row.decision == Decision.CLOSE:
            self._add(row, Line(ActKind.CLOSE, unit_id=row.unit_id))
        elif row.decision == Decision.MERGE:
            into, opens = self._target(row, row.targets[0])
            self._add(row, Line(ActKind.MERGE, unit_id=row.unit_id, into_id=into, opens=opens))
        elif row.decision == Decision.SPLIT:
            for place, target in enumerate(row.targets):
                into, opens = self._target(row, target)
                self._add(
                    row,
                    Line(ActKind.SPLIT, unit_id=row.unit_id, into_id=into, opens=opens, is_main=place == 0),
                )
        else:
            self._change(row)

    def _change(self, row: Decided) -> None:
        goal = self.goals.get(row.unit_id or 0)
        if goal is None:
            self._refuse(row, "对应的区划没有一并决定。")
            return
        for line in self._changes(row, goal):
            self._add(row, line)

    def _changes(self, row: Decided, goal: Decided) -> Iterator[Line]:
        pk = row.unit_id or 0
        unit = self.present[pk]
        parent, opens = self._place(row, goal.parent_unit, goal.parent_row)
        is_moved = unit.parent_id is not None and (opens is not None or parent != unit.parent_id)
        if goal.level != unit.level:
            yield Line(ActKind.RELEVEL, unit_id=pk, parent_id=parent, opens=opens, division_code=goal.code)
        elif is_moved:
            code = goal.code if goal.code != unit.code else ""
            yield Line(ActKind.MOVE, unit_id=pk, parent_id=parent, opens=opens, division_code=code)
        elif goal.code != self._carried(pk) or goal.kind == ChangeKind.RECLASSED:
            yield Line(ActKind.RECODE, unit_id=pk, division_code=goal.code)
        if goal.name != unit.name:
            yield Line(ActKind.RENAME, unit_id=pk, name=goal.name)

    def _carried(self, pk: int) -> str:
        """The code that a unit has once the codes above it have changed."""
        unit = self.present[pk]
        parent = self.present.get(unit.parent_id or 0)
        if unit.parent_id is None or parent is None:
            return unit.code
        fresh = self._code_of(unit.parent_id)
        if len(fresh) != len(parent.code) or not unit.code.startswith(parent.code):
            return unit.code
        return fresh + unit.code[len(parent.code) :]

    def _code_of(self, pk: int) -> str:
        if pk not in self._codes:
            goal = self.goals.get(pk)
            self._codes[pk] = goal.code if goal is not None else self._carried(pk)
        return self._codes[pk]
