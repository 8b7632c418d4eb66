"""台账数 ＋ 未入台账补充数: what a ledger knows is not typed again, counts once, and never moves what was reported."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import DomainError
from reporting.models import Figure, Report
from reporting.selectors.below import rows_below
from reporting.selectors.facts import facts_now
from reporting.selectors.grid import read_grid
from reporting.selectors.layout import layout_of
from reporting.selectors.ledger import ledger_of
from reporting.selectors.ledger_lines import ledger_page
from reporting.selectors.sheet import read_paper
from reporting.services.corrections import open_case
from reporting.services.filling import CellChange, save_cells, set_nil, zero_the_rest
from reporting.services.review import accept, send_back
from reporting.services.submission import submit, withdraw
from sanzhang.models import KeyPerson, Occupation
from sanzhang.services import appointments, occupations, people
from sanzhang.services.activities import void_activity
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.affiliates import affiliate
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, fill
from tests.pages import cell, page, save
from tests.work import activity, support

HELD = dt.date(2026, 11, 10)


@pytest.fixture
def head(month: Month) -> KeyPerson:
    """A key person of the county."""
    occupations.load_defaults(by=SYSTEM)
    known = PersonFacts(name="王秀兰", occupation=Occupation.objects.get(name="医院院长"), employer="区医院")
    return people.register(facts=known, unit=month.tree.county, by=SYSTEM)


def numbers(report: Report) -> dict[str, Decimal]:
    fresh = Report.objects.select_related("cycle__form_version").get(pk=report.pk)
    return dict(ledger_of([fresh], layout_of(fresh.cycle.form_version)).of(fresh.pk))


def figure(report: Report, key: str) -> Figure:
    report.refresh_from_db()
    return Figure.objects.get(version=report.last_version, indicator__key=key)


def own(month: Month) -> Report:
    """The county's report with its townships filled with zeros, ready to be filled itself."""
    for report in Report.objects.filter(cycle=month.cycle, custodian=month.tree.county).exclude(
        unit=month.tree.county
    ):
        fill(report)
    return month.county_report


def test_activity_counts_for_its_host_with_its_audience(month):
    activity(month.tree.county, on=HELD, co_units=[month.tree.township])
    assert numbers(month.county_report) == {
        "health_events": 1,
        "health_reached": 40,
        "led_events": 0,
    }
    assert numbers(month.report("370102001")) == {}


@pytest.mark.parametrize(
    ("of", "facts", "expected"),
    [
        (
            "科普进校园",
            {"youth": 300, "residents": 0},
            {"contest_events": 1, "contest_reached": 300, "led_events": 0},
        ),
        (
            "农技培训",
            {"farmers": 60, "residents": 0, "adopted": 2},
            {"agri_events": 1, "agri_reached": 60, "agri_adopted": 2, "led_events": 0},
        ),
        ("推广新品种", {"residents": 0, "adopted": 3}, {"agri_adopted": 3}),
        ("科技志愿服务", {}, {"volunteer_events": 1}),
        (
            "科普展览",
            {"is_volunteer": True},
            {
                "popularisation_events": 1,
                "popularisation_reached": 40,
                "volunteer_events": 1,
                "led_events": 0,
            },
        ),
        ("调研", {"residents": 0}, {}),
        ("义诊", {"was_reported": True}, {}),
    ],
)
def test_kind_decides_what_an_activity_counts_as(month, of, facts, expected):
    activity(month.tree.county, of=of, on=HELD, **facts)
    assert numbers(month.county_report) == expected


def test_led_counts_events_that_a_key_person_led_or_joined(month, head):
    activity(month.tree.county, head, on=HELD)
    activity(month.tree.county, on=HELD)
    activity(month.tree.county, head, of="调研", on=HELD, residents=0)
    assert numbers(month.county_report)["led_events"] == 1


