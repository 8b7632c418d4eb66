"""What is shown of an amount: itself, against the period before or the year before, its share, its rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from core import formats
from orgs.choices import Level
from reporting.choices import Space, Time, ValueKind
from reporting.models import Indicator
from reporting.pivot import adding
from reporting.pivot.amounts import Amounts
from reporting.pivot.periods import Key, Period
from reporting.pivot.places import TOTAL_ID, Place
from reporting.pivot.question import Measure
from reporting.pivot.reading import Amount

Kind = Literal["count", "money", "percent", "points", "signed", "signed_money", "growth", "rank"]
MEASURES = {
    Measure.VALUE: "数值",
    Measure.CHANGE: "比上期增减",
    Measure.ON_LAST: "环比",
    Measure.ON_YEAR: "同比",
    Measure.SHARE: "占比",
    Measure.RANK: "位次",
}
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: ``value`` unrounded (ratios as fractions of one, differences of ratios likewise), or why there is none."""

    value: Decimal | Fraction | int | None
    kind: Kind
    reason: str = ""
    is_stale: bool = False

    @property
    def text(self) -> str:
        return WRITERS[self.kind](self.value) if self.value is not None else formats.ABSENT


WRITERS: dict[Kind, Callable[[Any], str]] = {
    "count": lambda value: formats.number(value, 0),
    "money": lambda value: formats.number(value, 2),
    "percent": formats.percent,
    "points": lambda value: formats.signed(value * HUNDRED, 1),
    "signed": lambda value: formats.signed(value, 0),
    "signed_money": lambda value: formats.signed(value, 2),
    "growth": lambda value: f"+{formats.percent(value)}" if value > 0 else formats.percent(value),
    "rank": str,
}


def is_ratio(indicator: Indicator) -> bool:
    return indicator.space == Space.RATIO


def unit_words(indicator: Indicator, measure: Measure) -> str:
    """What the numbers of a column are counted in."""
    if measure == Measure.RANK:
        return ""
    if measure in (Measure.ON_LAST, Measure.ON_YEAR, Measure.CHANGE) and is_ratio(indicator):
        return "百分点"
    if measure in (Measure.ON_LAST, Measure.ON_YEAR, Measure.SHARE) or is_ratio(indicator):
        return "%"
    return indicator.unit_label


