"""When facts are computed, and how they are read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from orgs.choices import Level
from orgs.models import Establishment
from reporting.choices import CycleState
from reporting.models import Cycle, CycleFact
from reporting.selectors.facts import Fact, facts_for, facts_now, facts_of, is_computed, unit_facts
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from tests.factories import Tree
from tests.month import PERIOD, make_collection

pytestmark = pytest.mark.django_db

WINDOW_END = clock.end_of(dt.date(2026, 11, 19))


@pytest.fixture
def cycle(tree: Tree) -> Cycle:
    with time_machine.travel(WINDOW_END - dt.timedelta(days=3), tick=False):
        return open_cycle(collection=make_collection(tree), period=PERIOD, by=SYSTEM)


def established(tree: Tree, code: str, *, recorded_at: dt.datetime) -> None:
    Establishment.objects.create(
        unit=tree[code], state="established", valid_from=dt.date(2026, 1, 1), recorded_at=recorded_at
    )


def test_facts_before_the_windows_end_are_refused(cycle):
    with (
        time_machine.travel(WINDOW_END - dt.timedelta(microseconds=1), tick=False),
        pytest.raises(DomainError, match="统计期"),
    ):
        compute_facts(cycle=cycle, by=SYSTEM)
    with time_machine.travel(WINDOW_END, tick=False):
        assert compute_facts(cycle=cycle, by=SYSTEM) > 0
    assert cycle.facts_at == WINDOW_END


def test_facts_of_a_locked_cycle_stay(cycle):
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.LOCKED, locked_at=WINDOW_END)
    with time_machine.travel(WINDOW_END, tick=False), pytest.raises(Conflict, match="锁定"):
        compute_facts(cycle=cycle, by=SYSTEM)
    assert not CycleFact.objects.exists()


def test_facts_computed_twice_are_the_same_rows(cycle):
    with time_machine.travel(WINDOW_END, tick=False):
        first = compute_facts(cycle=cycle, by=SYSTEM)
        assert compute_facts(cycle=cycle, by=SYSTEM) == first == CycleFact.objects.count()
    assert AuditEvent.objects.filter(kind="reporting.facts_computed").count() == 2


@pytest.mark.parametrize(("late_by", "counted"), [(-1, 1), (0, 0)])
def test_what_is_recorded_after_the_window_does_not_count(cycle, tree, late_by, counted):
    established(tree, "370102001", recorded_at=WINDOW_END + dt.timedelta(microseconds=late_by))
    with time_machine.travel(WINDOW_END + dt.timedelta(days=2), tick=False):
        compute_facts(cycle=cycle, by=SYSTEM)
        assert facts_of(cycle).number(tree.county.pk, "units_established_township") == counted


def test_facts_now_stop_at_the_windows_end(cycle, tree):
    with time_machine.travel(WINDOW_END - dt.timedelta(days=2), tick=False):
        assert facts_now(tree.county, cycle).as_of == dt.date(2026, 11, 18)
    with time_machine.travel(WINDOW_END + dt.timedelta(days=9), tick=False):
        table = facts_now(tree.county, cycle)
        assert (table.as_of, table.is_provisional) == (dt.date(2026, 11, 19), True)


def test_facts_for_reads_stored_facts_once_there_are_any(cycle, tree):
    with time_machine.travel(WINDOW_END, tick=False):
        compute_facts(cycle=cycle, by=SYSTEM)
        established(tree, "370102001", recorded_at=WINDOW_END - dt.timedelta(days=1))
        assert facts_for(cycle, within=tree.county).number(tree.county.pk, "units_established") == 0
        assert facts_now(tree.county, cycle).number(tree.county.pk, "units_established") == 1


def test_unit_facts_are_those_of_the_unit_alone(cycle, tree):
    with time_machine.travel(WINDOW_END, tick=False):
        provisional = unit_facts(cycle, tree.county)
        assert set(provisional) == {tree.county.pk}
        compute_facts(cycle=cycle, by=SYSTEM)
        stored = unit_facts(cycle, tree.county)
    assert set(stored) == {tree.county.pk}
    assert stored.of(tree.county.pk) == provisional.of(tree.county.pk)


def test_village_has_no_facts(cycle, tree):
    assert list(facts_now(tree.village, cycle)) == []


def test_ratio_without_denominator_has_no_value():
    assert Fact(0, 0).value is None
    assert Fact(1, 3).value == Decimal(100) / 3
    assert Fact(7).value == 7


def test_what_is_computed_depends_on_the_level():
    assert is_computed("active_key_people", Level.TOWNSHIP)
    assert not is_computed("health_events", Level.PROVINCE)
    assert is_computed("counties_covered", Level.COUNTY)
    assert not is_computed("counties_covered", Level.TOWNSHIP)