@pytest.mark.parametrize(
    ("of", "facts", "expected"),
    [
        ("project", {"amount": Decimal("12.50")}, {"support_projects": 1, "support_funds": Decimal("12.50")}),
        ("fund", {"amount": Decimal("3")}, {"support_funds": 3}),
        ("award", {"heads": 2}, {"support_awards": 2}),
        ("talent", {"heads": 3}, {"support_talent": 3}),
        ("exchange", {"heads": 1}, {"support_exchange": 1}),
        ("training", {"heads": 45}, {"support_training": 1, "support_trained": 45}),
        ("guidance", {}, {}),
        ("fund", {"amount": Decimal("3"), "is_own": False}, {}),
    ],
)
def test_support_counts_for_its_giver(month, of, facts, expected):
    support(month.tree.county, of=of, on=HELD, **facts)
    assert numbers(month.county_report) == expected
    assert numbers(month.city_report) == {}


def test_total_is_the_ledger_and_what_is_typed_beside(month):
    activity(month.tree.county, on=HELD)
    report = own(month)
    fill(report, 0, health_events=2, health_reached=90)
    submit(report=report, by=month.clerk)
    frozen = figure(report, "health_events")
    assert (frozen.value, frozen.recorded) == (3, 1)
    assert (figure(report, "health_reached").value, figure(report, "health_reached").recorded) == (130, 40)
    assert figure(report, "contest_events").recorded == 0


def test_nothing_typed_beside_the_ledger_is_zero_more(month):
    activity(month.tree.county, on=HELD)
    report = own(month)
    fill(report, 0, except_keys=["health_events", "health_reached"])
    submit(report=report, by=month.clerk)
    assert figure(report, "health_events").value == 1


def test_cell_without_a_ledger_is_still_to_be_typed(month):
    report = own(month)
    fill(report, 0, except_keys=["health_events"])
    with pytest.raises(DomainError) as refusal:
        submit(report=report, by=month.clerk)
    assert [problem.code for problem in refusal.value.problems] == ["left_out"]


def test_record_after_the_submission_counts_in_the_next_month(month):
    report = own(month)
    fill(report)
    submit(report=report, by=month.clerk)
    with time_machine.travel(WHILE_FILLING + dt.timedelta(days=1), tick=False):
        activity(month.tree.county, on=HELD)
        assert figure(report, "health_events").value == 0
        assert numbers(report) == {}
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(dt.date(2026, 12, 1))
        december = Report.objects.select_related("cycle").get(
            cycle__period=dt.date(2026, 12, 1), unit=month.tree.county
        )
        assert numbers(december)["health_events"] == 1
        found = ledger_page(december, "health_events")
        assert [line.is_late for line in found.lines] == [True]


def test_record_before_the_submission_counts_in_its_month_though_the_window_is_over(month):
    activity(month.tree.county, on=HELD)
    report = own(month)
    fill(report)
    submit(report=report, by=month.clerk)
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(dt.date(2026, 12, 1))
        december = Report.objects.get(cycle__period=dt.date(2026, 12, 1), unit=month.tree.county)
        assert numbers(december) == {}


def test_record_of_the_next_window_does_not_count_yet(month):
    activity(month.tree.county, on=dt.date(2026, 11, 20))
    assert numbers(month.county_report) == {}


def test_record_from_before_the_first_cycle_does_not_count(month):
    with time_machine.travel(dt.datetime(2026, 10, 10, 9, tzinfo=dt.UTC), tick=False):
        activity(month.tree.county, on=dt.date(2026, 10, 9))
    assert numbers(month.county_report) == {}
    activity(month.tree.county, on=dt.date(2026, 10, 9))
    assert numbers(month.county_report)["health_events"] == 1


def test_voided_record_leaves_the_version_and_shows_as_drift(month):
    held = activity(month.tree.county, on=HELD)
    report = own(month)
    fill(report)
    submit(report=report, by=month.clerk)
    void_activity(activity=held, reason="登记错误", by=SYSTEM)
    assert figure(report, "health_events").value == 1
    report = month.county_report
    found = ledger_page(report, "health_events")
    assert (found.number, found.counted, found.drift) == (0, 1, -1)


def test_withdrawn_report_follows_the_ledger_again(month):
    report = own(month)
    fill(report)
    submit(report=report, by=month.clerk)
    activity(month.tree.county, on=HELD)
    withdraw(report=month.county_report, by=month.clerk)
    assert numbers(month.county_report)["health_events"] == 1


