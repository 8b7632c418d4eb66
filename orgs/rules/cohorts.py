"""What must hold of named sets of units and of who is in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from core.errors import Problem
from orgs.models import Cohort, OrgUnit

_SEPARATORS = re.compile(r"[\s,，;；、]+")
MOST_AT_ONCE = 5000


def cohort_has_name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem("no_name", "请填写名称。", "name")


def name_is_free(name: str, owner: OrgUnit, taken_by: Cohort | None) -> Iterator[Problem]:
    if taken_by is not None:
        state = "（已停用）" if taken_by.closed_on else ""
        yield Problem("name_taken", f"{owner}已有名为“{name.strip()}”的单位集{state}，请换一个名称。", "name")


def cohort_is_open(cohort: Cohort) -> Iterator[Problem]:
    if cohort.closed_on is not None:
        yield Problem("closed", f"单位集“{cohort}”已停用，不能再变更。")


def cohort_is_closed(cohort: Cohort) -> Iterator[Problem]:
    if cohort.closed_on is None:
        yield Problem("open", f"单位集“{cohort}”正在使用，无需恢复。")


def day_is_after_closing(on: dt.date, closed_on: dt.date, *, field: str) -> Iterator[Problem]:
    if on < closed_on:
        yield Problem("before_closing", f"日期不能早于停用日期 {closed_on}。", field)


def unit_belongs(unit: OrgUnit, cohort: Cohort) -> Iterator[Problem]:
    """A set names units of whoever keeps it."""
    if not unit.is_within(cohort.owner):
        yield Problem("foreign", f"{unit}不在{cohort.owner}辖区内，不能加入。", "units")


def day_is_after_opening(on: dt.date, cohort: Cohort, *, field: str) -> Iterator[Problem]:
    if cohort.opened_on is not None and on < cohort.opened_on:
        yield Problem("before_opening", f"日期不能早于单位集设立日期 {cohort.opened_on}。", field)


def not_too_many(count: int) -> Iterator[Problem]:
    if count > MOST_AT_ONCE:
        yield Problem("too_many", f"一次最多加入 {MOST_AT_ONCE:,} 个单位，请缩小范围。", "units")


def codes_in(text: str) -> list[str]:
    """Division codes pasted with any separators, each once, in order."""
    return list(dict.fromkeys(word for word in _SEPARATORS.split(text) if word))


def codes_are_known(asked: list[str], found: set[str]) -> Iterator[Problem]:
    """Every code is of an open unit in reach; those that are not are named."""
    unknown = [code for code in asked if code not in found]
    if unknown:
        named = "、".join(unknown[:10]) + ("等" if len(unknown) > 10 else "")
        yield Problem(
            "unknown_codes", f"有 {len(unknown):,} 个代码不是辖区内的单位：{named}。请核对后再提交。", "codes"
        )
