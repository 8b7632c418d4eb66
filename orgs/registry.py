"""What higher floors tell the tree: who depends on a unit, and what becomes of it in a reorganisation.

Each dependent says what would follow before it is done, carries its rows over in the transaction of the reorganisation,
keeps a journal from which they are put back, and names what has been built on them since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.actor import Actor
from core.errors import Problem
from orgs.rules.reorganising import Plan

#: What a dependent needs to put its rows back: plain data that can be stored as JSON.
Journal = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that follows for one unit. ``count`` rows of its kind, from what to what in words."""

    unit_id: int
    label: str
    before: str
    after: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to deal with a dependent's rows."""

    value: str
    label: str
    hint: str = ""


@dataclass(slots=True)
class Undoing:
    """What is about to be taken back: the plan is gone, its outline stays."""

    reorganisation: Any
    closed: list[int]
    opened: list[int]
    changed: list[int]
    heirs: dict[int, int]

    @property
    def touched(self) -> list[int]:
        return [*self.closed, *self.opened, *self.changed]


def nothing_refuses(plan: Plan) -> list[Problem]:
    return []


@dataclass(frozen=True, slots=True)
class Dependent:
    """Rows of one kind that hang on units.

    ``consequences(plan)`` tells before; ``refuses(plan)`` names what stands against it; ``carry(plan, by)`` does it and
    returns the journal; ``undo(journal, by)`` puts it back; ``blocks_undo(undoing, journal)`` names in Chinese what has
    been built on it since. With ``choices`` the person decides, the first being the default.
    """

    key: str
    label: str
    consequences: Callable[[Plan], list[Consequence]]
    carry: Callable[[Plan, Actor], Journal]
    undo: Callable[[Journal, Actor], None]
    blocks_undo: Callable[[Undoing, Journal], list[str]]
    refuses: Callable[[Plan], list[Problem]] = nothing_refuses
    choices: tuple[Choice, ...] = field(default=())
    order: int = 100


_dependents: dict[str, Dependent] = {}


def register_dependent(dependent: Dependent) -> None:
    """Have ``dependent`` asked at each reorganisation; lower ``order`` first."""
    _dependents[dependent.key] = dependent


def every_dependent() -> list[Dependent]:
    return sorted(_dependents.values(), key=lambda dependent: (dependent.order, dependent.key))
