"""Figures of one unit by section, typed and from the registry: this month, the year so far, last month, the same month last year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core import formats
from orgs.models import OrgUnit
from reporting.choices import Rhythm, Space, ValueKind
from reporting.expressions import Scene, cells_of, evaluate
from reporting.models import Cycle, FormItem, Indicator
from reporting.rollup import THEN, Basis, Drift, Lens, cycle_totals, drift, trend, year_to_date
from reporting.selectors.breaks import break_words, breaks_of, is_broken
from reporting.selectors.carried import carried_facts
from reporting.selectors.facts import FactTable, unit_facts
from reporting.selectors.layout import formula_of, layout_of

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
    break_words: str = ""
    is_broken: bool = False

    @property
    def is_ratio(self) -> bool:
        return self.indicator.value_kind == ValueKind.RATIO

    @property
    def change(self) -> Decimal | None:
        """环比: this period less the one before; ``None`` across a changed definition, which is not comparable."""
        if self.is_broken or self.total is None or self.last is None:
            return None
        return self.total - self.last

    @property
    def shown(self) -> dict[str, str]:
        """Each value as the page writes it: figures with their decimals, ratios as percentages."""
        values = {
            name: getattr(self, name) for name in ("own", "below", "total", "year", "last", "last_year")
        }
        if self.is_ratio:
            words = {name: _percentage(value) for name, value in values.items()}
            change = None if self.change is None else formats.signed_points(self.change / 100)
            return words | {"change": change or formats.ABSENT, "rate": formats.ABSENT}
        places = self.indicator.places
        words = {name: formats.number(value, places) for name, value in values.items()}
        return words | {
            "change": formats.signed(self.change, places),
            "rate": formats.percent(self.change_rate),
        }

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
        places = self.indicator.places
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
    breaks = breaks_of([indicator.key for indicator in summed])
    past = trend(unit, [indicator.key for indicator in summed], cycle, MONTHS, lens=lens)
    moved = {one.key: one for one in drift(cycle, unit, alone=True, lens=lens)}
    index: dict[dt.date | None, int] = {period: position for position, period in enumerate(past.periods)}
    last = index.get(cycle.previous_period)
    last_year = index.get(cycle.year_ago_period)

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
            break_words=break_words(breaks, indicator.key, cycle.period),
            is_broken=is_broken(breaks, indicator.key, cycle.previous_period, cycle.period),
        )

    lines = {indicator.key: line(indicator) for indicator in summed}
    sections = [
        TotalSection(
            section.name,
            [
                lines[item.indicator.key] if item.indicator.key in lines else _ratio_line(item, lines)
                for item in items
                if _is_summed(item.indicator) or _is_ratio_of_sums(item.indicator)
            ],
        )
        for section, items in layout.sections()
    ]
    return [section for section in sections if section.lines]


def _is_summed(indicator: Indicator) -> bool:
    return indicator.is_reported and indicator.is_numeric and indicator.space == Space.SUM


def _is_ratio_of_sums(indicator: Indicator) -> bool:
    return indicator.is_computed and indicator.value_kind == ValueKind.RATIO


def _ratio_line(item: FormItem, lines: Mapping[str, TotalLine]) -> TotalLine:
    """A ratio of the sums: its formula over each column of totals, never a mean of ratios."""
    formula = formula_of(item)

    def ratio(column: str) -> Decimal | None:
        scene = Scene(cells={key: getattr(line, column) for key, line in lines.items()})
        result = evaluate(formula, scene)
        return result * 100 if isinstance(result, Decimal) else None

    parts = [lines[key] for key in cells_of(formula) if key in lines]
    return TotalLine(
        indicator=item.indicator,
        own=ratio("own"),
        below=ratio("below"),
        total=ratio("total"),
        year=ratio("year"),
        stale=max((part.stale for part in parts), default=0),
        last=ratio("last"),
        last_year=ratio("last_year"),
        break_words=next((part.break_words for part in parts if part.break_words), ""),
        is_broken=any(part.is_broken for part in parts),
    )


def _percentage(value: Decimal | None) -> str:
    return formats.ABSENT if value is None else formats.percent(value / 100)


@dataclass(frozen=True, slots=True)
class FactTotal:
    """One registry figure of one unit, ratios as percentages; ``year`` only where periods add up."""

    indicator: Indicator
    beat: Rhythm
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
        beat = self.beat
        change = (
            formats.signed_points(self.change / 100) if self.is_ratio and self.change is not None else None
        )
        return [
            (beat.this, self.written(self.value)),
            ("本年累计", formats.number(self.year, 0)),
            (beat.last, self.written(self.last)),
            (f"比{beat.last}", change or formats.signed(self.change, 0)),
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
    index: dict[dt.date | None, int] = {period: position for position, period in enumerate(past.periods)}
    last, last_year = index.get(cycle.previous_period), index.get(cycle.year_ago_period)
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
            beat=cycle.beat,
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
