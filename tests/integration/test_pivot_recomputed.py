"""自助查询 against a book kept by hand: random trees, reports and registry facts, every cell of many random questions."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle, CycleFact, Figure, Indicator, Report
from reporting.pivot.asking import Ground, ask, ground_of
from reporting.pivot.question import Axis, Grain, Measure, Question
from reporting.pivot.table import Cell, Pivot
from reporting.rollup import Basis, cycle_totals, store_totals, year_to_date
from reporting.services.forms import load_collection
from tests.factories import Tree
from tests.integration.registry_history import random_tree
from tests.integration.report_history import KEYS, make_cycle, make_reports

pytestmark = pytest.mark.django_db

FLOWS = {"health_events", "health_reached", "support_funds", "recruited"}
COUNTS, RATIOS, DISTINCT = ("units_established", "recruited"), ("coverage_rate",), ("key_people_total",)
ALL_KEYS = (*KEYS, *COUNTS, *RATIOS, *DISTINCT)
Value = Decimal | Fraction | int | None


@dataclass
class Book:
    """What every report and every fact says, and sums made by walking over them."""

    tree: Tree
    cycles: list[Cycle]
    typed: dict[tuple[int, int, str], Decimal]
    facts: dict[tuple[int, int, str], tuple[int, int | None]]
    ground: Ground

    def within(self, unit: OrgUnit) -> list[OrgUnit]:
        return [one for one in self.tree.units.values() if one.is_within(unit) and one.level < Level.VILLAGE]

    def month(self, unit: OrgUnit, cycle: Cycle, key: str) -> tuple[Any, Any] | None:
        if key in KEYS:
            found = [self.typed.get((cycle.pk, one.pk, key)) for one in self.within(unit)]
            known = [value for value in found if value is not None]
            return (sum(known), None) if known else None
        return self.facts.get((cycle.pk, unit.pk, key))

    def period(self, unit: OrgUnit, cycles: Iterable[Cycle], key: str) -> tuple[Any, Any] | None:
        """Flows added; typed states each reporter's last within the period; registry states of the last cycle."""
        cycles = list(cycles)
        if key in FLOWS:
            return added(self.month(unit, cycle, key) for cycle in cycles)
        if key not in KEYS or len(cycles) == 1:
            return self.month(unit, cycles[-1], key)
        owing = set(Report.objects.filter(cycle=cycles[-1]).values_list("unit_id", flat=True))
        last = {}
        for cycle in cycles:
            for one in self.within(unit):
                if one.pk in owing and (cycle.pk, one.pk, key) in self.typed:
                    last[one.pk] = self.typed[cycle.pk, one.pk, key]
        return (sum(last.values()), None) if last else None


def added(parts: Iterable[tuple[Any, Any] | None]) -> tuple[Any, Any] | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    below = None if known[0][1] is None else sum(part[1] for part in known)
    return sum(part[0] for part in known), below


def number(amount: tuple[Any, Any] | None) -> Value:
    if amount is None:
        return None
    above, below = amount
    if below is None:
        return above
    return Fraction(above, below) if below else None


def _facts(tree: Tree, cycles: list[Cycle], rng: random.Random) -> dict[tuple[int, int, str], Any]:
    found = {}
    indicators = Indicator.objects.in_bulk([*COUNTS, *RATIOS, *DISTINCT], field_name="key")
    for cycle in cycles[:-1]:
        for unit in tree.units.values():
            for key, indicator in indicators.items():
                if unit.level == Level.VILLAGE or rng.random() < 0.1:
                    continue
                below = rng.randint(0, 4) if key in RATIOS else None
                found[cycle.pk, unit.pk, key] = (rng.randint(0, below if below is not None else 50), below)
                above, under = found[cycle.pk, unit.pk, key]
                CycleFact.objects.create(
                    cycle=cycle, unit=unit, indicator=indicator, numerator=above, denominator=under
                )
    return found


@pytest.fixture(params=range(4))
def book(request: pytest.FixtureRequest, db: None) -> Book:
    """Seven months over two quarters and a bit: five locked with stored totals, two open."""
    rng = random.Random(request.param)
    tree = random_tree(rng)
    collection = load_collection(owner=tree.province, by=SYSTEM)
    cycles = [make_cycle(collection, month, locked=month < 6) for month in range(1, 8)]
    typed = {}
    for cycle in cycles:
        make_reports(cycle, tree, rng)
        if cycle.is_locked:
            store_totals(cycle)
        column = "official_version_id" if cycle.is_locked else "live_version_id"
        versions = dict(Report.objects.filter(cycle=cycle).values_list(column, "unit_id"))
        figures = Figure.objects.filter(version__in=[pk for pk in versions if pk], value__isnull=False)
        for version, key, value in figures.values_list("version_id", "indicator__key", "value"):
            typed[cycle.pk, versions[version], key] = value
    facts = _facts(tree, cycles, rng)
    return Book(tree, cycles, typed, facts, ground_of(tree.province, collection))


