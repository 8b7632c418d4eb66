"""What higher floors tell about a desk: the open work that passes on with it, and the things of one's own that do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from accounts.models import Posting, User


class Work(NamedTuple):
    """One thing in hand and how far it is, such as “2026年11月月报”, “待上报”."""

    subject: str
    standing: str

    def __str__(self) -> str:
        return f"{self.subject}：{self.standing}"


OpenWork = Callable[[Posting], list[Work]]
_counters: list[OpenWork] = []


@dataclass(frozen=True, slots=True)
class Belongings:
    """What hangs on a person and not on a unit: ``lines`` name it, ``pass_on`` makes it the successor's."""

    lines: Callable[[User], list[str]]
    pass_on: Callable[[User, User], None]


_belongings: list[Belongings] = []


def register_open_work(counter: OpenWork) -> None:
    """Have ``counter`` asked for the open work of a posting before it is handed over."""
    if counter not in _counters:
        _counters.append(counter)


def open_work_of(posting: Posting) -> list[Work]:
    return [line for counter in _counters for line in counter(posting)]


def register_belongings(belongings: Belongings) -> None:
    """Have ``belongings`` listed in a handover and passed on with it."""
    if belongings not in _belongings:
        _belongings.append(belongings)


def belongings_of(leaver: User) -> list[str]:
    return [line for belongings in _belongings for line in belongings.lines(leaver)]


def pass_belongings(leaver: User, successor: User) -> None:
    for belongings in _belongings:
        belongings.pass_on(leaver, successor)
