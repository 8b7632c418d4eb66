"""What a ratio demands of a body, and what a ratio itself must be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction

from core.errors import Problem
from orgs.choices import Level
from sanzhang.choices import BODY_OF_POSITION, POSITIONS_AT, BodyKind, Bound, Verdict
from sanzhang.models import CompositionTarget

#: Jilin 二(一)1 asks for the share of those of 45 or younger.
YOUNG = 45
#: How far ahead a ratio may be announced.
MOST_AHEAD = dt.timedelta(days=366)


def born_after(day: dt.date) -> dt.date:
    """Who is 45 or younger on ``day`` was born in a month after this one."""
    return dt.date(day.year - YOUNG - 1, day.month, 1)


def verdict(*, bound: str, percent: int, count: int, unknown: int, members: int) -> Verdict | None:
    """How ``count`` of ``members`` stands to a ratio (Jilin 二(一)1); ``None`` where nobody sits.

    Of ``unknown`` nobody can say whether they belong: met or missed is only said where it holds either way.
    """
    if not members:
        return None
    asked = Fraction(percent, 100)
    lowest, highest = Fraction(count, members), Fraction(count + unknown, members)
    if bound == Bound.AT_LEAST:
        return Verdict.MET if lowest >= asked else Verdict.OPEN if highest >= asked else Verdict.UNMET
    return Verdict.MET if highest <= asked else Verdict.OPEN if lowest <= asked else Verdict.UNMET


def body_exists_at(kind: str, level: int) -> Iterator[Problem]:
    """A ratio is asked of a body that the level knows (Zhoukou 四(一))."""
    kinds = {BODY_OF_POSITION[position] for position in POSITIONS_AT.get(Level(level), ())}
    if kind not in kinds or kind == BodyKind.TEAM:
        yield Problem("no_such_body", f"{Level(level).label}科协没有{BodyKind(kind).label}。", "kind")


def percent_is_a_share(percent: int) -> Iterator[Problem]:
    """Between 0 and 100."""
    if not 0 <= percent <= 100:
        yield Problem("odd_share", "比例应在0至100之间。", "percent")


def basis_is_named(basis: str) -> Iterator[Problem]:
    """A ratio rests on a document (依据)."""
    if not basis.strip():
        yield Problem("no_basis", "请写明依据的文件和条款。", "basis")


def starts_in_order(
    valid_from: dt.date, earlier: Iterable[CompositionTarget], today: dt.date
) -> Iterator[Problem]:
    """The ratio of a body follows upon the one before; the same day replaces it."""
    if valid_from > today + MOST_AHEAD:
        yield Problem("too_far_ahead", "起始日期最多可提前一年。", "valid_from")
    for target in earlier:
        if target.valid_to is None and valid_from < target.valid_from:
            yield Problem(
                "before_present",
                f"现行要求自{target.valid_from:%Y-%m-%d}起执行，起始日期不能早于这一天。",
                "valid_from",
            )
        if target.valid_to is not None and target.valid_from <= valid_from < target.valid_to:
            yield Problem(
                "overlaps", f"原要求执行到{target.valid_to:%Y-%m-%d}，请从这一天起设定。", "valid_from"
            )


def bounds_leave_room(bound: str, percent: int, others: Iterable[CompositionTarget]) -> Iterator[Problem]:
    """“不低于” may not exceed “不高于” of the same."""
    for other in others:
        low, high = (percent, other.percent) if bound == Bound.AT_LEAST else (other.percent, percent)
        if low > high:
            yield Problem("bounds_cross", f"与现行要求“{other}”矛盾。", "percent")
