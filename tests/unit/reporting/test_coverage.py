"""Coverage rows: expected as denominator, ranks, zones apart, change against the month before."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
import time_machine

from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import Establishment, OrgUnit, UnitEdition
from orgs.services.cohorts import add_members, open_cohort
from reporting.models import Cycle
from reporting.selectors.coverage import coverage_table
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from tests.factories import Tree
from tests.month import make_collection

NOVEMBER, OCTOBER = dt.date(2026, 11, 1), dt.date(2026, 10, 1)
AFTER_WINDOW = dt.datetime(2026, 11, 20, 1, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def establish(unit: OrgUnit, day: dt.date) -> None:
    Establishment.objects.create(
        unit=unit, state="established", valid_from=day, recorded_at=clock.start_of(day)
    )


def cycle_of(tree: Tree, period: dt.date) -> Cycle:
    return open_cycle(collection=make_collection(tree), period=period, by=SYSTEM)


@pytest.fixture
def november(tree: Tree):
    with time_machine.travel(AFTER_WINDOW, tick=False):
        yield tree


def shares(table, name: str = "townships_established") -> dict[str, tuple]:
    return {row.code: (row.measures[name].rate, row.measures[name].rank) for row in table.rows}


def test_ranks_share_a_place_and_skip_the_next(november):
    tree = november
    for code in ("370102001", "370102002", "370102003", "370202002", "370202003", "370203001"):
        establish(tree[code], dt.date(2026, 1, 1))
    table = coverage_table(cycle_of(tree, NOVEMBER), tree.province, Level.COUNTY)
    assert shares(table) == {
        "370102": (1, 1),
        "370112": (0, 4),
        "370202": (1, 1),
        "370203": (1, 1),
        "379001": (0, 4),
        "370171": (0, 1),
    }
    assert [row.code for row in table.zones] == ["370171"]


def test_quasi_townships_are_not_in_the_denominator(november):
    tree = november
    table = coverage_table(cycle_of(tree, NOVEMBER), tree.province, Level.COUNTY)
    row = next(row for row in table.regular if row.code == "370112")
    assert row.measures["townships_established"].denominator == 2
    assert row.number("units_expected_township") == 2


def test_rate_without_expected_units_has_no_rank(november):
    tree = november
    UnitEdition.objects.filter(unit=tree["370203001"]).update(is_expected=False)
    row = next(
        row
        for row in coverage_table(cycle_of(tree, NOVEMBER), tree.province, Level.COUNTY).regular
        if row.code == "370203"
    )
    measure = row.measures["townships_established"]
    assert (measure.rate, measure.rank, measure.change) == (None, None, None)


def test_table_is_provisional_until_the_facts_are_stored(november):
    tree = november
    cycle = cycle_of(tree, NOVEMBER)
    assert coverage_table(cycle, tree.city, Level.COUNTY).is_provisional
    compute_facts(cycle=cycle, by=SYSTEM)
    table = coverage_table(cycle, tree.city, Level.COUNTY)
    assert not table.is_provisional
    assert table.as_of == dt.date(2026, 11, 19)
    assert [row.code for row in table.rows] == ["370102", "370112", "370171"]
    assert table.whole is not None and table.whole.code == "3701"


def test_change_is_in_points_against_the_cycle_before(november):
    tree = november
    establish(tree["370102001"], dt.date(2026, 1, 1))
    before = cycle_of(tree, OCTOBER)
    compute_facts(cycle=before, by=SYSTEM)
    establish(tree["370102002"], dt.date(2026, 11, 3))
    table = coverage_table(cycle_of(tree, NOVEMBER), tree.city, Level.COUNTY)
    measure = table.regular[0].measures["townships_established"]
    assert (measure.rate, measure.previous) == (Fraction(2, 3), Fraction(1, 3))
    assert measure.change == Fraction(100, 3)


def test_townships_are_never_ranked(november):
    tree = november
    establish(tree["370102001"], dt.date(2026, 1, 1))
    table = coverage_table(cycle_of(tree, NOVEMBER), tree.county, Level.TOWNSHIP)
    assert len(table.regular) == 3
    assert {measure.rank for row in table.rows for measure in row.measures.values()} == {None}


def test_units_of_a_cohort_are_ranked_apart(november):
    tree = november
    cohort = open_cohort(owner=tree.province, name="试点", on=OCTOBER, by=SYSTEM)
    add_members(cohort=cohort, units=[tree["3702"], tree["370112"]], since=OCTOBER, by=SYSTEM)
    for code in ("370102001", "370202002", "370202003"):
        establish(tree[code], dt.date(2026, 1, 1))
    table = coverage_table(cycle_of(tree, NOVEMBER), tree.province, Level.COUNTY, cohort=cohort)
    assert {row.code for row in table.rows if row.is_in_cohort} == {"370112", "370202", "370203"}
    assert {code: rank for code, (_rate, rank) in shares(table).items()} == {
        "370202": 1,
        "370203": 2,
        "370112": 2,
        "370102": 1,
        "379001": 2,
        "370171": 1,
    }
