"""The one clock: instants are UTC, days and deadlines are Asia/Shanghai, deadlines are half-open."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")

_standing: ContextVar[dt.datetime | None] = ContextVar("standing", default=None)


def now() -> dt.datetime:
    """This instant, in UTC."""
    return _standing.get() or timezone.now()


@contextlib.contextmanager
def standing_at(instant: dt.datetime) -> Iterator[None]:
    """Within, it is ``instant``: the services of today write a past as it would have come about."""
    token = _standing.set(instant)
    try:
        yield
    finally:
        _standing.reset(token)


def today() -> dt.date:
    """The calendar day in Shanghai."""
    return local_day(now())


def local_day(instant: dt.datetime) -> dt.date:
    """The Shanghai day that holds ``instant``."""
    return instant.astimezone(SHANGHAI).date()


def start_of(day: dt.date) -> dt.datetime:
    """00:00:00 of ``day`` in Shanghai, as an instant."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=SHANGHAI)


def end_of(day: dt.date) -> dt.datetime:
    """The first instant after ``day``: 23:59:59 of it is before, 00:00:00 of the next is not."""
    if day == dt.date.max:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    return start_of(day + dt.timedelta(days=1))


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """``time`` of ``day`` in Shanghai."""
    return dt.datetime.combine(day, time, tzinfo=SHANGHAI)
