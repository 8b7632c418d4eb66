"""Who leads an affiliate is known on a higher floor, which registers here how to ask for it.

Without a source nobody leads anything, and the pages leave it out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LeaderLine:
    """One leader as the page of an affiliate shows it; addresses are empty for who may not open them."""

    name: str
    role: str
    about: str
    since: dt.date
    until: dt.date | None
    url: str = ""
    end_url: str = ""


@dataclass(frozen=True, slots=True)
class LeaderSource:
    """``led(day, instant)`` are the keys of affiliates that a key person leads on ``day`` (with an instant: by what was
    known before it), as a queryset of one column; ``lines(user, affiliate)`` its leaders, past ones last; ``names`` the
    present leaders of several affiliates; ``add_url(user, affiliate)`` where one is added."""

    led: Callable[[dt.date, dt.datetime | None], Any]
    lines: Callable[[Any, Any], list[LeaderLine]]
    names: Callable[[Sequence[int], dt.date], dict[int, str]]
    add_url: Callable[[Any, Any], str]


_sources: list[LeaderSource] = []


def register_leaders(source: LeaderSource) -> None:
    """Say who knows the leaders; there is one source."""
    _sources[:] = [source]


def leaders() -> LeaderSource | None:
    return _sources[0] if _sources else None
