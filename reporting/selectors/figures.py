"""Figures of one unit by section, typed and from the registry: this month, the year so far, last month, the same month last year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from core import formats
from core.windows import previous_month
from orgs.models import OrgUnit
from reporting.choices import Space, ValueKind
from reporting.models import Cycle, Indicator
from reporting.rollup import THEN, Basis, Drift, Lens, cycle_totals, drift, trend, year_to_date
from reporting.selectors.carried import carried_facts
from reporting.selectors.facts import FactTable, unit_facts
from reporting.selectors.layout import layout_of

#: The month itself and the twelve before it, so that last year's is among them.
MONTHS = 13


@dataclass(slots=True)
class TotalLine:
    """One typed indicator of one unit. ``drift`` is there where live and official totals differ."""

    indicator: Indicator
    own: Decimal | None
    below: Decimal | None
    total: Decimal | None
    year: Decimal | None
    stale: int
    last: Decimal | None
    last_year: Decimal | None
    drift: Drift | None = None

    @property
    def is_money(self) -> bool:
        return self.indicator.value_kind == ValueKind.MONEY

    @property
    def change(self) -> Decimal | None:
        """环比: this month less last month."""
        return None if self.total is None or self.last is None else self.total - self.last

    @property
    def change_rate(self) -> Decimal | None:
        """环比 as a ratio; ``None`` where last month was zero."""
        return None if self.change is None or not self.last else self.change / self.last

    @property
    def year_words(self) -> str:
        """What the year's figure is: added up, or the last accepted state."""
        return "累计" if self.indicator.is_flow else "期末数"

    @property
    def drift_words(self) -> str:
        """By how much and why live and official differ, in one line; nothing where nothing is official yet."""
        if self.drift is None or self.drift.official is None:
            return ""
        places = 2 if self.is_money else 0
        other = f"审定{formats.number(self.drift.official, places)}，实时{formats.number(self.drift.live, places)}"
        return f"{other}，差{formats.signed(self.drift.difference, places)}：{drift_reasons(self.drift)}"


def drift_of(cycle: Cycle, unit: OrgUnit, key: str, lens: Lens = THEN) -> Drift | None:
    """Where the total of one indicator is not the same on both bases; ``None`` while nothing is official yet."""
    found = (one for one in drift(cycle, unit, alone=True, lens=lens) if one.key == key)
    return next((one for one in found if one.official is not None), None)


def drift_reasons(one: Drift) -> str:
    """Why, with how many reports each."""
    counted = Counter(cause.reason for cause in one.causes)
    return "、".join(f"{count}份{reason}" for reason, count in counted.items())


@dataclass(frozen=True, slots=True)
class TotalSection:
    title: str
    lines: list[TotalLine]


def total_sections(cycle: Cycle, unit: OrgUnit, basis: Basis, lens: Lens = THEN) -> list[TotalSection]:
    """Every summed indicator of the cycle's form for ``unit``, by section; a constant number of queries."""
    layout = layout_of(cycle.form_version)
    month = cycle_totals(cycle, basis=basis, within=unit, alone=True, lens=lens).of_unit(unit.pk)
    year = year_to_date(cycle, basis=basis, within=unit, alone=True, lens=lens).of_unit(unit.pk)
    summed = [item.indicator for item in layout.items if _is_summed(item.indicator)]
    past = trend(unit, [indicator.key for indicator in summed], cycle, MONTHS, lens=lens)
    moved = {one.key: one for one in drift(cycle, unit, alone=True, lens=lens)}
    index = {period: position for position, period in enumerate(past.periods)}
    last = index.get(previous_month(cycle.period))
    last_year = index.get(_year_before(cycle.period))

    def line(indicator: Indicator) -> TotalLine:
        cell, until_now = month.get(indicator.key), year.get(indicator.key)
        series = past.series[indicator.key]
        return TotalLine(
            indicator=indicator,
            own=cell.own if cell else None,
            below=cell.below if cell else None,
            total=cell.total if cell else None,
            year=until_now.total if until_now else None,
            stale=until_now.stale if until_now else 0,
            last=None if last is None else series[last],
            last_year=None if last_year is None else series[last_year],
            drift=moved.get(indicator.key),
        )

    sections = [
        TotalSection(section.name, [line(item.indicator) for item in items if _is_summed(item.indicator)])
        for section, items in layout.sections()
    ]
    return [section for section in sections if section.lines]


def _is_summed(indicator: Indicator) -> bool:
    return indicator.is_typed and indicator.is_numeric and indicator.space == Space.SUM


def _year_before(period: dt.date) -> dt.date:
    return period.replace(year=period.year - 1)


@dataclass(frozen=True, slots=True)
class FactTotal:
    """One registry figure of one unit, ratios as percentages; ``year`` only where months add up."""

    indicator: Indicator
    value: Decimal | None
    year: Decimal | None
    last: Decimal | None
    last_year: Decimal | None

    @property
    def is_ratio(self) -> bool:
        return self.indicator.value_kind == ValueKind.RATIO

    @property
    def change(self) -> Decimal | None:
        """Against last month: a difference, of ratios in percentage points."""
        return None if self.value is None or self.last is None else self.value - self.last

    def written(self, value: Decimal | None) -> str:
        if value is None:
            return formats.ABSENT
        return formats.percent(value / 100) if self.is_ratio else formats.number(value, 0)

    @property
    def cells(self) -> list[tuple[str, str]]:
        """What the page writes, with the heads of its columns."""
        change = (
            formats.signed_points(self.change / 100) if self.is_ratio and self.change is not None else None
        )
        return [
            ("本月", self.written(self.value)),
            ("本年累计", formats.number(self.year, 0)),
            ("上月", self.written(self.last)),
            ("比上月", change or formats.signed(self.change, 0)),
            ("上年同期", self.written(self.last_year)),
        ]


def fact_sections(
    cycle: Cycle, unit: OrgUnit, lens: Lens = THEN
) -> tuple[FactTable, list[tuple[str, list[FactTotal]]]]:
    """Every registry figure of the cycle's form that ``unit`` has, by section, and the table that they came from."""
    layout = layout_of(cycle.form_version)
    table = unit_facts(cycle, unit) if lens.day is None else carried_facts(cycle, unit, lens.day)
    now = table.of(unit.pk)
    keys = [item.indicator.key for item in layout.registry_items() if item.indicator.key in now]
    past = trend(unit, keys, cycle, MONTHS, lens=lens)
    index = {period: position for position, period in enumerate(past.periods)}
    last, last_year = index.get(previous_month(cycle.period)), index.get(_year_before(cycle.period))
    of_year = [
        index[period] for period in past.periods if period.year == cycle.period.year and period < cycle.period
    ]

    def line(indicator: Indicator) -> FactTotal:
        series = past.series[indicator.key]
        value = now[indicator.key].value
        parts = [series[position] for position in of_year] + [value]
        known = [part for part in parts if part is not None]
        return FactTotal(
            indicator=indicator,
            value=value,
            year=sum(known, Decimal(0)) if indicator.is_flow and known else None,
            last=None if last is None else series[last],
            last_year=None if last_year is None else series[last_year],
        )

    sections = [
        (section.name, [line(item.indicator) for item in items if item.indicator.key in keys])
        for section, items in layout.sections()
    ]
    return table, [(title, lines) for title, lines in sections if lines]
