"""The grid in which targets are handed down: units × figures due on one day, with where each unit stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core import formats
from core.errors import Problem
from orgs.models import OrgUnit
from reporting.choices import ValueKind
from reporting.models import Cycle, Indicator, Target
from reporting.selectors.paces import Number
from reporting.selectors.targets import (
    MAIN_KEYS,
    Key,
    current_targets,
    figures_now,
    shares,
    targetable,
    units_to_set,
)


@dataclass(frozen=True, slots=True)
class TargetCell:
    """One field: what is asked, what stands today, what is wrong with what was typed."""

    name: str
    key: str
    unit_id: int
    label: str
    value: str
    now: str
    problem: str = ""
    is_proposed: bool = False


@dataclass(slots=True)
class TargetRow:
    unit: OrgUnit
    cells: list[TargetCell]
    is_own: bool = False


@dataclass(slots=True)
class TargetGrid:
    """``values`` are figures as they stand, ``targets`` what is in force."""

    setter: OrgUnit
    due_on: dt.date
    indicators: list[Indicator]
    units: list[OrgUnit]
    targets: dict[Key, Target]
    values: Mapping[Key, Number | None]
    proposed: dict[Key, Decimal] = field(default_factory=dict)

    @property
    def places(self) -> list[Key]:
        return [(unit.pk, one.key) for unit in self.units for one in self.indicators]

    def rows(self, typed: Mapping[str, str], problems: Sequence[Problem]) -> list[TargetRow]:
        """The rows to show: what was ``typed`` stays typed."""
        wrong = {problem.field: problem.message for problem in problems}
        return [
            TargetRow(
                unit,
                [self._cell(unit, one, typed, wrong) for one in self.indicators],
                is_own=unit.pk == self.setter.pk,
            )
            for unit in self.units
        ]

    def _cell(
        self,
        unit: OrgUnit,
        indicator: Indicator,
        typed: Mapping[str, str],
        wrong: Mapping[str | None, str],
    ) -> TargetCell:
        place = (unit.pk, indicator.key)
        name = f"target-{unit.pk}-{indicator.key}"
        target, offered = self.targets.get(place), self.proposed.get(place)
        value = offered if target is None else target.value
        return TargetCell(
            name=name,
            key=indicator.key,
            unit_id=unit.pk,
            label=f"{unit.name}{indicator.name}目标",
            value=typed.get(name, "" if value is None else plain(value)),
            now=shown(indicator, self.values.get(place)),
            problem=wrong.get(name, ""),
            is_proposed=target is None and offered is not None and name not in typed,
        )


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def shown(indicator: Indicator, value: Number | None) -> str:
    """A figure as it stands, ratios with one decimal."""
    if value is None:
        return "—"
    if indicator.value_kind == ValueKind.RATIO:
        return formats.percent(value / 100)
    return formats.number(Decimal(int(value)))


def read_grid(
    setter: OrgUnit,
    due_on: dt.date,
    cycle: Cycle | None,
    more: Sequence[str] = (),
    *,
    is_split: bool = False,
) -> TargetGrid:
    """The grid of ``setter`` for one day, in a constant number of queries.

    Its columns are the usual figures, those with a target for that day, and ``more``. ``is_split`` proposes for every
    empty field what the setter's own target hands down: a ratio to each alike, a count in the proportion of today.
    """
    units = units_to_set(setter)
    ids = [unit.pk for unit in units]
    targets = current_targets({*ids, setter.pk}, due_on)
    wanted = {*MAIN_KEYS, *(key for _unit, key in targets), *more}
    indicators = list(targetable().filter(key__in=wanted))
    values = figures_now(cycle, setter, ids, [one.key for one in indicators]) if cycle else {}
    grid = TargetGrid(setter, due_on, indicators, units, targets, values)
    if is_split:
        _propose(grid)
    return grid


def _propose(grid: TargetGrid) -> None:
    below = [unit.pk for unit in grid.units if unit.pk != grid.setter.pk]
    for one in grid.indicators:
        own = grid.targets.get((grid.setter.pk, one.key))
        if own is None:
            continue
        parts = shares(
            own.value,
            {pk: grid.values.get((pk, one.key)) for pk in below},
            is_ratio=one.value_kind == ValueKind.RATIO,
            places=2 if one.value_kind == ValueKind.MONEY else 0,
        )
        grid.proposed |= {(pk, one.key): part for pk, part in parts.items()}