class Measurer:
    """Cells of one question. ``periods`` are those that were read, also the ones that are only compared with."""

    def __init__(
        self, amounts: Amounts, periods: list[Period], shown: list[Period], *, overlap: bool
    ) -> None:
        self.amounts = amounts
        self.periods = {period.key: period for period in periods}
        self.shown = shown
        self.overlap = overlap
        self._ranks: dict[tuple[int, Key], dict[int, int]] = {}

    def cell(self, indicator: Indicator, place: Place, period: Period | None, measure: Measure) -> Shown:
        """``period`` is ``None`` for the sum over those shown."""
        if place.is_total and (reason := adding.units_add(indicator)):
            return Shown(None, _kind(indicator), reason)
        if period is None:
            return self._over_periods(indicator, place, measure)
        if measure == Measure.VALUE:
            return self._value(indicator, place, period)
        if measure == Measure.SHARE:
            return self._share(indicator, place, period)
        if measure == Measure.RANK:
            return self._rank(indicator, place, period)
        return self._against(indicator, place, period, measure)

    def _value(self, indicator: Indicator, place: Place, period: Period) -> Shown:
        amount = self.amounts.of(indicator, place.unit_id, period.key)
        if amount is None:
            return Shown(None, _kind(indicator), self._why_none(indicator, period))
        value = _number(indicator, amount)
        reason = adding.NO_DENOMINATOR if value is None else ""
        stale = (indicator.pk, place.unit_id, period.key) in self.amounts.stale
        return Shown(value, _kind(indicator), reason, stale)

    def _why_none(self, indicator: Indicator, period: Period) -> str:
        if indicator.time == Time.NONE and not period.is_one_cycle:
            return adding.NOT_IN_TIME
        is_unread = not indicator.is_reported and self.amounts.is_unread(period)
        return adding.TOO_MANY_MONTHS if is_unread else adding.NOT_REPORTED

    def _over_periods(self, indicator: Indicator, place: Place, measure: Measure) -> Shown:
        reason = adding.OVERLAPPING if self.overlap else adding.periods_add(indicator)
        if reason or measure != Measure.VALUE:
            return Shown(None, _kind(indicator), reason or adding.NOTHING_BEFORE)
        if not indicator.is_reported and any(self.amounts.is_unread(period) for period in self.shown):
            return Shown(None, _kind(indicator), adding.TOO_MANY_MONTHS)
        whole: Amount | None = None
        for period in self.shown:
            whole = adding.plus(whole, self.amounts.of(indicator, place.unit_id, period.key))
        if whole is None:
            return Shown(None, _kind(indicator), adding.NOT_REPORTED)
        return Shown(_number(indicator, whole), _kind(indicator))

    def _share(self, indicator: Indicator, place: Place, period: Period) -> Shown:
        whole = self.amounts.of(indicator, TOTAL_ID, period.key)
        if is_ratio(indicator) or adding.units_add(indicator):
            return Shown(None, "percent", adding.NO_SHARE)
        part = self.amounts.of(indicator, place.unit_id, period.key)
        if part is None or place.is_whole:
            return Shown(None, "percent", adding.NOT_REPORTED if part is None else adding.NO_SHARE)
        if whole is None or not whole[0]:
            return Shown(None, "percent", adding.NO_DENOMINATOR)
        return Shown(Fraction(part[0], whole[0]), "percent")

    def _rank(self, indicator: Indicator, place: Place, period: Period) -> Shown:
        if not is_ratio(indicator) or place.level >= Level.TOWNSHIP:
            return Shown(None, "rank", adding.NO_RANK)
        if place.is_total or place.is_whole:
            return Shown(None, "rank", adding.STANDS_APART)
        if place.is_past:
            return Shown(None, "rank", adding.NOT_IN_TREE)
        at = (indicator.pk, period.key)
        if at not in self._ranks:
            self._ranks[at] = self._ranked(indicator, period)
        found = self._ranks[at].get(place.unit_id)
        return Shown(found, "rank", "" if found else adding.NO_DENOMINATOR)

    def _ranked(self, indicator: Indicator, period: Period) -> dict[int, int]:
        """Competition ranks 1, 1, 3 by unrounded ratios, each level and group for itself."""
        groups: dict[tuple[int, str], list[tuple[Fraction, int]]] = {}
        for place in self.amounts.places:
            amount = self.amounts.of(indicator, place.unit_id, period.key)
            if place.is_whole or place.is_past or amount is None or not amount[1]:
                continue
            held = groups.setdefault((place.level, place.group), [])
            held.append((Fraction(amount[0], amount[1]), place.unit_id))
        ranks: dict[int, int] = {}
        for alike in groups.values():
            alike.sort(key=lambda pair: -pair[0])
            for at, (ratio, unit_id) in enumerate(alike, start=1):
                is_tie = at > 1 and alike[at - 2][0] == ratio
                ranks[unit_id] = ranks[alike[at - 2][1]] if is_tie else at
        return ranks

    def _against(self, indicator: Indicator, place: Place, period: Period, measure: Measure) -> Shown:
        kind = _against_kind(indicator, measure)
        past, reason = self._past(indicator, period, measure)
        if past is None:
            return Shown(None, kind, reason)
        now = self._value(indicator, place, period).value
        before = self._value(indicator, place, past).value
        if now is None or before is None:
            return Shown(None, kind, adding.NOTHING_BEFORE)
        difference = now - before  # type: ignore[operator]
        if measure == Measure.CHANGE or is_ratio(indicator):
            return Shown(difference, kind)
        if not before:
            return Shown(None, kind, adding.ZERO_BEFORE)
        return Shown(Fraction(difference) / Fraction(before), kind)

    def _past(self, indicator: Indicator, period: Period, measure: Measure) -> tuple[Period | None, str]:
        """The period compared with; flows only over the same months, or as many."""
        is_year = measure == Measure.ON_YEAR
        if not is_year and period.last_key is None:
            return None, adding.UNTIL_HAS_NO_LAST
        past = self.periods.get(period.year_key if is_year else period.last_key or period.year_key)
        if past is None:
            return None, adding.NOTHING_BEFORE
        alike = past.months == period.months if is_year else len(past.cycles) == len(period.cycles)
        if indicator.is_flow and not alike:
            return None, adding.OTHER_MONTHS
        return past, ""


def _kind(indicator: Indicator) -> Kind:
    if is_ratio(indicator):
        return "percent"
    return "count" if indicator.value_kind == ValueKind.COUNT else "money"


def _against_kind(indicator: Indicator, measure: Measure) -> Kind:
    if is_ratio(indicator):
        return "points"
    if measure != Measure.CHANGE:
        return "growth"
    return "signed" if indicator.value_kind == ValueKind.COUNT else "signed_money"


def _number(indicator: Indicator, amount: Amount) -> Decimal | Fraction | int | None:
    above, below = amount
    if is_ratio(indicator):
        return Fraction(above, below) if below else None
    if not indicator.is_reported:
        return above
    return Decimal(above) / HUNDRED
