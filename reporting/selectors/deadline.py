"""A deadline in people's words: its last day and how many days are left."""

from __future__ import annotations

import datetime as dt

from core import clock


def due_day(deadline: dt.datetime) -> dt.date:
    """The last day on time; the deadline itself is the first instant that is late."""
    return clock.local_day(deadline - dt.timedelta(microseconds=1))


def days_left(deadline: dt.datetime) -> int:
    """Whole days from today to the last day on time; 0 on that day, negative after it."""
    return (due_day(deadline) - clock.today()).days


def deadline_words(deadline: dt.datetime) -> str:
    """还剩3天, 今天截止, 已超期2天."""
    left = days_left(deadline)
    if clock.now() >= deadline:
        return f"已超期{max(1, -left)}天"
    return "今天截止" if left == 0 else f"还剩{left}天"
