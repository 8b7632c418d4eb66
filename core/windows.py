"""Periods, windows and deadlines of a rhythm, as pure functions of dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from core import clock


@dataclass(frozen=True, slots=True)
class Window:
    """The days a period counts: both ends inclusive, whole Shanghai days."""

    first: dt.date
    last: dt.date

    @property
    def starts_at(self) -> dt.datetime:
        return clock.start_of(self.first)

    @property
    def ends_at(self) -> dt.datetime:
        """The first instant that the window no longer holds."""
        return clock.end_of(self.last)

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def month_window(year: int, month: int, *, first_day: int) -> Window:
    """The window of a month that begins on ``first_day`` of the month before (20 → 20th to 19th).

    ``first_day`` 1 gives the calendar month itself.
    """
    month_start = dt.date(year, month, 1)
    if first_day == 1:
        return Window(month_start, next_month(month_start) - dt.timedelta(days=1))
    previous = previous_month(month_start)
    return Window(previous.replace(day=first_day), month_start.replace(day=first_day - 1))


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after the one that holds ``day``."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def previous_month(day: dt.date) -> dt.date:
    """The first day of the month before the one that holds ``day``."""
    return (day.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def period_start(day: dt.date, months: int) -> dt.date:
    """The first day of the period of ``months`` months (1, 3, 6, 12) that holds ``day``."""
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def months_later(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies ``months`` months after (before, if negative) the one that holds ``day``."""
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def next_period(period: dt.date, months: int) -> dt.date:
    return months_later(period, months)


def previous_period(period: dt.date, months: int) -> dt.date:
    return months_later(period, -months)


def closing_month(period: dt.date, months: int) -> dt.date:
    """The first day of the last month of a period."""
    return months_later(period, months - 1)


def period_window(period: dt.date, months: int, *, first_day: int) -> Window:
    """The window of a period that closes as :func:`month_window` does in its last month: a quarter from October with 20
    counts 20 September to 19 December, with 1 October to December."""
    closing = closing_month(period, months)
    last = month_window(closing.year, closing.month, first_day=first_day).last
    return Window(month_window(period.year, period.month, first_day=first_day).first, last)


def working_day_on_or_before(day: dt.date, is_day_off: Callable[[dt.date], bool]) -> dt.date:
    """``day`` itself, or the nearest working day before it (at most 15 days back)."""
    for back in range(16):
        candidate = day - dt.timedelta(days=back)
        if not is_day_off(candidate):
            return candidate
    return day


def is_weekend(day: dt.date) -> bool:
    return day.weekday() >= 5
