"""How figures and dates are written for people: on pages, in workbooks and on papers alike."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from core import clock

ABSENT = "—"
Numeric = int | float | Decimal


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _plain(number: Decimal) -> Decimal:
    """A whole number without its zeros behind the point, as the database hands out counts."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def number(value: object, places: int | None = None) -> str:
    """``1234567`` → ``1,234,567``; absent → ``—``. Decimals stand as they are unless ``places`` is given."""
    found = _decimal(value)
    if found is None:
        return ABSENT
    return f"{_plain(found) if places is None else _rounded(found, places):,f}"


def percent(ratio: object, places: int = 1) -> str:
    """A ratio as a percentage: ``0.9531`` → ``95.3%``, ``-0.1`` → ``−10.0%``; absent → ``—``."""
    found = _decimal(ratio)
    if found is None:
        return ABSENT
    found = _rounded(found * 100, places)
    return f"{'−' if found < 0 else ''}{abs(found):f}%"


def signed(value: object, places: int | None = None) -> str:
    """A difference with its sign: ``12`` → ``+12``, ``-3`` → ``−3``, ``0`` → ``0``."""
    found = _decimal(value)
    if found is None:
        return ABSENT
    found = _plain(found) if places is None else _rounded(found, places)
    if found == 0:
        return f"{abs(found):,f}"
    return f"{'+' if found > 0 else '−'}{abs(found):,f}"


def signed_points(ratio_difference: object, places: int = 1) -> str:
    """The difference of two ratios in percentage points: ``0.012`` → ``+1.2 个百分点``."""
    found = _decimal(ratio_difference)
    return ABSENT if found is None else f"{signed(found * 100, places)} 个百分点"


def delta_words(value: object, unit: str = "") -> str:
    """A difference in words, so that the sign is never the only sign: ``较上期增加 12 人``."""
    found = _decimal(value)
    if found is None:
        return "无上期数据"
    if found == 0:
        return "与上期持平"
    verb = "增加" if found > 0 else "减少"
    return f"较上期{verb} {abs(found):,f} {unit}".rstrip()


def points_words(ratio_difference: object) -> str:
    """A difference of ratios in words: ``较上期提高 1.2 个百分点``."""
    found = _decimal(ratio_difference)
    if found is None:
        return "无上期数据"
    points = _rounded(found * 100, 1)
    if points == 0:
        return "与上期持平"
    return f"较上期{'提高' if points > 0 else '下降'} {abs(points):f} 个百分点"


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(clock.SHANGHAI)
    return value


def day(value: dt.date | dt.datetime | None) -> str:
    """``2026年11月5日``, of the Shanghai calendar; absent → ``—``."""
    if not isinstance(value, dt.date):
        return ABSENT
    local = _local(value)
    return f"{local.year}年{local.month}月{local.day}日"


def short_day(value: dt.date | dt.datetime | None) -> str:
    """``11月5日``; absent → ``—``."""
    if not isinstance(value, dt.date):
        return ABSENT
    local = _local(value)
    return f"{local.month}月{local.day}日"


def month(value: dt.date | dt.datetime | None) -> str:
    """``2026年11月``; absent → ``—``."""
    if not isinstance(value, dt.date):
        return ABSENT
    local = _local(value)
    return f"{local.year}年{local.month}月"


def moment(value: dt.datetime | None) -> str:
    """``2026年11月5日 09:03`` in Shanghai; absent → ``—``."""
    if not isinstance(value, dt.datetime):
        return ABSENT
    return f"{day(value)} {_local(value):%H:%M}"


def file_size(count: int | None) -> str:
    """Bytes as people say them: ``2.4 MB``; absent → ``—``."""
    if count is None:
        return ABSENT
    size, units = Decimal(count), ["B", "KB", "MB", "GB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{_rounded(size, 0 if units[0] == 'B' else 1):f} {units[0]}"
