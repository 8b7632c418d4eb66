"""Cycles: windows, deadlines to the second, who owes what, and the lock."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import EntryMode
from reporting.models import CalendarDay, Cycle, CycleTotal, DeadlineOverride, Report
from reporting.selectors.schedule import deadline_day, opens_on
from reporting.services.cycles import lock_cycle, open_cycle, open_due_cycles, reopen_cycle
from reporting.services.facts import compute_facts
from reporting.services.submission import submit
from tests.factories import Tree
from tests.month import PERIOD, Month, fill, make_collection


def test_window_runs_from_the_20th_to_the_19th(month: Month) -> None:
    assert (month.cycle.window_first, month.cycle.window_last) == (
        dt.date(2026, 10, 20),
        dt.date(2026, 11, 19),
    )


def test_lower_deadline_on_a_day_off_moves_forward_and_the_25th_stays(tree: Tree, db: None) -> None:
    collection = make_collection(tree)
    sunday_22nd = dt.date(2026, 11, 22)
    assert sunday_22nd.weekday() == 6
    assert deadline_day(collection, PERIOD, Level.COUNTY) == dt.date(2026, 11, 20)
    october_25th = dt.date(2026, 10, 25)
    assert october_25th.weekday() == 6
    assert deadline_day(collection, dt.date(2026, 10, 1), Level.CITY) == october_25th


def test_deadline_never_moves_into_the_window_that_it_reports_on(tree: Tree, db: None) -> None:
    collection = make_collection(tree)
    sunday_20th = dt.date(2026, 12, 20)
    assert sunday_20th.weekday() == 6
    assert deadline_day(collection, dt.date(2026, 12, 1), Level.TOWNSHIP) == sunday_20th
    spring_festival = dt.date(2026, 2, 22)
    assert deadline_day(collection, dt.date(2026, 2, 1), Level.COUNTY) == spring_festival
    assert deadline_day(collection, PERIOD, Level.COUNTY, day=18) == dt.date(2026, 11, 18)


def test_working_saturday_is_a_deadline_like_any_other(tree: Tree, db: None) -> None:
    collection = make_collection(tree)
    CalendarDay.objects.update_or_create(
        day=dt.date(2026, 11, 22), defaults={"is_off": False, "name": "调休上班"}
    )
    assert deadline_day(collection, PERIOD, Level.COUNTY) == dt.date(2026, 11, 22)


def test_every_expected_unit_owes_one_report_and_quasi_townships_none(month: Month) -> None:
    levels = {unit.level for unit in month.tree.units.values()}
    assert Level.VILLAGE in levels
    owing = set(Report.objects.filter(cycle=month.cycle).values_list("unit__division_code", flat=True))
    expected = {
        code for code, unit in month.tree.units.items() if unit.level <= Level.TOWNSHIP and unit.is_expected
    }
    assert owing == expected
    assert "370112400" not in owing


def test_township_is_typed_by_its_county_unless_it_reports_itself(month: Month) -> None:
    typed = month.report("370102001")
    assert (typed.entry_mode, typed.custodian_id) == (EntryMode.ON_BEHALF, month.tree["370102"].pk)
    own = month.report("370202002")
    assert (own.entry_mode, own.custodian_id) == (EntryMode.SELF, own.unit_id)


def test_county_directly_under_the_province_keeps_the_cities_deadline(month: Month) -> None:
    direct = month.report("379001")
    assert direct.reviewer_id == month.tree.province.pk
    assert direct.due_at == clock.end_of(dt.date(2026, 11, 25))


def test_city_may_set_an_earlier_day(tree: Tree, clock_stopped: None) -> None:
    collection = make_collection(tree)
    DeadlineOverride.objects.create(collection=collection, city=tree.city, level=Level.COUNTY, day=18)
    cycle = open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
    due = dict(Report.objects.filter(cycle=cycle).values_list("unit__division_code", "due_at"))
    assert due["370102"] == clock.end_of(dt.date(2026, 11, 18))
    assert due["370202"] == clock.end_of(dt.date(2026, 11, 20))


def test_opening_twice_gives_the_same_cycle(month: Month) -> None:
    count = Report.objects.count()
    again = open_cycle(collection=month.cycle.collection, period=PERIOD, by=SYSTEM)
    assert again.pk == month.cycle.pk
    assert Report.objects.count() == count


def test_without_a_published_form_nothing_opens(tree: Tree, db: None) -> None:
    collection = make_collection(tree)
    collection.form.versions.update(published_at=None)
    with pytest.raises(DomainError, match="还没有发布"):
        open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
    assert not Cycle.objects.exists()


def test_beat_opens_what_is_due_and_no_more(tree: Tree, db: None) -> None:
    with time_machine.travel("2026-11-20T01:00:00Z", tick=False):
        collection = make_collection(tree)
        collection.first_period = dt.date(2026, 10, 1)
        collection.started_at = clock.start_of(collection.first_period)
        collection.save()
        before = opens_on(collection, dt.date(2026, 12, 1)) - dt.timedelta(days=1)
        opened = open_due_cycles(at=clock.start_of(before), by=SYSTEM).cycles
        assert [cycle.period.month for cycle in opened] == [10, 11]
        assert open_due_cycles(at=clock.start_of(before), by=SYSTEM).cycles == []
        later = open_due_cycles(at=clock.start_of(before + dt.timedelta(days=1)), by=SYSTEM).cycles
        assert [cycle.period.month for cycle in later] == [12]


@pytest.mark.parametrize(
    ("instant", "on_time"),
    [("2026-11-20T15:59:59.999999Z", True), ("2026-11-20T16:00:00Z", False)],
)
def test_deadline_is_the_last_microsecond_of_the_day_in_shanghai(
    month: Month, clock_stopped: time_machine.Traveller, instant: str, on_time: bool
) -> None:
    report = month.county_report
    fill(report)
    clock_stopped.move_to(dt.datetime.fromisoformat(instant))
    assert submit(report=report, by=month.clerk).on_time is on_time


def _ready_to_lock(month: Month) -> Cycle:
    compute_facts(cycle=month.cycle, by=SYSTEM)
    month.cycle.refresh_from_db()
    return month.cycle


def test_lock_stores_totals_and_reopening_drops_them(month: Month) -> None:
    fill(month.province_report, support_projects=3)
    submit(report=month.province_report, by=month.province)
    cycle = lock_cycle(cycle=_ready_to_lock(month), by=month.province)
    stored = CycleTotal.objects.get(cycle=cycle, unit=month.tree.province, indicator__key="support_projects")
    assert stored.value == 3
    with pytest.raises(Conflict):
        lock_cycle(cycle=cycle, by=month.province)
    with pytest.raises(DomainError, match="原因"):
        reopen_cycle(cycle=cycle, reason=" ", by=month.province)
    reopened = reopen_cycle(cycle=cycle, reason="聊城市更正", by=month.province)
    assert not reopened.is_locked
    assert not CycleTotal.objects.exists()


def test_lock_needs_the_registry_figures(month: Month) -> None:
    with pytest.raises(Conflict, match="台账"):
        lock_cycle(cycle=month.cycle, by=month.province)


def test_lock_waits_for_what_was_submitted(month: Month) -> None:
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    with pytest.raises(Conflict, match="济南市"):
        lock_cycle(cycle=_ready_to_lock(month), by=month.province)


def test_only_the_province_locks(month: Month) -> None:
    cycle = _ready_to_lock(month)
    for person in (month.city, month.clerk, month.county_leader):
        with pytest.raises(Forbidden):
            lock_cycle(cycle=cycle, by=person)
    assert OrgUnit.objects.filter(pk=cycle.collection.owner_id).exists()
