"""A year with a reorganisation in July: as it was, and as it is now, on pages, in totals and over the API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.choices import ActKind, Level
from orgs.models import Establishment, OrgUnit
from orgs.rules.reorganising import Line
from reporting.choices import CycleState
from reporting.models import Cycle, CycleTotal, Figure, Indicator, Report, ReportVersion
from reporting.rollup import THEN, Basis, Lens, cycle_totals, sources_of, store_totals, trend, year_to_date
from reporting.selectors.completeness import completeness
from reporting.selectors.coverage import coverage_table
from reporting.selectors.quality_months import months_until, quality_by_month
from reporting.selectors.standing import read_standing
from reporting.selectors.states import state_matrix
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from sanzhang.choices import BODY_OF_POSITION, Employment, Position, WayIn
from sanzhang.models import Appointment, KeyPerson, LeadershipBody, Occupation
from tests.factories import Tree, make_tree, user_at
from tests.month import make_collection
from tests.reorganised import applied

pytestmark = pytest.mark.django_db

KEY = "health_events"
IN_JULY = dt.date(2026, 7, 25)
TODAY = dt.date(2026, 8, 22)


@dataclass
class Year:
    tree: Tree
    june: Cycle
    july: Cycle
    august: Cycle
    june_then: dict

    @property
    def now(self) -> Lens:
        return Lens(TODAY)


def month(tree: Tree, number: int, base: int) -> Cycle:
    """One month in which every unit that owes a report did ``base`` and a bit; locked, with its registry figures."""
    with time_machine.travel(clock.start_of(dt.date(2026, number, 16)), tick=False):
        cycle = open_cycle(collection=make_collection(tree), period=dt.date(2026, number, 1), by=SYSTEM)
        accept_all(cycle, base)
    with time_machine.travel(cycle.window.ends_at, tick=False):
        compute_facts(cycle=cycle, by=SYSTEM)
        Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.LOCKED, locked_at=clock.now())
    cycle.refresh_from_db()
    store_totals(cycle)
    return cycle


def accept_all(cycle: Cycle, base: int) -> None:
    indicator = Indicator.objects.get(key=KEY)
    for place, report in enumerate(Report.objects.filter(cycle=cycle).order_by("unit__division_code")):
        version = ReportVersion.objects.create(report=report, number=1, frozen_by="测试", digest="x")
        Figure.objects.create(version=version, indicator=indicator, value=base + place)
        Report.objects.filter(pk=report.pk).update(live_version=version, official_version=version)


def totals(cycle: Cycle, **through) -> dict:
    return {place[:2]: place[2] for place in cycle_totals(cycle, basis=Basis.OFFICIAL, **through).rows()}


@pytest.fixture
def year(db: None, clean_cache: None):
    """In July 历城区 merges into 历下区, 趵突泉街道 into 千佛山街道, 市南区 is divided, and 辽宁路街道 moves to the other city."""
    tree = make_tree()
    for code in ("370102002", "370102003", "370112001", "370202", "370202002"):
        Establishment.objects.create(
            unit=tree[code],
            state="established",
            valid_from=dt.date(2026, 1, 1),
            recorded_at=clock.start_of(dt.date(2026, 1, 1)),
        )
    june = month(tree, 6, 100)
    june_then = totals(june)
    july = month(tree, 7, 1000)
    with time_machine.travel(clock.start_of(IN_JULY), tick=False):
        applied(tree.province, lines_of(tree), on=IN_JULY)
    with time_machine.travel(clock.start_of(TODAY), tick=False):
        august = month(tree, 8, 10_000)
        yield Year(tree, june, july, august, june_then)


def lines_of(tree: Tree) -> list[Line]:
    return [
        Line(ActKind.MERGE, unit_id=tree["370112"].pk, into_id=tree["370102"].pk),
        Line(ActKind.MERGE, unit_id=tree["370102003"].pk, into_id=tree["370102002"].pk),
        Line(ActKind.OPEN, parent_id=tree["3702"].pk, name="市东区", division_code="370211"),
        Line(ActKind.OPEN, parent_id=tree["3702"].pk, name="市西区", division_code="370212"),
        Line(ActKind.SPLIT, unit_id=tree["370202"].pk, opens=2, is_main=True),
        Line(ActKind.SPLIT, unit_id=tree["370202"].pk, opens=3),
        Line(ActKind.MOVE, unit_id=tree["370202002"].pk, opens=2),
        Line(ActKind.MOVE, unit_id=tree["370202003"].pk, opens=3),
        Line(ActKind.MOVE, unit_id=tree["370203001"].pk, parent_id=tree["370171"].pk),
    ]


def own(year: Year, cycle: Cycle, code: str) -> Decimal:
    report = Report.objects.get(cycle=cycle, unit=year.tree[code])
    return report.live_version.figures.get(indicator__key=KEY).value


def value(table, year: Year, code: str) -> Decimal | None:
    return table.total(year.tree[code].pk, KEY)


def test_june_as_it_was_stays_by_county(year):
    assert totals(year.june) == year.june_then
    assert value(cycle_totals(year.june, basis=Basis.OFFICIAL), year, "370112") is not None
    stored = CycleTotal.objects.filter(cycle=year.june).values_list("unit", "indicator__key", "value")
    assert {(unit, key): total for unit, key, total in stored} == {
        place: cell.total for place, cell in year.june_then.items()
    }
    names = {row.name for row in completeness(year.june, within=year.tree.city)}
    assert {"历城区", "历下区"} <= names


def test_june_as_it_is_now_adds_up_what_merged(year):
    then = cycle_totals(year.june, basis=Basis.OFFICIAL)
    now = cycle_totals(year.june, basis=Basis.OFFICIAL, lens=year.now)
    assert value(now, year, "370102") == value(then, year, "370102") + value(then, year, "370112")
    assert value(now, year, "370112") is None
    merged = now.cell(year.tree["370102"].pk, KEY)
    assert merged.own == own(year, year.june, "370102") + own(year, year.june, "370112")
    assert value(now, year, "370102002") == sum(own(year, year.june, f"37010200{n}") for n in (2, 3))


def test_june_as_it_is_now_shows_what_was_divided_as_one_row(year):
    now = cycle_totals(year.june, basis=Basis.OFFICIAL, lens=year.now)
    (group,) = now.groups.values()
    assert group.name == "市南区（今市东区、市西区）"
    assert now.total(group.pk, KEY) == own(year, year.june, "370202")
    east = OrgUnit.objects.get(name="市东区")
    assert now.total(east.pk, KEY) == own(year, year.june, "370202002")
    indicator = Indicator.objects.get(key=KEY)
    parts = sources_of(year.june, year.tree["3702"], indicator, Basis.OFFICIAL, year.now)
    assert [part.unit_name for part in parts if part.is_group] == [group.name]
    assert sum(part.value for part in parts if part.value is not None) == value(now, year, "3702")
    report = Report.objects.get(cycle=year.june, unit=year.tree["370202"])
    assert next(part.report_id for part in parts if part.is_group) == report.pk


def test_township_that_moved_counts_in_its_present_city(year):
    moved = own(year, year.june, "370203001")
    then = cycle_totals(year.june, basis=Basis.OFFICIAL)
    now = cycle_totals(year.june, basis=Basis.OFFICIAL, lens=year.now)
    assert value(now, year, "3701") == value(then, year, "3701") + moved
    assert value(now, year, "3702") == value(then, year, "3702") - moved
    assert value(now, year, "370171") == value(then, year, "370171") + moved


def test_year_is_the_same_in_both_views(year):
    then = year_to_date(year.august, basis=Basis.OFFICIAL)
    now = year_to_date(year.august, basis=Basis.OFFICIAL, lens=year.now)
    assert value(now, year, "37") == value(then, year, "37")
    months = [cycle_totals(c, basis=Basis.OFFICIAL) for c in (year.june, year.july, year.august)]
    merged = sum(value(table, year, code) or 0 for table in months for code in ("370102", "370112"))
    assert value(now, year, "370102") == merged
    assert value(then, year, "370102") == sum(value(table, year, "370102") for table in months)
    series = trend(year.tree["370102"], [KEY], year.august, lens=year.now).series[KEY]
    assert sum(series) == merged


def test_own_part_of_a_merged_county_is_shown_report_by_report(year):
    indicator = Indicator.objects.get(key=KEY)
    parts = sources_of(year.june, year.tree["370102"], indicator, Basis.OFFICIAL, year.now)
    assert [(part.unit_name, part.is_merged) for part in parts if part.is_own] == [
        ("历下区", False),
        ("历城区", True),
    ]
    assert all(part.report_id for part in parts if part.is_own)


def number(table, code: str, key: str) -> int | None:
    return next(row.number(key) for row in table.rows if row.code == code)


def test_registry_counts_two_that_merged_as_one(year):
    city = year.tree.city
    then = coverage_table(year.june, city)
    now = coverage_table(year.june, city, lens=year.now)
    assert {row.code for row in then.rows} == {"370102", "370112", "370171"}
    assert {row.code for row in now.rows} == {"370102", "370171"}
    both = sum(number(then, code, "units_established_township") for code in ("370102", "370112"))
    assert (both, number(now, "370102", "units_established_township")) == (3, 2)
    assert number(now, "370102", "units_expected_township") == 3 + 2 - 1
    assert then.whole.number("units_expected_county") == now.whole.number("units_expected_county") + 1


def seat(tree: Tree, code: str, person: KeyPerson) -> None:
    day = dt.date(2026, 3, 1)
    body = LeadershipBody.objects.create(unit=tree[code], kind=BODY_OF_POSITION[Position.VICE_CHAIR])
    Appointment.objects.create(
        person=person,
        body=body,
        unit=tree[code],
        position=Position.VICE_CHAIR,
        employment=Employment.PART_TIME,
        way_in=WayIn.ELECTION,
        basis="依据",
        valid_from=day,
        recorded_at=clock.start_of(day),
    )


def test_registry_counts_a_head_in_two_that_merged_once(year):
    occupation = Occupation.objects.create(name="医院院长", category="core", field="health")
    people = [
        KeyPerson.objects.create(unit=year.tree.city, name=name, employer="医院", occupation=occupation)
        for name in ("甲", "乙")
    ]
    seat(year.tree, "370102", people[0])
    seat(year.tree, "370112", people[0])
    seat(year.tree, "370112001", people[1])
    day = year.june.window_last
    then = coverage_table(year.august, year.tree.city, on=day)
    now = coverage_table(year.august, year.tree.city, on=day, lens=year.now)
    heads = [number(then, code, "key_people_total") for code in ("370102", "370112")]
    assert heads == [1, 2]
    assert number(now, "370102", "key_people_total") == 2
    assert now.whole.number("key_people_total") == then.whole.number("key_people_total") == 2
    assert now.whole.number("counties_covered") == 1
    assert number(now, "370102", "corrected") == number(now, "370102", "moved_in") == 0


def test_registry_shows_what_was_divided_as_one_row(year):
    now = coverage_table(year.june, year.tree["3702"], lens=year.now)
    row = next(row for row in now.rows if row.unit_id < 0)
    assert row.name == "市南区（今市东区、市西区）"
    assert (row.number("units_expected_county"), row.number("units_established_county")) == (1, 1)
    assert {measure.rank for measure in row.measures.values()} == {None}
    assert now.whole.number("units_established_county") == 1
    assert number(now, "370211", "units_established_township") == 1


def test_coverage_of_a_past_day_is_what_was_stored_for_it(year):
    stored = coverage_table(year.june, year.tree.province, Level.COUNTY)
    computed = coverage_table(year.august, year.tree.province, Level.COUNTY, on=year.june.window_last)
    assert [(row.code, row.facts) for row in computed.rows] == [(row.code, row.facts) for row in stored.rows]
    assert computed.as_of == dt.date(2026, 6, 19)
    later = coverage_table(year.august, year.tree.province, Level.COUNTY, on=TODAY)
    assert "370112" not in {row.code for row in later.rows}


def test_completeness_follows_the_lens(year):
    rows = {row.name: row for row in completeness(year.june, within=year.tree.province, lens=year.now)}
    assert "历城区" not in rows
    assert rows["历下区"].tier("county").expected == 2
    assert rows["历下区"].tier("township").expected == 3 + 2
    assert rows["市南区（今市东区、市西区）"].tier("county").expected == 1


def test_quality_by_month_follows_the_lens(year):
    cycles = months_until(year.august)
    assert cycles == [year.june, year.july, year.august]
    then = {line.name: line for line in quality_by_month(cycles, year.tree.city)}
    assert set(then["历城区"].rows) == {year.june.pk, year.july.pk}
    now = {line.name: line for line in quality_by_month(cycles, year.tree.city, year.now)}
    assert "历城区" not in now
    expected = [now["历下区"].rows[cycle.pk].tier("county").expected for cycle in cycles]
    assert expected == [2, 2, 1]


def api(api_of, year: Year, name: str, **asked):
    user = user_at(year.tree.province, Role.REPORTER, Role.REVIEWER)
    return api_of(user).get(f"/api/v1/{name}/", {"cycle": year.june.pk, **asked})


def test_api_answers_through_the_lens(year, api_of):
    def county(**asked) -> Decimal | None:
        body = api(api_of, year, "rollups", **asked).json()
        unit = year.tree["370112"].pk
        return next(
            (row["total"] for row in body["totals"] if (row["unit"], row["key"]) == (unit, KEY)), None
        )

    assert county() == county(lens="then") == county(on="2026-06-30")
    assert county(lens="now") is None
    groups = api(api_of, year, "rollups", lens="now").json()["groups"]
    assert [group["name"] for group in groups] == ["市南区（今市东区、市西区）"]
    names = [row["name"] for row in api(api_of, year, "completeness", lens="now").json()]
    assert "历城区" not in names
    assert "历城区" in [row["name"] for row in api(api_of, year, "completeness", on="2026-06-30").json()]
    body = api(api_of, year, "coverage", on="2026-06-30", level=3).json()
    assert body["as_of"] == "2026-06-30"
    assert "370112" in [row["code"] for row in body["rows"]]
    assert "370112" not in [
        row["code"] for row in api(api_of, year, "coverage", lens="now", level=3).json()["rows"]
    ]


@pytest.mark.parametrize("asked", [{"on": "2999-01-01"}, {"on": "1990-01-01"}, {"on": "x"}, {"lens": "x"}])
def test_api_refuses_a_day_or_lens_that_is_none(year, api_of, asked):
    assert api(api_of, year, "rollups", **asked).status_code == 400


def test_pages_say_which_tree_they_count_by(year, client_of):
    client = client_of(user_at(year.tree.province, Role.REPORTER, Role.REVIEWER))
    for name in ("totals", "registry", "completeness", "coverage"):
        plain = client.get(reverse(f"reporting:{name}"), {"cycle": year.june.pk}).content.decode()
        assert "以往的数据归到今天的单位" not in plain
        asked = {"cycle": year.june.pk, "lens": "now"}
        assert "以往的数据归到今天的单位" in client.get(reverse(f"reporting:{name}"), asked).content.decode()
        asked = {"cycle": year.june.pk, "on": "2026-06-30"}
        assert "2026年6月30日" in client.get(reverse(f"reporting:{name}"), asked).content.decode()
    asked = {"cycle": year.june.pk, "unit": year.tree["3702"].pk, "lens": "now"}
    sources = client.get(reverse("reporting:sources", args=[KEY]), asked).content.decode()
    assert "市南区（今市东区、市西区）" in sources
    wrong = client.get(reverse("reporting:totals"), {"on": "2999-01-01"}).content.decode()
    assert "截至日期不能晚于今天" in wrong


def test_blank_spots_of_a_past_day_are_by_its_tree(year, client_of):
    client = client_of(user_at(year.tree.province, Role.REPORTER, Role.REVIEWER))
    then = client.get(reverse("reporting:blank_spots"), {"on": "2026-06-30", "level": "3"}).content.decode()
    now = client.get(reverse("reporting:blank_spots"), {"at": "now", "level": "3"}).content.decode()
    assert "历城区" in then
    assert "历城区" not in now


def test_unit_and_tree_pages_show_a_past_day(year, client_of):
    client = client_of(user_at(year.tree.province, Role.REPORTER, Role.UNIT_ADMIN))
    closed = year.tree["370112"]
    page = client.get(reverse("orgs:detail", args=[closed.pk]), {"on": "2026-06-30"}).content.decode()
    assert "山大路街道" in page and "截至2026年6月30日" in page
    gone = client.get(reverse("orgs:detail", args=[closed.pk]), {"on": "2026-08-01"}).content.decode()
    assert "已不再有这个单位" in gone
    branch = reverse("orgs:branch", args=[year.tree.city.pk])
    assert "历城区" in client.get(branch, {"on": "2026-06-30"}).content.decode()
    assert "历城区" not in client.get(branch, {"on": "2026-08-01"}).content.decode()
    found = client.get(reverse("orgs:tree"), {"q": "市南", "on": "2026-06-30"}).content.decode()
    assert "市南区" in found
    assert "市南区" not in client.get(
        reverse("orgs:tree"), {"q": "市南区", "on": "2026-08-01"}
    ).content.decode().replace('value="市南区"', "").replace("“市南区”", "")


def queries_of(work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_queries_do_not_grow_with_reorganisations(year):
    def work() -> list[int]:
        return [
            queries_of(lambda: cycle_totals(year.june, basis=Basis.OFFICIAL, lens=year.now)),
            queries_of(lambda: year_to_date(year.august, basis=Basis.OFFICIAL, lens=year.now)),
            queries_of(lambda: completeness(year.june, within=year.tree.province, lens=year.now)),
            queries_of(lambda: coverage_table(year.june, year.tree.province, lens=year.now)),
        ]

    few = work()
    lines = [
        Line(ActKind.MERGE, unit_id=year.tree["370102001"].pk, into_id=year.tree["370102002"].pk),
        Line(ActKind.MERGE, unit_id=year.tree["370203"].pk, into_id=OrgUnit.objects.get(name="市东区").pk),
    ]
    applied(year.tree.province, lines, on=TODAY)
    assert work() == few
    assert max(few) <= 12


def test_overview_places_the_reports_in_the_tree_asked_for(year, client_of):
    then = {row.name: row for row in state_matrix(year.june, year.tree.city)}
    now = {row.name: row for row in state_matrix(year.june, year.tree.city, year.now)}
    assert {"历下区", "历城区"} <= set(then)
    assert "历城区" not in now
    assert (now["历下区"].carried, now["历下区"].report_id) == (2, None)
    whole = [
        sum(row.carried + row.total_below for row in state_matrix(year.june, year.tree.province, lens))
        for lens in (THEN, year.now)
    ]
    assert whole[0] == whole[1]
    client = client_of(user_at(year.tree.city, Role.REPORTER, Role.REVIEWER))
    page, asked = reverse("reporting:overview"), {"cycle": year.june.pk}
    assert "历城区" in client.get(page, asked).content.decode()
    carried = client.get(page, asked | {"lens": "now"}).content.decode()
    assert "以往的数据归到今天的单位" in carried and "（2 份月报）" in carried
    past = client.get(page, {"on": "2026-06-30"}).content.decode()
    assert "data-tree-bar" in past and "历城区" in past
    assert "昨天以来的变化" not in past


def test_divided_unit_is_one_row_of_the_overview(year):
    now = {row.name: row for row in state_matrix(year.june, year.tree["3702"], year.now)}
    group = now["市南区（今市东区、市西区）"]
    assert group.unit_id < 0
    assert group.carried == 1


def test_comparison_of_units_carries_past_figures_and_shows_past_days(year, client_of):
    measure = "townships_established"
    then = {each.name for each in read_standing(year.june, year.tree.city, measure).places}
    now = read_standing(year.june, year.tree.city, measure, lens=year.now)
    assert "历城区" in then
    assert "历城区" not in {each.name for each in now.places}
    past = read_standing(year.august, year.tree.city, measure, on=dt.date(2026, 6, 30))
    assert past.as_of == dt.date(2026, 6, 30)
    assert "历城区" in {each.name for each in past.places}
    client = client_of(user_at(year.tree.city, Role.REPORTER, Role.REVIEWER))
    page = client.get(reverse("reporting:standing"), {"cycle": year.june.pk, "lens": "now"}).content.decode()
    assert "data-tree-bar" in page
    group = client_of(user_at(year.tree.province, Role.REPORTER, Role.REVIEWER)).get(
        reverse("reporting:standing"), {"cycle": year.june.pk, "lens": "now", "unit": year.tree["3702"].pk}
    )
    assert "市南区（今市东区、市西区）" in group.content.decode()
