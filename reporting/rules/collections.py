"""What a collection must satisfy before it is started: each demand one function, saving nothing."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

from core import clock
from core.errors import Problem
from orgs.choices import Level
from reporting.choices import Rhythm, Whom
from reporting.models import Collection, FixedDates

#: Fixed dates and days of the month by level, from the bottom.
DUE_FIELDS = {Level.TOWNSHIP: "township", Level.COUNTY: "county", Level.CITY: "city"}


def is_named(collection: Collection) -> list[Problem]:
    found = []
    if not collection.name.strip():
        found.append(Problem("name_wanted", "请填写任务名称。", "name"))
    if not collection.noun.strip():
        found.append(Problem("noun_wanted", "请填写报表简称，如“季报”“普查”。", "noun"))
    return found


def has_published_form(collection: Collection) -> list[Problem]:
    """What units fill in must have been published."""
    if collection.form.versions.filter(published_at__isnull=False).exists():
        return []
    return [Problem("no_form", f"“{collection.form}”还没有发布的版本，请先发布报表。", "form")]


def principal_stays_monthly(collection: Collection) -> list[Problem]:
    """Shandong 四.4: the progress that the wall chart and the bulletin show is reported every month."""
    if collection.is_principal and collection.rhythm != Rhythm.MONTH:
        return [
            Problem("principal_monthly", "挂图作战和通报以本任务为准，须按月填报；请另建任务。", "rhythm")
        ]
    return []


def names_who_owes(collection: Collection, chosen: Sequence[int]) -> list[Problem]:
    """Levels, and the set or the units where not everybody owes."""
    found = []
    if not collection.levels:
        found.append(Problem("levels_wanted", "请至少选择一个填报层级。", "levels"))
    if collection.whom == Whom.COHORT and collection.cohort_id is None:
        found.append(Problem("cohort_wanted", "请选择单位集。", "cohort"))
    if collection.whom == Whom.CHOSEN and not chosen:
        found.append(Problem("units_wanted", "请填写要填报的单位，每行一个。", "units"))
    return found


def _climbs(days: dict[str, int] | dict[str, dt.date], suffix: str) -> list[Problem]:
    names = list(days)
    for lower, upper in itertools.pairwise(names):
        if days[lower] > days[upper]:  # type: ignore[operator]
            return [
                Problem("deadlines_climb", "下级的截止日不能晚于上级，省级审定不能早于市级。", upper + suffix)
            ]
    return []


def days_climb(collection: Collection) -> list[Problem]:
    """Deadlines cascade: each level has its own, the lower the earlier."""
    return _climbs(
        {
            "township": collection.township_day,
            "county": collection.county_day,
            "city": collection.city_day,
            "settle": collection.settle_day,
        },
        "_day",
    )


def due_after_the_window(collection: Collection) -> list[Problem]:
    """Figures can be final when they are due: the window ends before the first deadline."""
    if collection.due_months_after:
        return []
    if collection.window_first_day == 1:
        return [
            Problem("due_in_window", "统计期到期末最后一天才结束，截止月份至少选“次月”。", "due_months_after")
        ]
    lowest = min((collection.day_of(level) for level in collection.levels), default=28)
    if lowest >= collection.window_first_day:
        return []
    return [
        Problem(
            "due_in_window",
            f"统计期到{collection.window_first_day - 1}日结束，截止日须在此之后。",
            "window_first_day",
        )
    ]


def dates_climb(dates: FixedDates) -> list[Problem]:
    """The same of a one-off (Shandong: implementation plan and roster by 20 March)."""
    return _climbs(
        {
            "township": dates.township_due,
            "county": dates.county_due,
            "city": dates.city_due,
            "settle": clock.local_day(dates.settles_at),
        },
        "_due",
    )


def dates_follow_each_other(dates: FixedDates, levels: Sequence[int]) -> list[Problem]:
    """Opened before it is due, and due when the window has ended."""
    found = []
    lowest = min((dates.day_of(level) for level in levels), default=dates.city_due)
    if dates.window_first > dates.window_last:
        found.append(Problem("window_empty", "统计期止不能早于统计期起。", "window_last"))
    if dates.opens_on > lowest:
        found.append(Problem("opens_late", "开放日期不能晚于最早的截止日。", "opens_on"))
    if dates.window_last > lowest:
        found.append(Problem("due_in_window", "统计期须在最早的截止日以前结束。", "window_last"))
    return found


def is_not_over(settles_at: dt.datetime) -> list[Problem]:
    """What is started can still be answered."""
    if settles_at > clock.now():
        return []
    return [Problem("over", "首期的截止日已经过去，请改首期或截止日期。", "first_period")]
