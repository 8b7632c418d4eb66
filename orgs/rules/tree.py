"""What must hold before the tree is changed. Each function returns the problems it finds and saves nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from core.errors import Problem
from orgs.choices import CODE_DIGITS, Level
from orgs.models import OrgUnit
from orgs.rules.divisions import NAME_LIMIT

_MOVES_TO_SELF = "不能改隶到本单位或其下级。"


def day_has_come(on: dt.date, *, today: dt.date, field: str = "on") -> Iterator[Problem]:
    """The tree is today's: nothing of it begins in the future."""
    if on > today:
        yield Problem("future", "生效日期不能晚于今天。", field)


def day_follows_history(on: dt.date, *, since: dt.date, field: str = "on") -> Iterator[Problem]:
    """Nothing is inserted before what is already recorded."""
    if on < since:
        yield Problem("before_history", f"生效日期不能早于现行记录的起始日期 {since}。", field)


def name_is_a_name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem("empty_name", "请填写名称。", "name")
    elif len(name) > NAME_LIMIT:
        yield Problem("long_name", f"名称不能超过 {NAME_LIMIT} 字。", "name")


def code_fits_level(code: str, level: int) -> Iterator[Problem]:
    digits = CODE_DIGITS[Level(level)]
    if not (code.isascii() and code.isdigit() and len(code) == digits):
        yield Problem(
            "bad_code", f"{Level(level).label}的行政区划代码应为 {digits} 位数字。", "division_code"
        )


def code_stands_below(code: str, parent: OrgUnit) -> Iterator[Problem]:
    if not code.startswith(parent.division_code):
        yield Problem("prefix", f"代码 {code} 应以上级代码 {parent.division_code} 开头。", "division_code")


def parent_takes(parent: OrgUnit, *, level: int) -> Iterator[Problem]:
    """A unit hangs on an open unit of a higher level."""
    if parent.closed_on is not None:
        yield Problem("closed_parent", f"{parent}已撤销，不能作为上级。", "parent")
    if parent.level >= level:
        yield Problem(
            "level", f"{Level(level).label}单位不能隶属于{parent.get_level_display()}单位。", "parent"
        )


def unit_is_open(unit: OrgUnit) -> Iterator[Problem]:
    if unit.closed_on is not None:
        yield Problem("closed", f"{unit}已于 {unit.closed_on} 撤销，不能再变更。")


def does_not_hang_on_itself(unit: OrgUnit, parent: OrgUnit) -> Iterator[Problem]:
    if parent.is_within(unit):
        yield Problem("ring", _MOVES_TO_SELF, "parent")
