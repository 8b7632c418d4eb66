"""From a question to its table, in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from orgs.models import Cohort, OrgUnit
from orgs.selectors.lineage import Lineage
from reporting.choices import Time
from reporting.models import Collection, Cycle, DefinitionChange, Indicator
from reporting.pivot.amounts import Amounts
from reporting.pivot.axes import placed as placed_axes
from reporting.pivot.carrying import months_needed, months_to_recount, recount, todays_lineage
from reporting.pivot.offers import between, cycles_of, offered_indicators
from reporting.pivot.periods import Period, months_before, periods_of, start_needed, whole_period
from reporting.pivot.places import places_of
from reporting.pivot.question import CHOSEN, SPANS, THIS_YEAR, Axis, Grain, Measure, Question
from reporting.pivot.reading import Reading, read
from reporting.pivot.table import Pivot, build
from reporting.rollup import Lens
from reporting.rollup.lenses import placement

COMPARING = {Measure.CHANGE, Measure.ON_LAST}


@dataclass(slots=True)
class Ground:
    """What a question is asked over: the unit, the collection, all its cycles, the indicators it offers by section."""

    unit: OrgUnit
    collection: Collection
    cycles: list[Cycle]
    offered: list[tuple[str, list[Indicator]]]

    @property
    def by_key(self) -> dict[str, Indicator]:
        return {one.key: one for _section, held in self.offered for one in held}


def ground_of(unit: OrgUnit, collection: Collection) -> Ground:
    return Ground(unit, collection, cycles_of(collection), offered_indicators(collection))


def span_of(question: Question, cycles: Sequence[Cycle]) -> tuple[dt.date, dt.date]:
    """The first and last month asked for; those that move count back from the newest cycle."""
    newest, oldest = cycles[-1].period, cycles[0].period
    if question.span == CHOSEN:
        first, last = question.first or oldest, question.last or newest
        return (first, last) if first <= last else (last, first)
    if question.span == THIS_YEAR:
        return newest.replace(month=1), newest
    return months_before(newest, SPANS.get(question.span, 12) - 1), newest


def ask(question: Question, ground: Ground, cohort: Cohort | None = None) -> Pivot:
    """The table that ``question`` asks for over ``ground``; its unit has been found in the scope of who asks."""
    first, last = span_of(question, ground.cycles)
    shown, periods = _periods(question, ground.cycles, first, last)
    cycles = sorted(
        {one for period in periods for one in period.cycles}, key=lambda one: (one.period, one.pk)
    )
    indicators = [ground.by_key[key] for key in question.keys if key in ground.by_key]
    lineage = todays_lineage() if question.is_now else None
    places = places_of(ground.unit, question, cycles, cohort, lineage)
    units = [place.unit_id for place in places.all]
    carried = _carried(periods, indicators)
    if lineage is None:
        reading = read(ground.unit, units, indicators, cycles, carried)
    else:
        reading = _read_by(lineage, ground.unit, units, indicators, periods, carried)
    pivot = build(
        question=question,
        places=places,
        shown=shown,
        periods=periods,
        indicators=indicators,
        sections={one.pk: section for section, held in ground.offered for one in held},
        amounts=Amounts(reading, places.all, periods),
        cycles=between(ground.cycles, first, last),
    )
    pivot.changes = list(
        DefinitionChange.objects.filter(indicator__in=indicators, period__gt=first, period__lte=last)
        .select_related("indicator")
        .order_by("period", "pk")
    )
    return pivot


def _read_by(
    lineage: Lineage,
    root: OrgUnit,
    units: Sequence[int],
    indicators: Sequence[Indicator],
    periods: Sequence[Period],
    carried: Sequence[tuple[Cycle, Sequence[Cycle]]],
) -> Reading:
    """What was reported and counted where it has come to by ``lineage``'s day; one statement more for each month whose
    registry facts are counted anew."""
    cycles = list({cycle.pk: cycle for period in periods for cycle in period.cycles}.values())
    needed = months_needed(periods, [one for one in indicators if not one.is_reported])
    elsewhere = months_to_recount(root, needed, lineage)
    stored = [cycle for cycle in needed if cycle not in elsewhere]
    placed = placement(Lens(lineage.day), cycles, lineage)
    reading = read(root, units, indicators, cycles, carried, placed=placed, facts_of=stored)
    recount(reading, root, units, indicators, elsewhere, lineage)
    return reading


def _periods(
    question: Question, cycles: Sequence[Cycle], first: dt.date, last: dt.date
) -> tuple[list[Period], list[Period]]:
    """Those asked for, and with them those they are compared with."""
    if Axis.PERIOD not in placed_axes(question):
        found = whole_period(between(cycles, first, last))
        if question.grain != Grain.UNTIL and len(found) == 1 and len(found[0].cycles) > 1:
            return found, found
    start = start_needed(
        first,
        question.grain,
        on_last=bool(COMPARING & set(question.measures)),
        on_year=Measure.ON_YEAR in question.measures,
    )
    periods = periods_of(between(cycles, start, last), question.grain)
    shown = [period for period in periods if period.last >= first]
    if Axis.PERIOD not in placed_axes(question):
        shown = shown[-1:]
    return shown, periods


def _carried(
    periods: Sequence[Period], indicators: Sequence[Indicator]
) -> list[tuple[Cycle, Sequence[Cycle]]]:
    """Periods of several cycles, where a state of them may have to be carried to their end."""
    if not any(one.is_reported and one.time == Time.LAST for one in indicators):
        return []
    return [(period.cycles[-1], period.cycles[:-1]) for period in periods if len(period.cycles) > 1]
