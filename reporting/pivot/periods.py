"""Cycles grouped into what a column says: months, quarters, years, and each year so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reporting.models import Cycle
from reporting.pivot.question import Grain

Key = tuple[int, int]
QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class Period:
    """``months`` are the months whose cycles are here; two periods are compared in their flows only where these are alike."""

    key: Key
    label: str
    cycles: tuple[Cycle, ...]
    last_key: Key | None
    year_key: Key

    @property
    def is_one_cycle(self) -> bool:
        return len(self.cycles) == 1

    @property
    def months(self) -> tuple[int, ...]:
        return tuple(cycle.period.month for cycle in self.cycles)

    @property
    def first(self) -> dt.date:
        return self.cycles[0].period

    @property
    def last(self) -> dt.date:
        return self.cycles[-1].period


def periods_of(cycles: Sequence[Cycle], grain: Grain) -> list[Period]:
    """``cycles`` (oldest first) by ``grain``. The year so far of a month holds the cycles from January on that are given."""
    if grain == Grain.UNTIL:
        return [
            _period(grain, (cycle.period.year, cycle.period.month), _year_until(cycles, cycle))
            for cycle in _last_of_months(cycles)
        ]
    held: dict[Key, list[Cycle]] = {}
    for cycle in cycles:
        held.setdefault(_key(cycle.period, grain), []).append(cycle)
    return [_period(grain, key, found) for key, found in held.items()]


def whole_period(cycles: Sequence[Cycle]) -> list[Period]:
    """All of ``cycles`` as one period."""
    if not cycles:
        return []
    first, last = cycles[0].period, cycles[-1].period
    label = _month_words(first) if first == last else f"{_month_words(first)}至{_month_words(last)}"
    return [Period((0, 0), label, tuple(cycles), None, (-1, 0))]


def start_needed(first: dt.date, grain: Grain, *, on_last: bool, on_year: bool) -> dt.date:
    """The first month that must be read so that periods from ``first`` on can be compared."""
    start = first
    if grain in (Grain.UNTIL, Grain.YEAR):
        start = start.replace(month=1)
    elif grain == Grain.QUARTER:
        start = start.replace(month=(start.month - 1) // 3 * 3 + 1)
    reach = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12, Grain.UNTIL: 0}[grain] if on_last else 0
    return months_before(start, max(reach, 12 if on_year else 0))


def months_before(day: dt.date, count: int) -> dt.date:
    """The first day of the month ``count`` months before that of ``day``."""
    months = day.year * 12 + day.month - 1 - count
    return dt.date(months // 12, months % 12 + 1, 1)


def _key(period: dt.date, grain: Grain) -> Key:
    if grain == Grain.YEAR:
        return period.year, 0
    return period.year, (period.month - 1) // 3 + 1 if grain == Grain.QUARTER else period.month


def _year_until(cycles: Sequence[Cycle], until: Cycle) -> list[Cycle]:
    return [one for one in cycles if one.period.year == until.period.year and one.period <= until.period]


def _last_of_months(cycles: Iterable[Cycle]) -> list[Cycle]:
    return list({(one.period.year, one.period.month): one for one in cycles}.values())


def _period(grain: Grain, key: Key, cycles: Sequence[Cycle]) -> Period:
    year, part = key
    if grain == Grain.YEAR:
        return Period(key, f"{year}年", tuple(cycles), (year - 1, 0), (year - 1, 0))
    if grain == Grain.QUARTER:
        last = (year, part - 1) if part > 1 else (year - 1, 4)
        return Period(key, f"{year}年{QUARTERS[part - 1]}季度", tuple(cycles), last, (year - 1, part))
    if grain == Grain.UNTIL:
        begin = cycles[0].period.month
        words = f"{year}年{begin}—{part}月" if begin < part else f"{year}年{part}月"
        return Period(key, words, tuple(cycles), None, (year - 1, part))
    last = (year, part - 1) if part > 1 else (year - 1, 12)
    return Period(key, f"{year}年{part}月", tuple(cycles), last, (year - 1, part))


def _month_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月"
