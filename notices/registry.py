"""What higher floors tell about time and work: which days are off, and which reminders nobody needs any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from core.windows import is_weekend
from notices.models import Message

#: Of messages of one kind, the keys of those whose matter is settled.
Settled = Callable[[Sequence[Message]], set[int]]
_settled: dict[str, Settled] = {}
_days_off: list[Callable[[dt.date], bool]] = []


def register_settled(kind: str, settled: Settled) -> None:
    """Have ``settled`` asked, before messages of ``kind`` go out, which of them came too late."""
    _settled[kind] = settled


def register_days_off(is_day_off: Callable[[dt.date], bool]) -> None:
    """Have ``is_day_off`` say which days are off; weekends alone where nobody does."""
    _days_off[:] = [is_day_off]


def is_day_off(day: dt.date) -> bool:
    return _days_off[0](day) if _days_off else is_weekend(day)


def settled_among(messages: Sequence[Message]) -> set[int]:
    """Keys of the messages that need not go out: what they ask for has been done."""
    found: set[int] = set()
    for kind, settled in _settled.items():
        of_kind = [message for message in messages if message.kind == kind]
        if of_kind:
            found |= settled(of_kind)
    return found
