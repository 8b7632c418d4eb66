"""How far a unit is against its target: the share done, and the straight path from the start to the day it is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core import formats
from reporting.choices import Pace

#: Registry figures that are to fall.
LESS_IS_BETTER = frozenset(
    f"{name}{suffix}"
    for name in ("blank_spots", "terms_overdue")
    for suffix in ("", "_county", "_township", "_village")
)
#: Within this share of the way the pace is kept; beyond the second one it is lost by far.
ON_TRACK = Fraction(5, 100)
FAR = Fraction(20, 100)
#: A ratio's way counts at least as so many points, so that the last of a hundred units is not far behind.
LEAST_WAY = Fraction(10)

#: Pace → tone and sign: red, amber and green never by colour alone.
PACE_SIGNS: dict[str, tuple[str, str]] = {
    Pace.REACHED: ("success", "check-circle-fill"),
    Pace.AHEAD: ("success", "arrow-up"),
    Pace.ON_TRACK: ("success", "check-lg"),
    Pace.BEHIND: ("warning", "exclamation-triangle-fill"),
    Pace.FAR_BEHIND: ("danger", "x-octagon"),
    Pace.OVERDUE: ("danger", "x-octagon"),
    Pace.UNKNOWN: ("neutral", "dash-lg"),
}

Number = Decimal | Fraction | int


def share_done(key: str, target: Number, now: Number | None) -> Fraction | None:
    """完成率: the figure over its target, unrounded; may exceed 1. Of what is to fall, the target over the figure, and
    all of it once it is reached. ``None`` without a figure, or against a target of zero that nothing can fall short of.
    """
    if now is None:
        return None
    if key in LESS_IS_BETTER:
        return Fraction(1) if now <= target else Fraction(target) / Fraction(now)
    return Fraction(now) / Fraction(target) if target else None


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as it was set; ratios in percent. ``is_inherited`` where it is that of the unit above."""

    target_id: int
    unit_id: int
    key: str
    name: str
    unit_label: str
    is_ratio: bool
    is_flow: bool
    due_on: dt.date
    value: Decimal
    begins_on: dt.date
    baseline: Decimal | None
    set_by: str
    basis: str = ""
    is_inherited: bool = False

    @property
    def falls(self) -> bool:
        return self.key in LESS_IS_BETTER

    @property
    def start(self) -> Fraction:
        return Fraction(self.baseline or 0)

    def expected_on(self, day: dt.date) -> Fraction:
        """Where the straight path is on ``day``."""
        length = (self.due_on - self.begins_on).days
        gone = min(max((day - self.begins_on).days, 0), length)
        return self.start + (Fraction(self.value) - self.start) * Fraction(gone, length)


@dataclass(frozen=True, slots=True)
class Progress:
    """A unit's figure against its target on one day; percentages as 0–100."""

    unit_id: int
    goal: Goal
    now: Number | None
    on: dt.date

    @property
    def completion(self) -> Fraction | None:
        return share_done(self.goal.key, self.goal.value, self.now)

    @property
    def is_reached(self) -> bool:
        if self.now is None:
            return False
        return self.now <= self.goal.value if self.goal.falls else self.now >= self.goal.value

    @property
    def expected(self) -> Fraction:
        """What the straight path asks for today."""
        return self.goal.expected_on(self.on)

    @property
    def gap(self) -> Fraction | None:
        """How far ahead of the path, negative behind it."""
        if self.now is None:
            return None
        gap = Fraction(self.now) - self.expected
        return -gap if self.goal.falls else gap

    @property
    def pace(self) -> Pace:
        gap = self.gap
        if gap is None:
            return Pace.UNKNOWN
        if self.is_reached:
            return Pace.REACHED
        if self.on > self.goal.due_on:
            return Pace.OVERDUE
        value = Fraction(self.goal.value)
        way = (
            max(abs(value - self.goal.start), LEAST_WAY if self.goal.is_ratio else 0) or value or Fraction(1)
        )
        for least, pace in ((ON_TRACK, Pace.AHEAD), (-ON_TRACK, Pace.ON_TRACK), (-FAR, Pace.BEHIND)):
            if gap > least * way or (gap == least * way and least < 0):
                return pace
        return Pace.FAR_BEHIND

    @property
    def pill(self) -> tuple[str, str, str]:
        """Word, tone and sign."""
        pace = self.pace
        return (pace.label, *PACE_SIGNS[pace])

    @property
    def shown_target(self) -> str:
        return self._shown(self.goal.value)

    @property
    def shown_now(self) -> str:
        return self._shown(self.now)

    @property
    def shown_expected(self) -> str:
        return self._shown(self.expected)

    @property
    def words(self) -> str:
        """到12月31日达95.0%，按进度应达92.3%，现为91.0%。"""
        told = f"到{formats.day(self.goal.due_on)}达{self.shown_target}"
        if self.on <= self.goal.due_on and not self.is_reached:
            told += f"，按进度应达{self._shown(self.expected)}"
        return f"{told}，现为{self.shown_now}"

    def _shown(self, value: Number | None) -> str:
        if value is None:
            return "—"
        if self.goal.is_ratio:
            return formats.percent(Fraction(value) / 100)
        exact = Fraction(value)
        rounded = round(exact, 2) if self.goal.unit_label == "万元" else Fraction(round(exact))
        return f"{formats.number(Decimal(rounded.numerator) / rounded.denominator)}{self.goal.unit_label}"
