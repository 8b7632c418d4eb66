"""What a duty record, an evaluation and a support must fulfil. One function per demand; each returns problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from core import formats
from core.errors import Problem
from orgs.models import OrgUnit
from sanzhang.choices import EVENTS, OF_HEADS, OF_MONEY, CountsAs, Grade, SupportKind
from sanzhang.models import ActivityKind

#: One activity lasts at most a month; what lasts longer is several.
LONGEST_DAYS = 31
#: More people than this in one activity is a slip of the keyboard, or a broadcast that nobody counted.
MOST_REACHED = 1_000_000
MOST_HEADS = 100_000
MOST_AMOUNT = Decimal(100_000)
MOST_PEOPLE = 100


def happened_in_time(day: dt.date, today: dt.date, field: str) -> list[Problem]:
    """What is recorded has happened: not after today, not before last year began."""
    if day > today:
        return [Problem("in_the_future", "日期不能晚于今天；开展之后再登记。", field)]
    earliest = dt.date(today.year - 1, 1, 1)
    if day < earliest:
        return [Problem("too_long_ago", f"只能登记{formats.day(earliest)}以来的，更早的不再补录。", field)]
    return []


def lasts_sensibly(held_on: dt.date, ended_on: dt.date) -> list[Problem]:
    if ended_on < held_on:
        return [Problem("ends_before_start", "结束日期不能早于活动日期。", "ended_on")]
    if (ended_on - held_on).days >= LONGEST_DAYS:
        return [Problem("too_long", f"一场活动最长{LONGEST_DAYS}天，更长的请分次登记。", "ended_on")]
    return []


def unit_was_open(unit: OrgUnit, day: dt.date, field: str) -> list[Problem]:
    """The unit stood on the day."""
    if unit.opened_on > day:
        return [Problem("unit_not_yet_open", f"{unit.association}当日尚未设立。", field)]
    if unit.closed_on is not None and unit.closed_on <= day:
        return [Problem("unit_closed", f"{unit.association}当日已撤销，请选择现单位。", field)]
    return []


def kind_is_in_use(kind: ActivityKind, *, was: int | None = None) -> list[Problem]:
    if kind.is_active or kind.pk == was:
        return []
    return [Problem("kind_not_in_use", f"“{kind.name}”已停用，请选择其他类别。", "kind")]


def audience_is_stated(kind: ActivityKind, reached: int) -> list[Problem]:
    """reached > 0 where there was an event (“Rules that block”)."""
    if reached > MOST_REACHED:
        return [Problem("too_many", "人次过大，请核对。", "others")]
    if kind.counts_as in EVENTS and reached == 0:
        return [Problem("nobody_reached", "请填写服务人次（至少填一类人群）。", "residents")]
    return []


def adopted_is_stated(kind: ActivityKind, adopted: int) -> list[Problem]:
    """推广新技术、新品种、新模式 is counted in 项次 (Zhoukou 四(二)三)."""
    if kind.counts_as == CountsAs.ADOPTION and adopted == 0:
        return [Problem("nothing_adopted", "请填写推广的项次。", "adopted")]
    return []


def co_hosts_are_others(unit: OrgUnit, co_units: Collection[OrgUnit]) -> list[Problem]:
    if any(other.pk == unit.pk for other in co_units):
        return [Problem("host_twice", "联合主办单位中不必再选主办单位。", "co_units")]
    return []


def people_are_known(asked: Collection[int], found: Collection[int]) -> list[Problem]:
    """Whoever took part is on record in the same province."""
    if len(set(asked)) > MOST_PEOPLE:
        return [Problem("too_many_people", f"一场活动最多登记{MOST_PEOPLE}人。", "people")]
    if set(asked) - set(found):
        return [Problem("unknown_person", "有的人员不在名册中，请重新选择。", "people")]
    return []


def is_not_entered_already(is_double: bool) -> list[Problem]:
    if not is_double:
        return []
    message = "本单位当天已登记过同类活动，请核对是否重复；确是另一场的，请写一句说明。"
    return [Problem("maybe_double", message, "title", "warning")]


def receiver_stands_below(giver: OrgUnit, receiver: OrgUnit | None) -> list[Problem]:
    """给予下级: the receiver is one of the units below the giver."""
    if receiver is None or (receiver.pk != giver.pk and giver.pk in receiver.ancestor_ids()):
        return []
    return [Problem("not_below", "受援单位应是本单位的下级。", "receiver")]


def support_is_measured(kind: str, *, amount: Decimal | None, heads: int | None) -> list[Problem]:
    """Money where money is given, heads where people are (Zhoukou 四(四))."""
    problems: list[Problem] = []
    if kind == SupportKind.FUND and amount is None:
        problems.append(Problem("amount_missing", "请填写金额（万元）。", "amount"))
    if amount is not None and kind not in OF_MONEY:
        problems.append(Problem("amount_odd", "只有项目和经费填写金额。", "amount"))
    if amount is not None and not 0 < amount <= MOST_AMOUNT:
        problems.append(Problem("amount_odd", "金额以万元计，应大于 0，请核对。", "amount"))
    if kind in OF_HEADS and not heads:
        problems.append(Problem("heads_missing", "请填写人数。", "heads"))
    if heads is not None and heads > MOST_HEADS:
        problems.append(Problem("heads_odd", "人数过大，请核对。", "heads"))
    return problems


def grade_is_explained(grade: str, remark: str) -> list[Problem]:
    if grade == Grade.NOT and not remark.strip():
        return [Problem("remark_missing", "评为不称职的，请写明原因。", "remark")]
    return []


def excellent_within_quota(*, given: int, heads: int, percent: int) -> list[Problem]:
    """优秀 at most the share that the province set, at least one; the words are for who wants one more."""
    most = quota_of(heads, percent)
    if given < most:
        return []
    return [
        Problem(
            "quota_used",
            f"全县在任{heads}人，优秀不超过{percent}%，即{most}人，名额已用完；请先调整其他人的等次。",
            "grade",
        )
    ]


def quota_of(heads: int, percent: int) -> int:
    """How many may be graded 优秀 among ``heads``."""
    return max(1, heads * percent // 100) if percent else 0


def year_can_be_judged(year: int, today: dt.date) -> list[Problem]:
    """年底考核: the present year from October on, or the year before."""
    if year == today.year - 1 or (year == today.year and today.month >= 10):
        return []
    return [Problem("wrong_year", "年度评价在当年10月至次年12月办理。", "year")]
