"""Dashboards: queries do not grow with the reports, and no page shows what was before the last act."""

from __future__ import annotations

import threading

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit.selectors import stamp_of_acts
from audit.services import record
from core import clock
from core.actor import SYSTEM
from orgs.models import OrgUnit
from orgs.services.facts import set_establishment
from orgs.services.tree import rename
from reporting.models import Cell, Report
from reporting.rollup import Basis, cycle_totals, year_to_date
from reporting.selectors.board import read_board
from reporting.selectors.coverage import coverage_table
from reporting.services import excuses, filling, review, submission
from reporting.services.facts import compute_facts
from reporting.services.filling import CellChange
from reporting.views.remembered import remembered
from tests.month import Month, fill

PAGES = ("reporting:overview", "reporting:coverage")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(user: User, name: str) -> str:
    """The main part of the page, without the token of the form."""
    answer = browser(user).get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode().split("<main", 1)[1]


def queries_of(work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_queries_of_a_dashboard_do_not_grow_with_reports(month: Month, name: str) -> None:
    client = browser(month.province)
    everyone = list(Report.objects.filter(cycle=month.cycle).exclude(unit=month.province.unit))
    Report.objects.filter(pk__in=[report.pk for report in everyone[1:]]).delete()
    client.get(reverse(name))
    few = queries_of(lambda: client.get(reverse(name)))
    Report.objects.bulk_create(everyone[1:])
    assert queries_of(lambda: client.get(reverse(name))) == few


@pytest.mark.django_db
def test_totals_take_one_statement_and_the_names_of_indicators(month: Month) -> None:
    city = month.report("3701").unit
    assert queries_of(lambda: cycle_totals(month.cycle, basis=Basis.LIVE)) == 2
    assert queries_of(lambda: cycle_totals(month.cycle, basis=Basis.OFFICIAL, within=city)) == 2
    assert queries_of(lambda: year_to_date(month.cycle, basis=Basis.LIVE)) == 4


@pytest.mark.django_db
def test_coverage_reads_only_the_units_that_it_shows(month: Month) -> None:
    province = OrgUnit.objects.get(level=1)
    with CaptureQueriesContext(connection) as queries:
        table = coverage_table(month.cycle, province)
    assert {row.unit_id for row in table.rows} <= set(
        OrgUnit.objects.filter(parent=province).values_list("pk", flat=True)
    )
    assert table.whole is not None
    assert len(queries) <= 5


@pytest.mark.django_db
def test_board_takes_a_constant_number_of_queries_at_every_level(month: Month) -> None:
    units = [month.report(code).unit for code in ("37", "3701", "370102")]
    counts = [queries_of(lambda unit=unit: read_board(month.cycle, unit)) for unit in units]
    assert len(set(counts)) == 1


def written_by(words: list[str]):
    return lambda: words.pop(0)


@pytest.mark.django_db(transaction=True)
def test_part_of_a_page_is_made_once_until_an_act_is_recorded(clock_stopped) -> None:
    words = ["first", "second"]
    assert remembered("part", "a", make=written_by(words)) == "first"
    assert remembered("part", "a", make=written_by(words)) == "first"
    record(kind="test.act", by=SYSTEM, summary="测试")
    assert remembered("part", "a", make=written_by(words)) == "second"


@pytest.mark.django_db(transaction=True)
def test_part_of_a_page_is_made_anew_for_others_and_in_the_next_minute(clock_stopped) -> None:
    words = ["first", "other", "later"]
    assert remembered("part", "b", make=written_by(words)) == "first"
    assert remembered("part", "c", make=written_by(words)) == "other"
    clock_stopped.shift(60)
    assert remembered("part", "b", make=written_by(words)) == "later"


@pytest.mark.django_db(transaction=True)
def test_stamp_of_acts_is_none_inside_a_transaction() -> None:
    assert stamp_of_acts() is not None
    with transaction.atomic():
        assert stamp_of_acts() is None


@pytest.mark.django_db(transaction=True)
def test_stamp_of_acts_tells_an_act_in_progress_from_one_that_is_done(tree) -> None:
    """A lower number may be committed after a higher one."""
    is_drawn, may_commit = threading.Event(), threading.Event()

    def act_slowly() -> None:
        with transaction.atomic():
            OrgUnit.objects.select_for_update().get(pk=tree.province.pk)
            record(kind="test.slow", by=SYSTEM, summary="测试")
            is_drawn.set()
            may_commit.wait(10)
        connection.close()

    other = threading.Thread(target=act_slowly)
    other.start()
    assert is_drawn.wait(10)
    record(kind="test.quick", by=SYSTEM, summary="测试")
    during = stamp_of_acts()
    may_commit.set()
    other.join()
    assert stamp_of_acts() != during


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PAGES)
def test_dashboard_shows_an_accepted_report_at_once(month: Month, name: str) -> None:
    report = month.county_report
    fill(report)
    submission.submit(report=report, by=month.clerk)
    before = page(month.city, name)
    assert page(month.city, name) == before
    review.accept(report=month.county_report, by=month.city)
    assert page(month.city, name) != before


def opened(client: Client) -> list[str]:
    """The dashboards as the browser opens them, once it is sure that they are what they are when made anew."""

    def main_parts() -> list[str]:
        shown = [client.get(reverse(name), {"units": "all"}) for name in PAGES]
        return [answer.content.decode().split("<main", 1)[1] for answer in shown]

    shown = main_parts()
    cache.clear()
    assert main_parts() == shown
    return shown


def put_back(month: Month) -> None:
    review.send_back(report=month.county_report, reason="figure_doubtful", remark="请核对", by=month.city)


def type_over(month: Month) -> None:
    report = month.county_report
    cells = Cell.objects.filter(report=report, indicator__key__in=["agri_events", "agri_reached"])
    changes = [
        CellChange(report.pk, cell.indicator.key, "7", revision=cell.revision)
        for cell in cells.select_related("indicator")
    ]
    filling.save_cells(reports=[report], changes=changes, by=month.clerk)


@pytest.mark.django_db(transaction=True)
def test_dashboards_show_every_act_at_the_next_opening(month: Month) -> None:
    """In the order in which a month goes; what is typed is not on record, and moves nothing before it is handed in."""
    county, city = month.tree["370102"], month.city
    acts = [
        lambda: submission.submit(report=month.county_report, by=month.clerk),
        lambda: put_back(month),
        lambda: type_over(month),
        lambda: submission.submit(report=month.county_report, by=month.clerk),
        lambda: review.accept(report=month.county_report, by=city),
        lambda: excuses.exempt(report=month.report("370102001"), reason="撤并", by=month.county_reviewer),
        lambda: set_establishment(
            unit=county, state="established", since=clock.today(), basis="批复", by=SYSTEM
        ),
        lambda: rename(unit=county, name="历上区", on=clock.today(), basis="批复", by=SYSTEM),
        lambda: compute_facts(cycle=month.cycle, by=SYSTEM),
    ]
    client = browser(city)
    before, unmoved = opened(client), []
    fill(month.county_report)
    for place, act in enumerate(acts):
        act()
        after = opened(client)
        if after == before:
            unmoved.append(place)
        before = after
    assert unmoved == [2]
