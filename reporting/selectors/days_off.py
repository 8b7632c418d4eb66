"""Which days are off: the State Council's arrangement, else the weekends."""

from __future__ import annotations

import datetime as dt

from core.windows import is_weekend
from reporting.models import CalendarDay


def is_day_off(day: dt.date) -> bool:
    arranged = CalendarDay.objects.filter(pk=day).values_list("is_off", flat=True).first()
    return is_weekend(day) if arranged is None else arranged


def working_days(first: dt.date, last: dt.date) -> int:
    """How many days of work there are from ``first`` to ``last``, both included; at most a year's."""
    span = min((last - first).days, 366)
    days = [first + dt.timedelta(days=step) for step in range(span + 1)]
    arranged = dict(CalendarDay.objects.filter(day__in=days).values_list("day", "is_off"))
    return sum(1 for day in days if not arranged.get(day, is_weekend(day)))
