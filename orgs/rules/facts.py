"""What must hold of a unit's dated facts. Each function returns the problems it finds and saves nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from core.errors import Problem
from orgs.choices import BlankReason, EstablishmentState, Level
from orgs.models import OrgUnit

#: Older than every association: what is dated before is a slip of the keyboard.
EARLIEST = dt.date(1949, 10, 1)
#: No association has more posts, staff or seats, nor a budget of more 万元.
MOST_COUNTED = 1_000_000
_PHONE = re.compile(r"(1\d{10}|0\d{9,11}|\d{7,8})(-\d{1,6})?")


def day_is_possible(on: dt.date, *, today: dt.date, field: str = "since") -> Iterator[Problem]:
    """A fact begins today or earlier, and not before there were associations."""
    if on > today:
        yield Problem("future", "日期不能晚于今天。", field)
    elif on < EARLIEST:
        yield Problem("too_early", f"日期不能早于 {EARLIEST.year} 年，请检查。", field)


def day_follows(on: dt.date, *, last: dt.date | None, field: str = "since") -> Iterator[Problem]:
    """What is recorded now follows what is recorded already; ``last`` is the latest day on record."""
    if last is not None and on < last:
        yield Problem(
            "before_history",
            f"已有 {last.year}年{last.month}月{last.day}日 起的登记，日期不能早于该日。",
            field,
        )


def unit_is_open(unit: OrgUnit) -> Iterator[Problem]:
    if unit.closed_on is not None:
        yield Problem("closed", f"{unit}已撤销，不能再登记。")


def blank_spot_has_reason(state: str, reason: str, reason_code: str = "") -> Iterator[Problem]:
    """A blank spot is named with its reason (Zhoukou 四(三)一, Shandong 三.3: 着力消除空白点): one of the list, or words;
    “其他” needs words."""
    if reason_code and reason_code not in BlankReason.values:
        yield Problem("bad_reason", "请从列表中选择未建原因。", "reason_code")
    elif reason_code == BlankReason.OTHER and not reason.strip():
        yield Problem("no_reason", "选择“其他”的，请写明原因。", "reason")
    elif state == EstablishmentState.ABSENT and not reason.strip() and not reason_code:
        yield Problem("no_reason", "未建科协的，请选择或写明原因。", "reason")


def plan_follows(since: dt.date, planned_on: dt.date | None) -> Iterator[Problem]:
    if planned_on is not None and planned_on < since:
        yield Problem("plan_before", "计划建成日期不能早于起始日期。", "planned_on")


def established_has_no_plan(state: str, planned_on: dt.date | None) -> Iterator[Problem]:
    if state == EstablishmentState.ESTABLISHED and planned_on is not None:
        yield Problem("plan_done", "已建成的单位不再填计划建成日期。", "planned_on")


def officer_has_name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem("no_name", "请填写姓名。", "name")


def phone_is_a_phone(phone: str) -> Iterator[Problem]:
    if phone and not _PHONE.fullmatch(re.sub(r"[\s()（）]|(?<=^0\d{2})-|(?<=^0\d{3})-", "", phone)):
        yield Problem("bad_phone", "电话号码应为 11 位手机号或带区号的固定电话。", "phone")


def expectation_can_change(unit: OrgUnit, expected: bool) -> Iterator[Problem]:
    """Provinces, cities and ordinary counties always have an association to build."""
    if not expected and unit.level <= Level.COUNTY and unit.kind == "regular":
        yield Problem("always_expected", f"{unit}是行政区划，应建科协，不能调整为不计应建。", "expected")


def resources_say_something(values: Mapping[str, object]) -> Iterator[Problem]:
    """A row without a single figure tells nothing."""
    if all(value is None for value in values.values()):
        yield Problem("nothing", "请至少填写一项。", "posts")


def resources_are_counts(values: Mapping[str, object]) -> Iterator[Problem]:
    """Counts and money are never negative; 万元 with two decimals up to ten digits."""
    for name, value in values.items():
        if isinstance(value, bool) or value is None:
            continue
        if not isinstance(value, int | Decimal) or value < 0:
            yield Problem("negative", "应为不小于 0 的数。", name)
        elif value > MOST_COUNTED:
            yield Problem("too_many", f"数值过大，最多 {MOST_COUNTED:,}，请检查单位。", name)
