"""When a collection's period counts, opens and is due: the same answer for the preview, the opening and the papers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core import clock
from core.windows import (
    Window,
    closing_month,
    is_weekend,
    months_later,
    next_period,
    period_start,
    period_window,
    working_day_on_or_before,
)
from orgs.choices import Level
from reporting.choices import Rhythm
from reporting.models import CalendarDay, Collection, Cycle, period_label

#: No arranged holiday is longer.
LONGEST_HOLIDAY = dt.timedelta(days=16)
#: Levels whose last day is a whole day; the province settles at an instant.
DUE_LEVELS = (Level.TOWNSHIP, Level.COUNTY, Level.CITY)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One period in days. ``due`` holds the last day on time of each level below the province."""

    period: dt.date
    rhythm: str
    window: Window
    opens_on: dt.date
    due: dict[Level, dt.date]
    settles_at: dt.datetime

    @property
    def label(self) -> str:
        return period_label(self.period, self.rhythm)

    def due_of(self, level: int) -> dt.date:
        """The last day of a level; of the province the day on which it settles."""
        return self.due.get(Level(level), clock.local_day(self.settles_at))


def window_of(collection: Collection, period: dt.date) -> Window:
    """The days that a period of ``collection`` counts."""
    if collection.is_once:
        return collection.dates.window
    months = Rhythm(collection.rhythm).months
    return period_window(period, months, first_day=collection.window_first_day)


def deadline_day(
    collection: Collection, period: dt.date, level: int, *, day: int | None = None, on: dt.date | None = None
) -> dt.date:
    """The last day on time for a level in a period; ``day`` or ``on`` stand for a city's own earlier one.

    Lower deadlines that fall on a day off move forward to the working day before (a setting); the cities' 25th stays. A
    deadline never moves into the window that it reports on: then it stays where it was.
    """
    nominal = on or _nominal(collection, period, level, day)
    if not collection.lower_forward or level <= Level.CITY:
        return nominal
    arranged = dict(
        CalendarDay.objects.filter(day__range=(nominal - LONGEST_HOLIDAY, nominal)).values_list(
            "day", "is_off"
        )
    )
    moved = working_day_on_or_before(nominal, lambda one: arranged.get(one, is_weekend(one)))
    return nominal if nominal > window_of(collection, period).last >= moved else moved


def _nominal(collection: Collection, period: dt.date, level: int, day: int | None) -> dt.date:
    if collection.is_once:
        return collection.dates.day_of(level)
    return due_month(collection, period).replace(day=day or collection.day_of(level))


def due_month(collection: Collection, period: dt.date) -> dt.date:
    """The first day of the month in which a period is due."""
    months = Rhythm(collection.rhythm).months
    return months_later(closing_month(period, months), collection.due_months_after)


def opens_on(collection: Collection, period: dt.date) -> dt.date:
    """The day on which a period's forms open."""
    if collection.is_once:
        return collection.dates.opens_on
    return window_of(collection, period).last - dt.timedelta(days=collection.open_days_before)


def settles_at(collection: Collection, period: dt.date) -> dt.datetime:
    """The instant at which the province settles a period."""
    if collection.is_once:
        return collection.dates.settles_at
    return clock.at(due_month(collection, period).replace(day=collection.settle_day), collection.settle_time)


def schedule_of(collection: Collection, period: dt.date) -> Schedule:
    """Every day of one period; ``collection`` need not be saved, so that a form can be tried before."""
    return Schedule(
        period=period,
        rhythm=collection.rhythm,
        window=window_of(collection, period),
        opens_on=opens_on(collection, period),
        due={level: deadline_day(collection, period, level) for level in DUE_LEVELS},
        settles_at=settles_at(collection, period),
    )


def first_period_of(collection: Collection) -> dt.date:
    """The period that ``first_period`` lies in."""
    months = Rhythm(collection.rhythm).months
    return period_start(collection.first_period, months) if months else collection.first_period


def first_period_in_time(collection: Collection, today: dt.date) -> dt.date:
    """The earliest period that everybody can still fill in on time: no level's last day lies before ``today``."""
    months = Rhythm(collection.rhythm).months
    period = period_start(today, months)
    while min(schedule_of(collection, period).due.values()) < today:
        period = next_period(period, months)
    return period


def period_to_open(collection: Collection, last: Cycle | None = None) -> dt.date | None:
    """The period after the ``last`` cycle (by default the newest there is); ``None`` once a one-off has been opened.

    Periods that were over before the collection was started, or started again, are left out.
    """
    if last is None and collection.pk:
        last = collection.cycles.order_by("-period").first()
    months = Rhythm(collection.rhythm).months
    if last is not None and not months:
        return None
    period = next_period(last.period, months) if last else first_period_of(collection)
    while months and collection.started_at and settles_at(collection, period) <= collection.started_at:
        period = next_period(period, months)
    return period


def schedules_ahead(collection: Collection, count: int = 3) -> list[Schedule]:
    """The next periods to open with all their days, for the preview."""
    period = period_to_open(collection)
    months = Rhythm(collection.rhythm).months
    found: list[Schedule] = []
    while period is not None and len(found) < count:
        found.append(schedule_of(collection, period))
        period = next_period(period, months) if months else None
    return found
