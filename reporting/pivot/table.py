"""The table itself: lines crossed with columns, cells worked out when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from orgs.choices import Level
from reporting.models import Cycle, DefinitionChange, Indicator
from reporting.pivot import adding
from reporting.pivot.amounts import Amounts
from reporting.pivot.axes import ALL_PERIODS, Arrangement, Line, Members, arrange, heads, lines, placed
from reporting.pivot.measuring import Measurer, Shown, unit_words
from reporting.pivot.periods import Period
from reporting.pivot.places import Place, Places, total_place
from reporting.pivot.question import Axis, Grain, Measure, Question


@dataclass(slots=True)
class Cell:
    """What stands where a row and a column cross."""

    shown: Shown
    place: Place
    period: Period | None
    indicator: Indicator
    measure: Measure


@dataclass(slots=True)
class Pivot:
    """``rows`` and ``columns`` in order; ``row_heads`` above the labels of rows; ``notes`` are said below the table."""

    question: Question
    places: Places
    periods: list[Period]
    indicators: list[Indicator]
    cycles: list[Cycle]
    arrangement: Arrangement
    rows: list[Line]
    columns: list[Line]
    row_heads: list[str]
    alone: Line
    measurer: Measurer
    changes: list[DefinitionChange] = field(default_factory=list)

    def cell(self, row: Line, column: Line) -> Cell:
        place = cast(Place, row.place or column.place or self.alone.place)
        period = row.period or column.period or self.alone.period
        indicator = cast(Indicator, row.indicator or column.indicator or self.alone.indicator)
        measure = column.measure or self.question.measures[0]
        over = None if period == ALL_PERIODS else cast(Period | None, period)
        return Cell(self.measurer.cell(indicator, place, over, measure), place, over, indicator, measure)

    def cells(self, row: Line) -> list[Cell]:
        return [self.cell(row, column) for column in self.columns]

    @property
    def caption(self) -> list[str]:
        """What is the same in every cell."""
        told = []
        for axis in self.arrangement.alone:
            if axis == Axis.UNIT and self.alone.place:
                place = self.alone.place
                told.append(f"所列{len(self.places.listed)}个单位合计" if place.is_total else place.name)
            elif axis == Axis.PERIOD and isinstance(self.alone.period, Period):
                told.append(self.alone.period.label)
            elif axis == Axis.INDICATOR and self.alone.indicator:
                told.append(named(self.alone.indicator, self.question.measures[0]))
        return told


def named(indicator: Indicator, measure: Measure) -> str:
    """在任“三长”总人数（人）."""
    words = unit_words(indicator, measure)
    return f"{indicator.name}（{words}）" if words else indicator.name


def build(
    *,
    question: Question,
    places: Places,
    shown: list[Period],
    periods: list[Period],
    indicators: Sequence[Indicator],
    sections: dict[int, str],
    amounts: Amounts,
    cycles: list[Cycle],
) -> Pivot:
    """``periods`` are all that were read, ``shown`` those that are asked for."""
    amounts.take(indicators)
    places.listed = _narrowed(question, places.listed, indicators, shown, amounts)
    amounts.keep_only(places.all)
    amounts.add_up(indicators)
    measurer = Measurer(amounts, periods, shown, overlap=question.grain == Grain.UNTIL)
    members = _members(question, places, shown, indicators, sections)
    arrangement = arrange(question, members)
    return Pivot(
        question=question,
        places=places,
        periods=shown,
        indicators=list(indicators),
        cycles=cycles,
        arrangement=arrangement,
        rows=lines(arrangement.rows, members, arrangement, measured=False),
        columns=lines(arrangement.columns, members, arrangement, measured=True),
        row_heads=heads(
            arrangement.rows, arrangement, has_parents=any(one.parent_name for one in members.places)
        ),
        alone=_alone(arrangement, members),
        measurer=measurer,
    )


def _narrowed(
    question: Question,
    listed: list[Place],
    indicators: Sequence[Indicator],
    shown: list[Period],
    amounts: Amounts,
) -> list[Place]:
    """Units that have anything at all, or that lack something, where the question wants only those; what is in today's
    tree no more only where there are figures of it."""

    def numbers(place: Place) -> list[int | None]:
        found = [amounts.of(one, place.unit_id, period.key) for one in indicators for period in shown]
        return [None if amount is None else amount[0] for amount in found]

    listed = [place for place in listed if not place.is_past or set(numbers(place)) != {None}]
    if not question.shown:
        return listed
    if question.shown == "missing":
        return [place for place in listed if None in numbers(place)]
    return [place for place in listed if any(numbers(place))]


def _members(
    question: Question,
    places: Places,
    shown: list[Period],
    indicators: Sequence[Indicator],
    sections: dict[int, str],
) -> Members:
    asked = placed(question)
    units = places.all
    total = total_place(places.root)
    if Axis.UNIT not in asked:
        units = [total] if question.spread != "self" and places.root.level < Level.TOWNSHIP else units
    elif len(places.listed) > 1 and any(not adding.units_add(one) for one in indicators):
        units = [*units, total]
    spans: list[Period | str] = list(shown)
    may_add = question.grain != Grain.UNTIL and any(not adding.periods_add(one) for one in indicators)
    if Axis.PERIOD in asked and len(shown) > 1 and may_add and Measure.VALUE in question.measures:
        spans.append(ALL_PERIODS)
    return Members(units, spans, list(indicators), question.measures, sections)


def _alone(arrangement: Arrangement, members: Members) -> Line:
    """The single members of the axes that stand in neither rows nor columns."""

    def only(axis: Axis) -> bool:
        return axis in arrangement.alone

    return Line(
        (),
        place=members.places[0] if only(Axis.UNIT) and members.places else None,
        period=members.periods[0] if only(Axis.PERIOD) and members.periods else None,
        indicator=members.indicators[0] if only(Axis.INDICATOR) and members.indicators else None,
    )