def _question(rng: random.Random) -> Question:
    rows, columns = rng.choice(
        [
            ((Axis.UNIT,), (Axis.PERIOD,)),
            ((Axis.UNIT, Axis.PERIOD), (Axis.INDICATOR,)),
            ((Axis.SECTION,), (Axis.UNIT,)),
            ((Axis.PERIOD,), (Axis.INDICATOR,)),
            ((Axis.INDICATOR,), ()),
        ]
    )
    return Question(
        keys=tuple(rng.sample(ALL_KEYS, 4)),
        spread=rng.choice(["below", "2", "3", "4", "self"]),
        whole=rng.random() < 0.5,
        span=rng.choice(["1", "3", "12"]),
        grain=rng.choice(list(Grain)),
        rows=rows,
        columns=columns,
        measures=tuple(rng.sample(list(Measure), 3)),
    )


def test_every_cell_is_what_the_book_says(book: Book) -> None:
    rng = random.Random(9)
    seen = filled = 0
    for _turn in range(30):
        question = _question(rng)
        pivot = ask(question, book.ground)
        for row in pivot.rows:
            for cell in pivot.cells(row):
                wanted = expected(book, pivot, cell)
                assert cell.shown.value == wanted, (question, row.labels, cell.indicator.key, cell.measure)
                assert cell.shown.value is not None or cell.shown.reason
                seen += 1
                filled += wanted is not None
    assert seen > 1000
    assert filled > seen / 5


def units_of(book: Book, pivot: Pivot) -> list[OrgUnit]:
    by_id = {unit.pk: unit for unit in book.tree.units.values()}
    return [by_id[place.unit_id] for place in pivot.places.listed]


def amount(book: Book, pivot: Pivot, cell: Cell, cycles: Iterable[Cycle]) -> tuple[Any, Any] | None:
    key, cycles = cell.indicator.key, list(cycles)
    if cell.place.is_total:
        return added(book.period(unit, cycles, key) for unit in units_of(book, pivot))
    unit = next(one for one in book.tree.units.values() if one.pk == cell.place.unit_id)
    return book.period(unit, cycles, key)


def expected(book: Book, pivot: Pivot, cell: Cell) -> Value:
    """Worked out anew from the rules, by way of the book alone."""
    key, measure = cell.indicator.key, cell.measure
    if cell.place.is_total and key in DISTINCT:
        return None
    if cell.period is None:
        adds = key in FLOWS and pivot.question.grain != Grain.UNTIL and measure == Measure.VALUE
        return number(added(amount(book, pivot, cell, one.cycles) for one in pivot.periods)) if adds else None
    now = number(amount(book, pivot, cell, cell.period.cycles))
    if measure == Measure.VALUE:
        return now
    if measure == Measure.SHARE:
        return share(book, pivot, cell, now)
    if measure == Measure.RANK:
        return rank(book, pivot, cell)
    return against(book, pivot, cell, now)


def share(book: Book, pivot: Pivot, cell: Cell, now: Value) -> Value:
    if cell.indicator.key in (*RATIOS, *DISTINCT) or cell.place.is_whole or now is None:
        return None
    whole = added(book.period(unit, cell.period.cycles, cell.indicator.key) for unit in units_of(book, pivot))
    return Fraction(now) / Fraction(whole[0]) if whole and whole[0] else None


def rank(book: Book, pivot: Pivot, cell: Cell) -> int | None:
    key = cell.indicator.key
    if key not in RATIOS or cell.place.is_total or cell.place.is_whole or cell.place.level >= Level.TOWNSHIP:
        return None
    rates = {
        place.unit_id: number(book.period(unit, cell.period.cycles, key))
        for place, unit in zip(pivot.places.listed, units_of(book, pivot), strict=True)
        if place.level == cell.place.level and place.is_zone == cell.place.is_zone
    }
    own = rates[cell.place.unit_id]
    return None if own is None else 1 + sum(rate is not None and rate > own for rate in rates.values())


def against(book: Book, pivot: Pivot, cell: Cell, now: Value) -> Value:
    """Only the period before exists in these seven months, and no year before."""
    grain, key = pivot.question.grain, cell.indicator.key
    is_alone = Axis.PERIOD in pivot.arrangement.alone and len(cell.period.cycles) > 1
    if cell.measure == Measure.ON_YEAR or grain in (Grain.UNTIL, Grain.YEAR) or is_alone:
        return None
    size = 1 if grain == Grain.MONTH else 3
    first = cell.period.cycles[0].period.month
    before = [cycle for cycle in book.cycles if first - size <= cycle.period.month < first]
    if not before or (key in FLOWS and len(before) != len(cell.period.cycles)):
        return None
    past = number(amount(book, pivot, cell, before))
    if now is None or past is None:
        return None
    if cell.measure == Measure.CHANGE or key in RATIOS:
        return now - past
    return Fraction(now - past) / Fraction(past) if past else None


def test_a_month_and_the_year_so_far_are_those_of_the_totals_page(book: Book) -> None:
    last = book.cycles[-1]
    month = cycle_totals(last, basis=Basis.LIVE)
    year = year_to_date(last, basis=Basis.LIVE)
    for grain, table in ((Grain.MONTH, month), (Grain.UNTIL, year)):
        question = Question(keys=KEYS, spread="3", span="1", grain=grain, columns=(Axis.INDICATOR,))
        pivot = ask(question, book.ground)
        for row in pivot.rows:
            for cell in pivot.cells(row):
                if not cell.place.is_total:
                    assert cell.shown.value == table.total(cell.place.unit_id, cell.indicator.key)
