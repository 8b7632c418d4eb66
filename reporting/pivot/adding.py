"""Where figures may be added, and what is said where not: percentages are never averaged, distinct heads never added."""

from __future__ import annotations

from reporting.choices import Space, Time
from reporting.models import Indicator
from reporting.pivot.reading import Amount

NOT_REPORTED = "没有数据"
DISTINCT = "去重计数的人数不能相加，合计请看含全部下级的一行"
NOT_IN_TIME = "该指标不跨期累计"
STATE = "期末数不跨期相加"
RATIO_IN_TIME = "比率不跨期相加"
NO_DENOMINATOR = "分母为0"
OVERLAPPING = "累计数互相包含，不相加"
OTHER_MONTHS = "两期所含月份不同，不可比"
NOTHING_BEFORE = "没有可比的上期数据"
ZERO_BEFORE = "基数为0"
UNTIL_HAS_NO_LAST = "累计数不作环比"
NO_SHARE = "比率和去重计数没有占比"
NO_RANK = "只对市、县的比率排位次，乡镇不排"
STANDS_APART = "合计和本级不参加排位"
NOT_IN_TREE = "已撤销和分设的单位不参加排位"
#: Registry facts of another tree are counted anew month by month, each a whole statement.
MOST_RECOUNTED = 6
TOO_MANY_MONTHS = f"按现行区划，台账指标一次最多重算{MOST_RECOUNTED}个月，更早的请缩小时间范围"


def units_add(indicator: Indicator) -> str:
    """Why its amounts of different units may not be added; empty where they may."""
    return "" if indicator.space in (Space.SUM, Space.RATIO) else DISTINCT


def periods_add(indicator: Indicator) -> str:
    """Why its amounts of different periods may not be added; empty where they may."""
    if indicator.time == Time.SUM:
        return ""
    if indicator.space == Space.RATIO:
        return RATIO_IN_TIME
    return STATE if indicator.time == Time.LAST else NOT_IN_TIME


def plus(one: Amount | None, other: Amount | None) -> Amount | None:
    """Numerators and denominators each added, so that a ratio is always one of sums."""
    if one is None or other is None:
        return one or other
    below = None if one[1] is None or other[1] is None else one[1] + other[1]
    return one[0] + other[0], below
