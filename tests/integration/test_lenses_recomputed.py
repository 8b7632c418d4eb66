"""Figures carried to a later tree, against a recomputation that walks the log of what became of each unit."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.lineage import Lineage
from reporting.models import Cycle, CycleTotal, Indicator, Report
from reporting.rollup import (
    THEN,
    Basis,
    Lens,
    TotalsTable,
    cycle_totals,
    reports_within,
    sources_of,
    store_totals,
    trend,
    year_to_date,
)
from reporting.selectors.completeness import completeness
from reporting.services.forms import load_collection
from tests.factories import Tree
from tests.integration.report_history import KEYS, make_cycle, make_reports, own_figures
from tests.integration.tree_history import History, Later, wide_tree

pytestmark = pytest.mark.django_db

COLUMN = {Basis.LIVE: "live_version_id", Basis.OFFICIAL: "official_version_id"}
FLOWS = ("health_events", "health_reached", "support_funds")
TODAY = dt.date(2026, 9, 30)
Place = int | frozenset[int]


@pytest.fixture(params=(3, 6, 7))
def past(request: pytest.FixtureRequest, db: None, clean_cache: None):
    """Six months of reports with two events between each two; three locked."""
    rng = random.Random(request.param)
    history = History(wide_tree(rng), rng)
    collection = load_collection(owner=history.tree.province, by=SYSTEM)
    cycles, kept = [], {}
    for month in range(1, 7):
        cycle = make_cycle(collection, month, locked=month < 4)
        opened_at = clock.start_of(dt.date(2026, month, 15))
        Cycle.objects.filter(pk=cycle.pk).update(opened_at=opened_at)
        cycle.opened_at = opened_at
        present = {unit.division_code: unit for unit in OrgUnit.objects.filter(closed_on=None)}
        make_reports(cycle, Tree(present), rng)
        if cycle.is_locked:
            store_totals(cycle)
        kept[cycle.pk] = {basis: as_sums(cycle_totals(cycle, basis=basis)) for basis in Basis}
        cycles.append(cycle)
        for day in (18, 25):
            history.happen(dt.date(2026, month, day))
    with time_machine.travel(clock.start_of(TODAY), tick=False):
        yield history, cycles, kept


def as_sums(table: TotalsTable) -> dict:
    return {(unit, key): (cell.own, cell.total, cell.reporters) for unit, key, cell in table.rows()}


def named(table: dict, groups: dict[int, Any]) -> dict:
    """Group keys as the sets of their heirs."""
    sets = {pk: frozenset(group.heirs) for pk, group in groups.items()}
    return {(sets.get(unit, unit), key): cell for (unit, key), cell in table.items()}


def carried(cycle: Cycle, later: Later, figures: dict[int, dict[str, Decimal]]) -> dict:
    """Own, total and reporters of every place, by walking up from where each figure has come to."""
    since = clock.local_day(cycle.opened_at)
    own: dict = defaultdict(Decimal)
    totals: dict = defaultdict(Decimal)
    reporters: dict = defaultdict(int)
    for unit, values in figures.items():
        path = later.path(later.place(unit, since))
        for key, value in values.items():
            own[path[0], key] += value
            for place in path:
                totals[place, key] += value
                reporters[place, key] += 1
    return {place: (own.get(place), total, reporters[place]) for place, total in totals.items()}


@pytest.mark.parametrize("basis", Basis)
def test_months_carried_to_today_match_the_walk(past, basis):
    history, cycles, _kept = past
    later = Later(history, TODAY)
    for cycle in cycles:
        table = cycle_totals(cycle, basis=basis, lens=Lens(TODAY))
        figures = own_figures([cycle], COLUMN[basis])[cycle]
        assert named(as_sums(table), table.groups) == carried(cycle, later, figures)


def test_months_carried_to_a_day_between_match_the_walk(past):
    history, cycles, _kept = past
    day = dt.date(2026, 4, 20)
    later = Later(history, day)
    for cycle in cycles[:4]:
        table = cycle_totals(cycle, basis=Basis.LIVE, lens=Lens(day))
        figures = own_figures([cycle], COLUMN[Basis.LIVE])[cycle]
        assert named(as_sums(table), table.groups) == carried(cycle, later, figures)


def test_totals_of_the_province_are_the_same_through_every_lens(past):
    history, cycles, _kept = past
    province = history.tree.province
    for day in (dt.date(2026, 2, 1), dt.date(2026, 4, 20), TODAY):
        for cycle in cycles:
            for totals in (cycle_totals, year_to_date):
                then = totals(cycle, basis=Basis.LIVE, within=province, alone=True)
                now = totals(cycle, basis=Basis.LIVE, within=province, alone=True, lens=Lens(day))
                for key in KEYS:
                    assert now.total(province.pk, key) == then.total(province.pk, key)


@pytest.mark.parametrize("basis", Basis)
def test_months_as_they_were_never_move(past, basis):
    _history, cycles, kept = past
    for cycle in cycles:
        assert as_sums(cycle_totals(cycle, basis=basis, lens=THEN)) == kept[cycle.pk][basis]
    stored = CycleTotal.objects.filter(cycle=cycles[0]).count()
    assert stored == len(kept[cycles[0].pk][Basis.OFFICIAL])


def test_totals_within_a_unit_are_its_part_of_the_whole(past):
    history, cycles, _kept = past
    later = Later(history, TODAY)
    cycle, lens = cycles[2], Lens(TODAY)
    table = cycle_totals(cycle, basis=Basis.LIVE, lens=lens)
    whole = named(as_sums(table), table.groups)
    for unit in OrgUnit.objects.filter(closed_on=None, level__lte=Level.TOWNSHIP):
        part = cycle_totals(cycle, basis=Basis.LIVE, within=unit, lens=lens)
        found = named(as_sums(part), part.groups)
        assert found == {place: cell for place, cell in whole.items() if unit.pk in later.path(place[0])}
        alone = cycle_totals(cycle, basis=Basis.LIVE, within=unit, alone=True, lens=lens)
        assert alone.of_unit(unit.pk) == part.of_unit(unit.pk)


def test_year_carried_to_today_adds_up_the_months(past):
    history, cycles, _kept = past
    later = Later(history, TODAY)
    wanted: dict = {}
    for cycle in cycles:
        column = COLUMN[Basis.OFFICIAL if cycle.is_locked else Basis.LIVE]
        for place, (own, total, count) in carried(cycle, later, own_figures([cycle], column)[cycle]).items():
            if place[1] in FLOWS:
                before = wanted.get(place, (None, Decimal(0), 0))
                added = before[0] if own is None else own + (before[0] or 0)
                wanted[place] = (added, before[1] + total, before[2] + count)
    table = year_to_date(cycles[-1], basis=Basis.LIVE, lens=Lens(TODAY))
    found = named(as_sums(table), table.groups)
    assert {place: cell for place, cell in found.items() if place[1] in FLOWS} == wanted


def test_last_states_stand_where_their_units_have_come_to(past):
    history, cycles, _kept = past
    last, later = cycles[-1], Later(history, TODAY)
    latest: dict[int, dict[str, Decimal]] = {}
    owing = set(last.reports.values_list("unit", flat=True))
    for cycle in cycles:
        column = COLUMN[Basis.OFFICIAL if cycle.is_locked else Basis.LIVE]
        for unit, values in own_figures([cycle], column)[cycle].items():
            states = {key: value for key, value in values.items() if key not in FLOWS}
            if unit in owing and states:
                latest.setdefault(unit, {}).update(states)
    table = year_to_date(last, basis=Basis.LIVE, lens=Lens(TODAY))
    found = named(as_sums(table), table.groups)
    states = {place: cell for place, cell in found.items() if place[1] not in FLOWS}
    assert states == carried(last, later, latest)


def test_trend_repeats_each_months_carried_total(past):
    history, cycles, _kept = past
    for unit in (history.tree.province, history.tree["3702"], *history.open_at(Level.COUNTY)[:3]):
        shown = trend(unit, KEYS, cycles[-1], lens=Lens(TODAY))
        for number, cycle in enumerate(cycles):
            basis = Basis.OFFICIAL if cycle.is_locked else Basis.LIVE
            table = cycle_totals(cycle, basis=basis, lens=Lens(TODAY))
            for key in KEYS:
                assert shown.series[key][number] == table.total(unit.pk, key)


def test_sources_add_up_to_the_carried_total_and_name_their_places(past):
    history, cycles, _kept = past
    later, lens = Later(history, TODAY), Lens(TODAY)
    indicator = Indicator.objects.get(key="health_events")
    cycle = cycles[1]
    totals = cycle_totals(cycle, basis=Basis.LIVE, lens=lens)
    for unit in OrgUnit.objects.filter(closed_on=None, level__lte=Level.TOWNSHIP):
        parts = sources_of(cycle, unit, indicator, Basis.LIVE, lens)
        values = [part.value for part in parts if part.value is not None]
        assert (sum(values) if values else None) == totals.total(unit.pk, "health_events")
        for part in parts:
            if part.is_own:
                continue
            assert part.value == totals.total(part.unit_id, "health_events")
            if part.is_group:
                assert "（今" in part.unit_name
            else:
                assert later.path(part.unit_id)[1] == unit.pk


def test_reports_of_a_unit_are_those_that_have_come_to_it(past):
    history, cycles, _kept = past
    later = Later(history, TODAY)
    for cycle in cycles[::3]:
        since = clock.local_day(cycle.opened_at)
        paths = {
            report.pk: later.path(later.place(report.unit_id, since))
            for report in Report.objects.filter(cycle=cycle)
        }
        for unit in OrgUnit.objects.filter(closed_on=None, level__lte=Level.COUNTY):
            found = reports_within(cycle, unit, Lens(TODAY))
            assert sorted(found) == sorted(pk for pk, path in paths.items() if unit.pk in path)


def test_completeness_counts_reports_where_they_have_come_to(past):
    history, cycles, _kept = past
    later, cycle = Later(history, TODAY), cycles[0]
    since = clock.local_day(cycle.opened_at)
    wanted: dict = defaultdict(int)
    for report in Report.objects.filter(cycle=cycle):
        for place in later.path(later.place(report.unit_id, since)):
            if later.level_of(place) <= Level.COUNTY:
                wanted[place] += 1
    rows = completeness(cycle, within=history.tree.province, lens=Lens(TODAY))
    groups = Lineage(TODAY)
    groups.standings(since, cycle.opened_at)
    found = {(row.unit_id, "all"): sum(counts.expected for counts in row.tiers.values()) for row in rows}
    shown = {place: count for (place, _all), count in named(found, groups.groups).items()}
    assert shown == wanted
    assert sum(row.tiers.get("township") is not None for row in rows)