def test_returned_report_follows_the_ledger_again(month):
    report = own(month)
    fill(report)
    submit(report=report, by=month.clerk)
    activity(month.tree.county, on=HELD)
    send_back(
        report=month.county_report,
        reason="figure_doubtful",
        remark="请核对",
        cell_remarks={},
        days=2,
        by=month.city,
    )
    assert numbers(month.county_report)["health_events"] == 1


def test_month_before_still_open_keeps_its_records(month):
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(dt.date(2026, 12, 1))
        activity(month.tree.county, on=HELD)
        december = Report.objects.get(cycle__period=dt.date(2026, 12, 1), unit=month.tree.county)
        assert numbers(december) == {}
        assert numbers(month.county_report)["health_events"] == 1


def test_rules_judge_the_whole_figure(month):
    activity(month.tree.county, on=HELD)
    report = own(month)
    outcome = save_cells(reports=[report], changes=[CellChange(report.pk, "led_events", "1")], by=month.clerk)
    fill(report, 0, except_keys=["health_events", "health_reached"], led_events=1)
    assert not outcome.saved[0].problems
    submit(report=report, by=month.clerk)
    assert figure(report, "led_events").value == 1


def test_events_without_people_beside_the_ledger_are_no_error(month):
    activity(month.tree.county, on=HELD)
    report = own(month)
    fill(report, 0, health_events=1, health_reached=0)
    submit(report=report, by=month.clerk)
    assert figure(report, "health_events").value == 2


def test_nil_return_is_refused_while_the_ledger_has_records(month):
    report = month.county_report
    set_nil(report=report, is_nil=True, by=month.clerk)
    set_nil(report=month.county_report, is_nil=False, by=month.clerk)
    activity(month.tree.county, on=HELD)
    with pytest.raises(DomainError) as refusal:
        set_nil(report=month.county_report, is_nil=True, by=month.clerk)
    assert refusal.value.problems[0].code == "ledger_not_empty"


def test_nil_return_is_none_once_a_record_came_in(month):
    report = own(month)
    fill(report)
    set_nil(report=month.county_report, is_nil=True, by=month.clerk)
    activity(month.tree.county, on=HELD)
    submitted = submit(report=month.county_report, by=month.clerk)
    assert not submitted.is_nil
    assert not submitted.last_version.is_nil


def test_zero_in_the_rest_adds_nothing_to_the_ledger(month):
    activity(month.tree.county, on=HELD)
    zero_the_rest(report=month.county_report, by=month.clerk)
    assert read_paper(month.county_report).filled == read_paper(month.county_report).owed
    line = _line(month, "health_events")
    assert (line.entry.value, line.entry.recorded, line.own) == ("0", 1, 1)


def _line(month: Month, key: str):
    paper = read_paper(month.county_report)
    return next(line for section in paper.sections for line in section.figures if line.column.key == key)


def test_page_shows_the_ledger_beside_the_cell_with_the_way_down(month, client_of):
    held = activity(month.tree.county, on=HELD)
    client = client_of(month.clerk)
    html = page(client, "fill", month.county_report.pk).content.decode()
    where = reverse("reporting:ledger", args=[month.county_report.pk, "health_events"])
    assert where in html
    down = client.get(where).content.decode()
    assert held.get_absolute_url() in down
    assert client.get(held.get_absolute_url()).status_code == 200


def test_way_down_of_a_typed_indicator_is_absent(month, client_of):
    client = client_of(month.clerk)
    assert (
        client.get(reverse("reporting:ledger", args=[month.county_report.pk, "inspections"])).status_code
        == 404
    )
    assert (
        client.get(reverse("reporting:ledger", args=[month.county_report.pk, "nothing"])).status_code == 404
    )


def test_saved_cell_answers_with_the_whole_sum(month, client_of):
    activity(month.tree.county, on=HELD)
    answer = save(client_of(month.clerk), cell(month.county_report, "health_events", "2")).json()
    assert answer["sums"]["health_events"] == 3


