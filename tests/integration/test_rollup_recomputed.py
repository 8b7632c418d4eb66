"""Totals against an independent recomputation that walks the tree, on random trees and reports."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from core.actor import SYSTEM
from orgs.choices import Level
from reporting.models import Cycle, Indicator
from reporting.rollup import (
    Basis,
    TotalsTable,
    cycle_totals,
    drift,
    sources_of,
    store_totals,
    trend,
    year_to_date,
)
from reporting.services.forms import load_collection
from tests.factories import Tree
from tests.integration.registry_history import random_tree
from tests.integration.report_history import KEYS, Sums, make_cycle, make_reports, own_figures, sum_over

pytestmark = pytest.mark.django_db

COLUMN = {Basis.LIVE: "live_version_id", Basis.OFFICIAL: "official_version_id"}
FLOWS = {"health_events", "health_reached", "support_funds"}


@pytest.fixture(params=range(5))
def year(request: pytest.FixtureRequest, db: None) -> tuple[Tree, list[Cycle]]:
    """Four months: two locked with stored totals, two open."""
    rng = random.Random(request.param)
    tree = random_tree(rng)
    collection = load_collection(owner=tree.province, by=SYSTEM)
    cycles = [make_cycle(collection, month, locked=month < 3) for month in (1, 2, 3, 4)]
    for cycle in cycles:
        make_reports(cycle, tree, rng)
        if cycle.is_locked:
            store_totals(cycle)
    return tree, cycles


def as_sums(table: TotalsTable) -> Sums:
    return {(unit, key): (cell.own, cell.total, cell.reporters) for unit, key, cell in table.rows()}


@pytest.mark.parametrize("basis", Basis)
def test_totals_of_every_cycle_match_the_walk(year, basis):
    tree, cycles = year
    for cycle in cycles:
        figures = own_figures([cycle], COLUMN[basis])[cycle]
        assert as_sums(cycle_totals(cycle, basis=basis)) == sum_over(tree, figures)


@pytest.mark.parametrize("basis", Basis)
def test_totals_within_a_unit_are_those_of_its_subtree_alone(year, basis):
    tree, cycles = year
    for cycle in (cycles[0], cycles[-1]):
        whole = as_sums(cycle_totals(cycle, basis=basis))
        for unit in tree.units.values():
            if unit.level == Level.VILLAGE:
                continue
            inside = {row.pk for row in tree.units.values() if row.is_within(unit)}
            part = as_sums(cycle_totals(cycle, basis=basis, within=unit))
            assert part == {place: cell for place, cell in whole.items() if place[0] in inside}


def test_total_cells_say_own_and_below(year):
    _tree, cycles = year
    for _unit, _key, cell in cycle_totals(cycles[-1], basis=Basis.LIVE).rows():
        assert cell.total == (cell.own or 0) + (cell.below or 0)
        assert (cell.below is None) == (cell.reporters == (cell.own is not None))


def test_year_to_date_sums_flows_and_keeps_last_states(year):
    tree, cycles = year
    last = cycles[-1]
    by_cycle = {
        cycle: own_figures([cycle], COLUMN[Basis.OFFICIAL if cycle.is_locked else Basis.LIVE])[cycle]
        for cycle in cycles
    }
    flows: Sums = {}
    for figures in by_cycle.values():
        for place, (own, total, reporters) in sum_over(tree, figures).items():
            if place[1] in FLOWS:
                known_own, known_total, known_reporters = flows.get(place, (None, Decimal(0), 0))
                own_sum = known_own if own is None else own + (known_own or 0)
                flows[place] = (own_sum, known_total + total, known_reporters + reporters)
    owing = set(last.reports.values_list("unit", flat=True))
    latest: dict[int, dict[str, Decimal]] = {}
    for figures in by_cycle.values():
        for unit, values in figures.items():
            states = {key: value for key, value in values.items() if key not in FLOWS}
            if unit in owing and states:
                latest.setdefault(unit, {}).update(states)
    table = year_to_date(last, basis=Basis.LIVE)
    assert as_sums(table) == flows | sum_over(tree, latest)
    stale = [cell.stale for _unit, key, cell in table.rows() if key == "societies"]
    assert any(stale)


def test_year_to_date_within_a_city_is_the_whole_years_part(year):
    tree, cycles = year
    whole = as_sums(year_to_date(cycles[-1], basis=Basis.LIVE))
    city = tree["3701"]
    inside = {unit.pk for unit in tree.units.values() if unit.is_within(city)}
    part = as_sums(year_to_date(cycles[-1], basis=Basis.LIVE, within=city))
    assert part == {place: cell for place, cell in whole.items() if place[0] in inside}


def test_trend_repeats_each_months_total(year):
    tree, cycles = year
    for unit in (tree.province, tree["3702"], tree["370101"]):
        shown = trend(unit, KEYS, cycles[-1])
        assert shown.periods == [cycle.period for cycle in cycles]
        for key in KEYS:
            wanted = [
                cycle_totals(cycle, basis=Basis.OFFICIAL if cycle.is_locked else Basis.LIVE).total(
                    unit.pk, key
                )
                for cycle in cycles
            ]
            assert shown.series[key] == wanted


def test_sources_add_up_to_the_total_at_every_unit(year):
    tree, cycles = year
    cycle = cycles[-1]
    totals = cycle_totals(cycle, basis=Basis.LIVE)
    for key in ("health_events", "support_funds"):
        indicator = Indicator.objects.get(key=key)
        for unit in tree.units.values():
            if unit.level == Level.VILLAGE:
                continue
            parts = sources_of(cycle, unit, indicator, Basis.LIVE)
            values = [part.value for part in parts if part.value is not None]
            assert (sum(values) if values else None) == totals.total(unit.pk, key)
            for part in parts:
                if not part.is_own:
                    assert part.value == totals.total(part.unit_id, key)
                    assert tree.units[code_of(tree, part.unit_id)].parent_id == unit.pk


def code_of(tree: Tree, unit_id: int) -> str:
    return next(code for code, unit in tree.units.items() if unit.pk == unit_id)


def test_drift_names_exactly_the_totals_that_differ(year):
    _tree, cycles = year
    cycle = cycles[-1]
    live = as_sums(cycle_totals(cycle, basis=Basis.LIVE))
    official = as_sums(cycle_totals(cycle, basis=Basis.OFFICIAL))
    found = {(row.unit_id, row.key): row for row in drift(cycle)}
    for place in live.keys() | official.keys():
        before, after = official.get(place), live.get(place)
        differs = (before[1] if before else None) != (after[1] if after else None)
        assert (place in found) == differs
        if differs:
            assert found[place].causes
            assert found[place].difference == (after[1] if after else 0) - (before[1] if before else 0)


@pytest.mark.parametrize("basis", Basis)
def test_answer_for_one_unit_alone_is_its_part_of_the_whole(year, basis):
    tree, cycles = year
    unit = tree.at(Level.CITY)[0]
    for cycle in cycles:
        for totals in (cycle_totals, year_to_date):
            alone = totals(cycle, basis=basis, within=unit, alone=True)
            assert {pk for pk, _key, _cell in alone.rows()} <= {unit.pk}
            assert alone.of_unit(unit.pk) == totals(cycle, basis=basis, within=unit).of_unit(unit.pk)
        assert drift(cycle, unit, alone=True) == [one for one in drift(cycle, unit) if one.unit_id == unit.pk]


def test_drift_names_no_report_that_counts_nowhere(year):
    _tree, cycles = year
    for cycle in cycles:
        named = {cause.report_id for one in drift(cycle) for cause in one.causes}
        idle = cycle.reports.filter(live_version__isnull=True, official_version__isnull=True)
        assert named.isdisjoint(idle.values_list("pk", flat=True))
