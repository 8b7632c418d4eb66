"""Collections: made in steps, who owes, what starts, what a sparse cycle sums and who reviews it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import EstablishmentState, Level
from orgs.models import Cohort, CohortMember, Establishment, OrgUnit
from reporting.choices import ReportState, Rhythm, Whom
from reporting.models import Cell, Collection, CycleFact, DeadlineOverride, Report
from reporting.selectors.layout import layout_of
from reporting.selectors.obligations import count_obliged
from reporting.selectors.picking import lines_of
from reporting.services import collections as services
from reporting.services.corrections import confirm, open_case
from reporting.services.cycles import lock_cycle, open_due_cycles, open_next
from reporting.services.excuses import defer
from reporting.services.facts import compute_facts
from reporting.services.filling import CellChange, save_cells
from reporting.services.forms import load_monthly_form
from reporting.services.review import accept
from reporting.services.settings import set_city_deadline
from reporting.services.submission import submit
from reporting.services.typed_townships import hand_in_typed
from tests.collections_made import QUARTER, ask, fixed_dates, make_task, opened
from tests.factories import Tree
from tests.month import desk, fill, make_month


@pytest.fixture
def province(tree: Tree, clock_stopped: time_machine.Traveller) -> User:
    return desk(tree.province)


@pytest.fixture
def task(tree: Tree, province: User) -> Collection:
    return ask(make_task(tree.province, province), province)


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(DomainError) as refusal:
        act()
    return {problem.code for problem in refusal.value.problems}


def test_a_draft_is_seen_by_nobody_and_opens_nothing(task: Collection) -> None:
    assert task.is_draft
    assert open_due_cycles(at=clock.at(dt.date(2027, 1, 5), dt.time(9)), by=SYSTEM).cycles == []


def test_only_the_province_asks_and_its_act_is_on_record(tree: Tree, province: User) -> None:
    city = desk(tree.city)
    with pytest.raises(Forbidden):
        make_task(tree.province, city)
    made = make_task(tree.province, province)
    assert made.key == "task-1"
    event = AuditEvent.objects.filter(kind="reporting.collection_created").latest("pk")
    assert event.object_id == str(made.pk)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"name": " "}, "name_wanted"), ({"noun": ""}, "noun_wanted")],
)
def test_a_task_without_words_is_refused(
    tree: Tree, province: User, values: dict[str, str], code: str
) -> None:
    assert refused(lambda: make_task(tree.province, province, **values)) == {code}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"county_day": 16}, "deadlines_climb"),
        ({"due_months_after": 0}, "due_in_window"),
        ({"due_months_after": 0, "window_first_day": 20}, "due_in_window"),
    ],
)
def test_days_that_do_not_cascade_are_refused(
    task: Collection, province: User, values: dict[str, int], code: str
) -> None:
    assert refused(lambda: services.set_days(collection=task, values=values, by=province)) == {code}
    services.set_days(collection=task, values={"county_day": 13}, by=province)
    task.refresh_from_db()
    assert task.county_day == 13


def test_the_principal_collection_stays_monthly_and_running(tree: Tree, province: User) -> None:
    monthly = make_month(tree).cycle.collection
    assert monthly.is_principal
    wanted = {"rhythm": Rhythm.QUARTER}
    assert "principal_monthly" in refused(
        lambda: services.set_basics(
            collection=Collection.objects.get(pk=_without_cycles(monthly)), values=wanted, by=province
        )
    )
    with pytest.raises(Conflict):
        services.pause_collection(collection=monthly, by=province)


def _without_cycles(collection: Collection) -> int:
    Report.objects.filter(cycle__collection=collection).delete()
    collection.cycles.all().delete()
    return collection.pk


def test_rhythm_is_fixed_once_a_cycle_has_opened(task: Collection, province: User) -> None:
    services.set_basics(collection=task, values={"rhythm": Rhythm.HALF}, by=province)
    task.refresh_from_db()
    assert task.first_period == dt.date(2026, 7, 1)
    services.set_basics(
        collection=task, values={"rhythm": Rhythm.QUARTER, "first_period": QUARTER}, by=province
    )
    cycle = opened(task, province)
    assert refused(
        lambda: services.set_basics(collection=task, values={"rhythm": Rhythm.YEAR}, by=province)
    ) == {"has_cycles"}
    assert (cycle.title, cycle.rhythm) == ("2026年第四季度普查表", Rhythm.QUARTER)


def test_units_are_named_by_code_or_full_name_and_strangers_by_line(tree: Tree, province: User) -> None:
    levels = [Level.COUNTY.value]
    text = f"{tree.county.division_code}\n{tree.sister_county.display_name}\n\n"
    found = services.units_named(owner=tree.province, text=text, levels=levels)
    assert {unit.pk for unit in found} == {tree.county.pk, tree.sister_county.pk}
    with pytest.raises(DomainError) as refusal:
        services.units_named(owner=tree.province, text=f"{tree.city.name}\n没有的县", levels=levels)
    assert len(refusal.value.problems) == 2


def test_whom_narrows_who_owes(tree: Tree, task: Collection, province: User) -> None:
    everybody = count_obliged(task).counts
    assert everybody[Level.CITY] == 2
    assert everybody[Level.COUNTY] > 2
    ask(task, province, whom=Whom.CHOSEN, units=[tree.county, tree.city])
    task.refresh_from_db()
    assert count_obliged(task).counts == {Level.CITY: 1, Level.COUNTY: 1}
    cohort = Cohort.objects.create(owner=tree.province, name="试点", opened_on=dt.date(2026, 1, 1))
    CohortMember.objects.create(cohort=cohort, unit=tree.city, valid_from=dt.date(2026, 1, 1))
    ask(task, province, whom=Whom.COHORT, cohort=cohort)
    task.refresh_from_db()
    within = count_obliged(task).counts
    assert within[Level.CITY] == 1
    assert 1 < within[Level.COUNTY] < everybody[Level.COUNTY]
    assert task.chosen.count() == 0
    ask(task, province, established_only=True)
    task.refresh_from_db()
    assert count_obliged(task).total == 0
    Establishment.objects.create(
        unit=tree.county, state=EstablishmentState.ESTABLISHED, valid_from=dt.date(2026, 1, 1)
    )
    assert count_obliged(task).names == [tree.county.display_name]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"levels": []}, "levels_wanted"),
        ({"whom": Whom.COHORT, "cohort": None}, "cohort_wanted"),
        ({"whom": Whom.CHOSEN}, "units_wanted"),
    ],
)
def test_nobody_named_is_refused(
    task: Collection, province: User, values: dict[str, object], code: str
) -> None:
    assert refused(lambda: ask(task, province, **values)) == {code}


def test_a_one_off_opens_once_by_its_dates(tree: Tree, province: User) -> None:
    due = dt.date(2026, 12, 18)
    made = ask(make_task(tree.province, province, rhythm=Rhythm.ONCE, noun="方案"), province)
    assert "dates_wanted" in refused(lambda: services.start_collection(collection=made, by=province))
    late = fixed_dates(due) | {"opens_on": due}
    assert refused(lambda: services.set_dates(collection=made, values=late, by=province)) == {"opens_late"}
    made = services.set_dates(collection=made, values=fixed_dates(due), by=province)
    services.start_collection(collection=made, by=province)
    [cycle] = open_due_cycles(at=clock.at(due, dt.time(9)), by=SYSTEM).cycles
    assert (cycle.title, cycle.city_due, cycle.is_whole) == ("2026年方案", due, False)
    assert open_due_cycles(at=clock.at(dt.date(2027, 6, 1), dt.time(9)), by=SYSTEM).cycles == []
    assert refused(lambda: open_next(collection=cycle.collection, by=province)) == {"no_next"}
    with pytest.raises(Conflict):
        services.set_dates(collection=made, values=fixed_dates(due), by=province)


def test_what_is_over_cannot_be_started(tree: Tree, province: User) -> None:
    made = ask(make_task(tree.province, province, rhythm=Rhythm.ONCE), province)
    services.set_dates(collection=made, values=fixed_dates(dt.date(2026, 10, 30)), by=province)
    made = Collection.objects.get(pk=made.pk)
    assert refused(lambda: services.start_collection(collection=made, by=province)) == {"over"}


def test_paused_opens_nothing_and_what_it_missed_stays_closed(task: Collection, province: User) -> None:
    opened(task, province)
    services.pause_collection(collection=task, by=province)
    with time_machine.travel(clock.at(dt.date(2027, 8, 2), dt.time(9)), tick=False):
        assert open_due_cycles(at=clock.now(), by=SYSTEM).cycles == []
        services.start_collection(collection=task, by=province)
        assert open_due_cycles(at=clock.now(), by=SYSTEM).cycles == []
    later = open_due_cycles(at=clock.at(dt.date(2027, 9, 28), dt.time(9)), by=SYSTEM).cycles
    assert [cycle.period for cycle in later] == [dt.date(2027, 7, 1)]
    with pytest.raises(Conflict):
        services.discard_collection(collection=task, by=province)


def test_a_draft_is_discarded(task: Collection, province: User) -> None:
    services.discard_collection(collection=task, by=province)
    assert not Collection.objects.filter(pk=task.pk).exists()


def answer(report: Report, by: User, volunteers: int) -> None:
    values = {"volunteers": volunteers, "volunteers_active": 0, "sites_kinds": "none"}
    changes = [CellChange(report.pk, key, str(value)) for key, value in values.items()]
    outcome = save_cells(reports=[report], changes=changes, by=by)
    assert not outcome.conflicts


def test_where_cities_owe_nothing_they_review_and_settle(
    tree: Tree, task: Collection, province: User
) -> None:
    ask(task, province, levels=[Level.COUNTY.value])
    task.refresh_from_db()
    cycle = opened(task, province)
    report = Report.objects.get(cycle=cycle, unit=tree.county)
    assert report.reviewer_id == tree.city.pk
    clerk = desk(tree.county)
    answer(report, clerk, 40)
    submit(report=report, by=clerk)
    with pytest.raises(Forbidden):
        accept(report=report, by=province)
    accept(report=report, by=desk(tree.city))
    report.refresh_from_db()
    assert report.official_version_id == report.live_version_id is not None


def test_what_skips_a_level_is_summed_where_it_arrives(tree: Tree, task: Collection, province: User) -> None:
    ask(task, province, levels=[Level.PROVINCE.value, Level.COUNTY.value])
    task.refresh_from_db()
    cycle = opened(task, province)
    top = Report.objects.select_related("cycle").get(cycle=cycle, unit=tree.province)
    below = set(Report.objects.summed_in(top).values_list("level", flat=True))
    assert below == {Level.COUNTY}
    county = Report.objects.select_related("cycle").get(cycle=cycle, unit=tree.county)
    assert county.reviewer_id == tree.city.pk
    assert not Report.objects.summed_in(county).exists()


def test_facts_of_another_collection_are_those_that_its_form_shows(
    tree: Tree, task: Collection, province: User
) -> None:
    monthly = make_month(tree).cycle
    census = opened(task, province)
    with time_machine.travel(clock.at(dt.date(2027, 1, 20), dt.time(9)), tick=False):
        assert compute_facts(cycle=monthly, by=SYSTEM) > 0
        assert compute_facts(cycle=census, by=SYSTEM) == 0
        census.refresh_from_db()
        assert census.facts_at is not None
        assert not CycleFact.objects.filter(cycle=census).exists()
        assert lock_cycle(cycle=census, by=province).is_locked


def test_a_city_sets_an_earlier_date_of_a_one_off(tree: Tree, province: User) -> None:
    due = dt.date(2026, 12, 18)
    made = ask(make_task(tree.province, province, rhythm=Rhythm.ONCE), province)
    made = services.set_dates(collection=made, values=fixed_dates(due), by=province, lower_forward=False)
    city = desk(tree.city)
    wanted = {"collection": made, "city": tree.city, "level": Level.COUNTY, "by": city}
    assert refused(lambda: set_city_deadline(**wanted, on=due)) == {"too_late"}
    set_city_deadline(**wanted, on=dt.date(2026, 12, 10))
    cycle = opened(made, province)
    dues = dict(
        Report.objects.filter(cycle=cycle, level=Level.COUNTY).values_list(
            "unit__city__division_code", "due_at"
        )
    )
    assert clock.local_day(dues["3701"] - dt.timedelta(seconds=1)) == dt.date(2026, 12, 10)
    assert clock.local_day(dues["3702"] - dt.timedelta(seconds=1)) == dt.date(2026, 12, 14)
    set_city_deadline(**wanted)
    assert not DeadlineOverride.objects.filter(collection=made).exists()


def test_three_collections_run_at_once_and_none_hides_another(tree: Tree, province: User) -> None:
    monthly = make_month(tree).cycle
    census = opened(ask(make_task(tree.province, province), province), province)
    once = ask(make_task(tree.province, province, rhythm=Rhythm.ONCE, noun="方案"), province)
    plan = opened(
        services.set_dates(collection=once, values=fixed_dates(dt.date(2026, 12, 18)), by=province), province
    )
    county = Report.objects.filter(unit=tree.county)
    assert set(county.values_list("cycle", flat=True)) == {monthly.pk, census.pk, plan.pk}
    clerk = desk(tree.county)
    report = county.get(cycle=census.pk)
    answer(report, clerk, 12)
    submit(report=report, by=clerk)
    states = dict(county.values_list("cycle", "state"))
    assert states[census.pk] == ReportState.SUBMITTED
    assert {states[monthly.pk], states[plan.pk]} == {ReportState.DRAFT}


def test_a_correction_ends_where_nobody_sums_further(tree: Tree, task: Collection, province: User) -> None:
    ask(task, province, levels=[Level.COUNTY.value])
    cycle = opened(Collection.objects.get(pk=task.pk), province)
    report = Report.objects.get(cycle=cycle, unit=tree.county)
    clerk, city = desk(tree.county), desk(tree.city)
    answer(report, clerk, 40)
    submit(report=report, by=clerk)
    accept(report=report, by=city)
    case = open_case(report=report, changes={"volunteers": "44"}, reason="漏计", by=clerk)
    assert [step.unit_id for step in case.steps.order_by("order")] == [tree.city.pk]
    confirm(case=case, by=city)
    report.refresh_from_db()
    assert report.official_version_id == report.live_version_id == case.new_version_id


def test_what_a_county_types_for_a_township_counts_though_it_owes_nothing(
    tree: Tree, task: Collection, province: User
) -> None:
    ask(task, province, levels=[Level.TOWNSHIP.value])
    cycle = opened(Collection.objects.get(pk=task.pk), province)
    report = Report.objects.get(cycle=cycle, unit=tree.township)
    clerk = desk(tree.county)
    with pytest.raises(Forbidden):
        submit(report=report, by=desk(tree.sister_county))
    assert submit(report=report, by=clerk).state == ReportState.ACCEPTED
    report.refresh_from_db()
    assert report.official_version_id is not None


def test_an_extension_says_who_granted_it(tree: Tree, task: Collection, province: User) -> None:
    report = Report.objects.get(cycle=opened(task, province), unit=tree.county)
    city = desk(tree.city)
    with pytest.raises(Forbidden):
        defer(report=report, until=dt.date(2027, 1, 20), reason="换届", by=desk(tree.county))
    defer(report=report, until=dt.date(2027, 1, 20), reason="换届", by=city)
    report.refresh_from_db()
    assert (report.deferred_reason, report.deferred_by) == ("换届", city.actor_label)


def test_townships_typed_for_are_handed_in_together_where_the_county_owes_nothing(
    tree: Tree, province: User, client_of: Callable[[User], Client]
) -> None:
    monthly = load_monthly_form(owner=tree.province, by=SYSTEM).form
    task = make_task(tree.province, province, form=monthly)
    ask(task, province, levels=[Level.TOWNSHIP.value])
    cycle = opened(Collection.objects.get(pk=task.pk), province)
    typed, begun = (
        Report.objects.select_related("cycle", "unit").get(cycle=cycle, unit=unit)
        for unit in (tree.township, tree.sister_township)
    )
    clerk = desk(tree.county)
    client, where = client_of(clerk), reverse("reporting:hand_in_typed", args=[cycle.pk])
    assert "还没有填好的" in client.post(where).content.decode()
    fill(typed)
    first = layout_of(cycle.form_version).numeric_owed_at(Level.TOWNSHIP)[0].indicator
    Cell.objects.create(report=begun, indicator=first, value=1)
    with pytest.raises(Forbidden):
        hand_in_typed(cycle=cycle, desk=tree.county, by=desk(tree.sister_county))
    refused = client.post(where)
    assert (refused.status_code, begun.unit.name in refused.content.decode()) == (422, True)
    states = dict(Report.objects.filter(cycle=cycle).values_list("unit", "state"))
    assert (states[typed.unit_id], states[begun.unit_id]) == (ReportState.ACCEPTED, ReportState.DRAFT)
    fill(begun)
    assert client.post(where).status_code == 302


def test_units_are_named_by_pasted_rows_and_once(tree: Tree, province: User) -> None:
    county = tree.county
    text = (
        f"{county.division_code}\t{county.name}\n{county.display_name}\n{tree['370112'].division_code}，历城"
    )
    found = services.units_named(owner=tree.province, text=text, levels=[3])
    assert found == [county, tree["370112"]]


def test_of_many_wrong_lines_the_first_are_told(tree: Tree) -> None:
    text = "\n".join(f"无名{number}" for number in range(25))
    with pytest.raises(DomainError) as refusal:
        services.units_named(owner=tree.province, text=text, levels=[3])
    assert len(refusal.value.problems) == 21
    assert "另有5行" in refusal.value.problems[-1].message


def test_units_of_one_name_are_written_by_code(tree: Tree) -> None:
    OrgUnit.objects.filter(pk=tree["370112"].pk).update(display_name=tree.county.display_name)
    units = [tree.county, OrgUnit.objects.get(pk=tree["370112"].pk), tree.city]
    lines = lines_of(tree.province, units)
    assert lines == ["370102", "370112", tree.city.display_name]
    assert services.units_named(owner=tree.province, text="\n".join(lines), levels=[2, 3]) == units
