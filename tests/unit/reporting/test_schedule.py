"""Windows, deadlines and openings of every rhythm, with days off; what always holds of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.windows import (
    is_weekend,
    month_window,
    next_period,
    period_start,
    period_window,
    previous_period,
)
from orgs.choices import Level
from reporting.choices import Rhythm
from reporting.models import CalendarDay, Collection, FixedDates, period_label
from reporting.selectors.schedule import (
    deadline_day,
    first_period_in_time,
    opens_on,
    period_to_open,
    schedule_of,
    schedules_ahead,
)

MONTHS = [1, 3, 6, 12]
days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def quarterly(**values: object) -> Collection:
    given = {
        "rhythm": Rhythm.QUARTER,
        "window_first_day": 1,
        "due_months_after": 1,
        "township_day": 10,
        "county_day": 12,
        "city_day": 15,
        "settle_day": 16,
        "first_period": dt.date(2026, 10, 1),
    }
    return Collection(**(given | values))


@pytest.mark.parametrize(
    ("rhythm", "period", "label"),
    [
        (Rhythm.MONTH, dt.date(2026, 11, 1), "2026年11月"),
        (Rhythm.QUARTER, dt.date(2026, 10, 1), "2026年第四季度"),
        (Rhythm.HALF, dt.date(2026, 7, 1), "2026年下半年"),
        (Rhythm.HALF, dt.date(2026, 1, 1), "2026年上半年"),
        (Rhythm.YEAR, dt.date(2026, 1, 1), "2026年度"),
        (Rhythm.ONCE, dt.date(2026, 3, 1), "2026年"),
    ],
)
def test_period_is_named_as_people_name_it(rhythm: str, period: dt.date, label: str) -> None:
    assert period_label(period, rhythm) == label


@given(day=days, months=st.sampled_from(MONTHS), first_day=st.integers(1, 28))
def test_windows_of_neighbouring_periods_touch_and_never_overlap(
    day: dt.date, months: int, first_day: int
) -> None:
    period = period_start(day, months)
    assert period <= day < next_period(period, months)
    assert previous_period(next_period(period, months), months) == period
    window = period_window(period, months, first_day=first_day)
    following = period_window(next_period(period, months), months, first_day=first_day)
    assert following.first == window.last + dt.timedelta(days=1)
    assert window.first < window.last


@given(day=days, first_day=st.integers(1, 28))
def test_a_quarter_counts_the_days_of_its_three_months(day: dt.date, first_day: int) -> None:
    period = period_start(day, 3)
    windows = [month_window(period.year, period.month + step, first_day=first_day) for step in range(3)]
    whole = period_window(period, 3, first_day=first_day)
    assert (whole.first, whole.last) == (windows[0].first, windows[2].last)


def test_a_quarter_that_closes_with_its_last_day_is_due_in_the_next_month(db: None) -> None:
    planned = schedule_of(quarterly(lower_forward=False), dt.date(2026, 10, 1))
    assert (planned.window.first, planned.window.last) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert planned.due == {
        Level.TOWNSHIP: dt.date(2027, 1, 10),
        Level.COUNTY: dt.date(2027, 1, 12),
        Level.CITY: dt.date(2027, 1, 15),
    }
    assert planned.settles_at == clock.at(dt.date(2027, 1, 16), dt.time(12, 0))
    assert planned.opens_on == dt.date(2026, 12, 26)


@pytest.mark.parametrize(("months_after", "month"), [(0, 12), (1, 1), (2, 2)])
def test_a_year_is_due_in_its_last_month_or_later(db: None, months_after: int, month: int) -> None:
    collection = quarterly(rhythm=Rhythm.YEAR, window_first_day=5, due_months_after=months_after)
    due = schedule_of(collection, dt.date(2026, 1, 1)).due[Level.CITY]
    assert (due.month, due.day) == (month, 15)


@given(
    start=st.dates(dt.date(2025, 12, 1), dt.date(2027, 3, 1)),
    rhythm=st.sampled_from([Rhythm.MONTH, Rhythm.QUARTER, Rhythm.HALF, Rhythm.YEAR]),
    off=st.sets(st.integers(1, 31)),
    worked=st.sets(st.integers(1, 31)),
    first_day=st.integers(2, 20),
)
@QUIET
def test_deadlines_move_only_forward_to_working_days_and_never_into_the_window(
    db: None, start: dt.date, rhythm: Rhythm, off: set[int], worked: set[int], first_day: int
) -> None:
    collection = quarterly(
        rhythm=rhythm,
        due_months_after=0,
        window_first_day=first_day,
        township_day=20,
        county_day=22,
        city_day=25,
        settle_day=26,
    )
    period = period_start(start, rhythm.months)
    nominal = schedule_of(quarterly_fixed(collection), period).due
    CalendarDay.objects.all().delete()
    month = nominal[Level.CITY].replace(day=1)
    CalendarDay.objects.bulk_create(
        CalendarDay(day=month + dt.timedelta(days=number - 1), is_off=number in off, name="安排")
        for number in off | worked
    )
    arranged = dict(CalendarDay.objects.values_list("day", "is_off"))
    planned = schedule_of(collection, period)
    assert planned.due[Level.CITY] == nominal[Level.CITY]
    for level in (Level.TOWNSHIP, Level.COUNTY):
        day = planned.due[level]
        assert planned.window.last < day <= nominal[level]
        assert day == nominal[level] or not arranged.get(day, is_weekend(day))
        skipped = [day + dt.timedelta(days=step) for step in range(1, (nominal[level] - day).days + 1)]
        assert all(arranged.get(one, is_weekend(one)) for one in skipped)


def quarterly_fixed(collection: Collection) -> Collection:
    """The same without moving deadlines."""
    fields = {field.attname: getattr(collection, field.attname) for field in Collection._meta.fields}
    return Collection(**(fields | {"lower_forward": False}))


def test_a_one_off_keeps_its_dates_and_moves_only_the_lower_ones(db: None) -> None:
    friday, sunday = dt.date(2026, 3, 20), dt.date(2026, 3, 15)
    collection = quarterly(rhythm=Rhythm.ONCE, first_period=dt.date(2026, 3, 1))
    collection.dates = FixedDates(
        opens_on=dt.date(2026, 3, 1),
        window_first=dt.date(2026, 3, 1),
        window_last=dt.date(2026, 3, 10),
        township_due=sunday,
        county_due=sunday,
        city_due=friday,
        settles_at=clock.at(dt.date(2026, 3, 22), dt.time(12)),
    )
    planned = schedule_of(collection, dt.date(2026, 3, 1))
    assert planned.due[Level.CITY] == friday
    assert planned.due[Level.COUNTY] == dt.date(2026, 3, 13)
    assert opens_on(collection, dt.date(2026, 3, 1)) == dt.date(2026, 3, 1)
    assert deadline_day(collection, dt.date(2026, 3, 1), Level.COUNTY, on=dt.date(2026, 3, 12)).day == 12
    assert [one.label for one in schedules_ahead(collection)] == ["2026年"]


def test_what_was_over_before_a_collection_started_is_not_opened_afterwards(db: None) -> None:
    collection = quarterly(first_period=dt.date(2026, 1, 1))
    assert period_to_open(collection) == dt.date(2026, 1, 1)
    collection.started_at = clock.at(dt.date(2026, 8, 3), dt.time(9))
    assert period_to_open(collection) == dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (dt.date(2026, 11, 1), dt.date(2026, 11, 1)),
        (dt.date(2026, 11, 20), dt.date(2026, 11, 1)),
        (dt.date(2026, 11, 21), dt.date(2026, 12, 1)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 1)),
    ],
)
def test_first_period_is_one_that_everybody_can_still_fill_in_on_time(
    db: None, today: dt.date, first: dt.date
) -> None:
    """On 20 November 2026, a Friday, both townships and counties have their last day."""
    assert first_period_in_time(Collection(), today) == first
