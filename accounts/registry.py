"""What higher floors tell about a desk: the open work that passes on with it."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Posting

#: Lines for people, such as “2026年11月月报：待上报”.
OpenWork = Callable[[Posting], list[str]]
_counters: list[OpenWork] = []


def register_open_work(counter: OpenWork) -> None:
    """Have ``counter`` asked for the open work of a posting before it is handed over."""
    if counter not in _counters:
        _counters.append(counter)


def open_work_of(posting: Posting) -> list[str]:
    return [line for counter in _counters for line in counter(posting)]