def test_grid_shows_a_townships_ledger_and_sums_it(month, client_of):
    activity(month.tree.township, on=HELD)
    grid = read_grid(month.cycle, month.tree.county)
    row = next(row for row in grid.rows if row.report.unit_id == month.tree.township.pk)
    entry = next(entry for entry in row.entries if entry.key == "health_reached")
    assert (entry.value, entry.recorded) == ("0", 40)
    answer = save(client_of(month.clerk), cell(month.report("370102002"), "health_reached", "5")).json()
    assert answer["sums"]["health_reached"] == 45


def test_what_a_ledger_knows_is_filled_in_the_list_below(month):
    activity(month.tree.township, on=HELD)
    rows = {row.report.unit_id: row for row in rows_below(month.cycle, month.tree.county.pk)}
    assert rows[month.tree.township.pk].filled == 3
    assert rows[month.tree.sister_township.pk].filled == 0


def test_correction_keeps_the_ledgers_part(month):
    activity(month.tree.county, on=HELD)
    report = own(month)
    fill(report, 0, health_events=2, health_reached=90)
    submit(report=report, by=month.clerk)

    accept(report=month.county_report, by=month.city)
    case = open_case(
        report=month.county_report, changes={"health_events": "5"}, reason="漏计", by=month.clerk
    )
    corrected = case.new_version.figures.get(indicator__key="health_events")
    assert (corrected.value, corrected.recorded) == (5, 1)


def test_ledger_page_is_absent_outside_the_scope(month, client_of):
    where = reverse("reporting:ledger", args=[month.county_report.pk, "health_events"])
    assert client_of(month.clerk).get(where).status_code == 200
    assert client_of(user_at(month.tree.other_county, Role.REPORTER)).get(where).status_code == 404


def test_affiliates_on_record_count_as_states(month):
    affiliate(month.tree.county, "历下区医学会")
    affiliate(month.tree.county, "历下区农学会")
    found = numbers(month.county_report)
    assert found["societies"] == 2
    assert found["societies_led"] == 0
    assert "park_associations" not in found
    assert [line.number for line in ledger_page(month.county_report, "societies").lines] == [1, 1]


def test_state_that_stays_is_completed_beside_the_ledger(month):
    with time_machine.travel(WHILE_FILLING.replace(month=11), tick=False):
        report = own(month)
        fill(report, 0, societies=5)
        submit(report=report, by=month.clerk)

        accept(report=month.county_report, by=month.city)
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(dt.date(2026, 12, 1))
        affiliate(month.tree.county, "历下区医学会")
        affiliate(month.tree.county, "历下区农学会")
        december = Report.objects.select_related("cycle").get(
            cycle__period=dt.date(2026, 12, 1), unit=month.tree.county
        )
        zero_the_rest(report=december, by=month.clerk)
        assert december.cells.get(indicator__key="societies").value == 3


def test_active_heads_are_counted_once_there_is_a_duty_record(month, head):
    seat = SeatFacts(position="vice_chair", valid_from=dt.date(2024, 3, 1), way_in="election")
    with time_machine.travel(WHILE_FILLING - dt.timedelta(days=4), tick=False):
        appointments.appoint(person=head, unit=month.tree.county, seat=seat, by=SYSTEM)
    with time_machine.travel(WHILE_FILLING - dt.timedelta(days=3), tick=False):
        assert facts_now(month.tree.city, month.cycle).fact(month.tree.county.pk, "active_key_people") is None
        held = activity(month.tree.sister_county, head, on=HELD)
    with time_machine.travel(WHILE_FILLING - dt.timedelta(days=2), tick=False):
        found = facts_now(month.tree.city, month.cycle)
        assert found.number(month.tree.county.pk, "active_key_people") == 1
        assert found.number(month.tree.city.pk, "active_key_people") == 1
        assert found.number(month.tree.sister_county.pk, "active_key_people") == 0
        void_activity(activity=held, reason="登记错误", by=SYSTEM)
    with time_machine.travel(WHILE_FILLING - dt.timedelta(days=1), tick=False):
        assert facts_now(month.tree.city, month.cycle).number(month.tree.county.pk, "active_key_people") == 0
