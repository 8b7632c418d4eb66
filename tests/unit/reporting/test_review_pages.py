"""Pages that look on: overview, wall chart, completeness, totals and their sources, blank spots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.models import Establishment
from reporting.choices import ReportState
from reporting.models import Cycle, CycleFact, Report
from reporting.services.corrections import confirm, open_case
from reporting.services.cycles import lock_cycle, open_cycle
from reporting.services.facts import compute_facts
from reporting.services.forms import load_collection, load_monthly_form
from reporting.services.review import accept, send_back
from reporting.services.submission import submit
from tests.factories import Tree, make_tree, user_at
from tests.month import PERIOD, Month, desk, fill

ClientOf = Callable[[Any], Client]
PAGES = ("overview", "coverage", "completeness", "totals", "registry", "blank_spots")


def page(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(f"reporting:{name}", args=args), query)


def accepted_county(month: Month, value: int = 0, **values: Any) -> Report:
    fill(month.county_report, value, **values)
    submit(report=month.county_report, by=month.clerk)
    return accept(report=month.county_report, by=month.city)


def opened(tree: Tree) -> Cycle:
    """November in another province."""
    load_monthly_form(owner=tree.province, by=SYSTEM)
    return open_cycle(collection=load_collection(owner=tree.province, by=SYSTEM), period=PERIOD, by=SYSTEM)


def lines(response: Any) -> dict[str, Any]:
    return {
        row["line"].indicator.key: row["line"]
        for section in response.context["sections"]
        for row in section["lines"]
    }


# Scope


@pytest.mark.parametrize("name", PAGES)
def test_unit_outside_the_scope_is_absent_and_inside_is_shown(
    name: str, month: Month, client_of: ClientOf
) -> None:
    client = client_of(month.city)
    assert page(client, name, unit=month.tree["370202"].pk).status_code == 404
    assert page(client, name, unit=month.tree["370102"].pk).status_code == 200


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("raw", ["x", "-1", "9" * 30, "0"])
def test_forged_unit_and_cycle_are_absent(name: str, raw: str, month: Month, client_of: ClientOf) -> None:
    assert page(client_of(month.city), name, unit=raw).status_code == 404
    assert page(client_of(month.city), name, cycle=raw).status_code == 404


def test_cycle_of_another_province_is_absent(month: Month, client_of: ClientOf) -> None:
    other = opened(
        make_tree({"41": "河南省", "4101": "郑州市", "410102": "中原区", "410102001": "林山寨街道"})
    )
    assert page(client_of(month.city), "coverage", cycle=other.pk).status_code == 404
    assert page(client_of(month.city), "coverage", cycle=month.cycle.pk).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_before_the_first_cycle_the_page_says_so(
    name: str, province_official: Any, client_of: ClientOf
) -> None:
    assert "还没有开放填报" in page(client_of(province_official), name).content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("code", ["370102001", "379001", "370171"])
def test_every_sort_of_unit_has_its_page(name: str, code: str, month: Month, client_of: ClientOf) -> None:
    assert page(client_of(month.province), name, unit=month.tree[code].pk).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_query_count_does_not_grow_with_units(name: str, month: Month, client_of: ClientOf) -> None:
    def count(official: User) -> int:
        client = client_of(official)
        page(client, name)
        with CaptureQueriesContext(connection) as queries:
            page(client, name)
        return len(queries)

    names = {"41": "河南省"}
    for city in range(1, 11):
        names[f"41{city:02d}"] = f"第{city}市"
        for county in range(1, 6):
            names[f"41{city:02d}{county:02d}"] = f"第{city}市第{county}县"
            names[f"41{city:02d}{county:02d}001"] = "城关镇"
    large = make_tree(names)
    opened(large)
    assert count(desk(large["41"])) <= count(month.province)


# Overview


def test_overview_says_what_to_do_now(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    response = page(client_of(month.city), "overview")
    found = response.context["overview"]
    assert (found.waiting, found.waited) == (1, "不到1小时")
    assert found.own.report == month.city_report
    assert "去审核" in response.content.decode()


def test_overview_lists_the_returned_and_not_back(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    send_back(report=month.county_report, reason="other", remark="核实", days=3, by=month.city)
    found = page(client_of(month.city), "overview").context["overview"]
    assert [report.unit_name for report in found.returned] == ["历下区"]
    assert {move["label"]: move["count"] for move in found.moved}["退回"] == 1
    assert "历下区" in found.events[0]["title"]


def test_overview_tells_late_from_missing(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    clock_stopped.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=clock.SHANGHAI))
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    found = page(client_of(month.city), "overview").context["overview"]
    assert [row.name for row in found.late] == ["历下区"]
    assert [row.name for row in found.missing] == ["历城区", "济南高新技术产业开发区"]
    assert found.in_count == 1


def test_overview_of_a_leader_offers_no_review(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    leader = user_at(month.tree["3701"], Role.LEADER)
    response = page(client_of(leader), "overview")
    assert response.status_code == 200
    assert response.context["overview"].waiting == 0
    assert page(client_of(month.city), "overview").context["overview"].waiting == 1


# Completeness


def test_completeness_counts_cities_and_sets_directly_governed_counties_apart(
    month: Month, client_of: ClientOf
) -> None:
    response = page(client_of(month.province), "completeness")
    captions = {table.caption: [row.record.name for row in table.rows] for table in response.context["lists"]}
    assert captions == {"各市": ["济南市", "青岛市"], "省直管县（市、区）": ["直管县"]}
    assert response.context["counts"].expected == 8


def test_completeness_sets_zones_apart_from_counties(month: Month, client_of: ClientOf) -> None:
    response = page(client_of(month.city), "completeness")
    captions = {table.caption: [row.record.name for row in table.rows] for table in response.context["lists"]}
    assert captions == {"县（市、区）": ["历下区", "历城区"], "功能区": ["济南高新技术产业开发区"]}


def test_townships_are_neither_ranked_nor_charged_late(month: Month, client_of: ClientOf) -> None:
    [cities, _governed] = page(client_of(month.province), "completeness", tier="township").context["lists"]
    assert not any(head["url"] for head in cities.heads)
    assert {"late", "on_time", "on_time_rate"}.isdisjoint(column.key for column in cities.columns)
    [charged, _governed] = page(client_of(month.province), "completeness").context["lists"]
    assert {"late", "on_time", "on_time_rate"} <= {column.key for column in charged.columns}


def test_completeness_is_sorted_by_a_rate_with_the_absent_last(month: Month, client_of: ClientOf) -> None:
    accepted_county(month)
    [counties, _zones] = page(client_of(month.city), "completeness", sort="first_pass_rate").context["lists"]
    assert [row.record.name for row in counties.rows] == ["历下区", "历城区"]
    [counties, _zones] = page(client_of(month.city), "completeness", sort="-on_time_rate").context["lists"]
    assert [row.record.name for row in counties.rows] == ["历下区", "历城区"]


def test_completeness_of_a_county_lists_its_townships(month: Month, client_of: ClientOf) -> None:
    response = page(client_of(month.clerk), "completeness")
    assert [row.name for row in response.context["townships"]] == ["解放路街道", "千佛山街道", "趵突泉街道"]


# Wall chart


def test_board_moves_the_moment_a_report_is_accepted(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.province)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    before = page(client, "coverage")
    url = before.context["refresh_url"]
    stamp = {"X-Board-Stamp": before.context["stamp"]}
    assert client.get(url, headers=stamp).status_code == 204
    accepted_county(month, 0, health_events=7, health_reached=70)
    after = client.get(url, headers=stamp)
    assert after.status_code == 200
    assert {label: value for label, value, _url in after.context["events"]}["健康讲堂、义诊"] == 7
    assert "<html" not in after.content.decode()


def test_board_says_provisional_until_the_facts_are_taken(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    assert "截至目前" in page(client_of(month.province), "coverage").content.decode()
    compute_facts(cycle=month.cycle, by=SYSTEM)
    assert "截至目前（" not in page(client_of(month.province), "coverage").content.decode()


def test_board_ranks_cities_and_never_townships(month: Month, client_of: ClientOf) -> None:
    compute_facts(cycle=month.cycle, by=SYSTEM)
    cities = page(client_of(month.province), "coverage").context["lists"][0]
    assert "established_rank" in {column.key for column in cities.columns}
    [townships] = page(client_of(month.clerk), "coverage").context["lists"]
    assert townships.caption == "乡镇（街道）"
    assert not any("rank" in column.key for column in townships.columns)
    assert not any(head["url"] for head in townships.heads)


# Totals


def test_totals_stand_beside_last_month_and_add_up_the_year(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    accepted_county(month, 0, health_events=4, health_reached=40)
    clock_stopped.move_to(dt.datetime(2026, 12, 20, 9, tzinfo=clock.SHANGHAI))
    december = month.next(dt.date(2026, 12, 1))
    report = Report.objects.get(cycle=december, unit=month.tree["370102"])
    fill(report, 0, health_events=6, health_reached=60)
    submit(report=report, by=month.clerk)
    accept(report=report, by=month.city)
    line = lines(page(client_of(month.city), "totals", cycle=december.pk))["health_events"]
    assert (line.total, line.own, line.below, line.last, line.year) == (6, None, 6, 4, 10)
    assert (line.change, line.change_rate) == (2, line.change / 4)
    assert "清" not in line.drift_words


def test_totals_tell_where_live_and_official_differ_and_why(month: Month, client_of: ClientOf) -> None:
    accepted_county(month, 0, health_events=4, health_reached=40)
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    accept(report=month.city_report, by=month.province)
    compute_facts(cycle=month.cycle, by=SYSTEM)
    lock_cycle(cycle=Cycle.objects.get(pk=month.cycle.pk), by=month.province)
    case = open_case(
        report=month.county_report, changes={"health_reached": "50"}, reason="复核", by=month.clerk
    )
    confirm(case=case, by=month.city)
    client = client_of(month.province)
    official = lines(page(client, "totals"))["health_reached"]
    live = lines(page(client, "totals", basis="live"))["health_reached"]
    assert (official.total, live.total) == (40, 50)
    assert official.drift_words == "审定40，实时50，差+10：1份更正待上级逐级确认"
    assert official.drift_words in page(client, "totals").content.decode()
    assert page(client, "sources", "health_reached").context["drift"].difference == 10


def test_total_is_drilled_down_to_the_single_report(month: Month, client_of: ClientOf) -> None:
    accepted_county(month, 0, health_events=4, health_reached=40)
    client = client_of(month.province)
    top = page(client, "sources", "health_events")
    city = next(row for row in top.context["table"].rows if row.record.unit_name == "济南市")
    assert city.record.value == 4
    county_page = client.get(city.cells[0].href)
    county = next(row for row in county_page.context["table"].rows if row.record.unit_name == "历下区")
    bottom = client.get(county.cells[0].href)
    own = bottom.context["table"].rows[0]
    assert (own.record.is_own, own.record.value) == (True, 4)
    assert client.get(own.cells[-1].href).context["report"] == month.county_report


@pytest.mark.parametrize("key", ["units_expected", "progress", "nothing"])
def test_what_is_no_typed_sum_has_no_sources(key: str, month: Month, client_of: ClientOf) -> None:
    assert page(client_of(month.province), "sources", key).status_code == 404
    assert page(client_of(month.province), "sources", "health_events").status_code == 200


def test_unknown_basis_is_the_cycles_own(month: Month, client_of: ClientOf) -> None:
    assert page(client_of(month.province), "totals", basis="'\"x").context["basis"] == "live"


def test_registry_flows_add_up_over_the_year_and_states_do_not(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    compute_facts(cycle=month.cycle, by=SYSTEM)
    clock_stopped.move_to(dt.datetime(2026, 12, 20, 9, tzinfo=clock.SHANGHAI))
    december = month.next(dt.date(2026, 12, 1))
    compute_facts(cycle=december, by=SYSTEM)
    for cycle, count in ((month.cycle, 3), (december, 4)):
        CycleFact.objects.filter(
            cycle=cycle, unit=month.tree.city, indicator__key__in=["recruited", "vice_chairs"]
        ).update(numerator=count)
    response = page(client_of(month.city), "registry", cycle=december.pk)
    found = {
        line.indicator.key: line for _title, lines in response.context["sections"] for line, _url in lines
    }
    assert (found["recruited"].value, found["recruited"].year, found["recruited"].last) == (4, 7, 3)
    assert (found["vice_chairs"].value, found["vice_chairs"].year, found["vice_chairs"].change) == (
        4,
        None,
        1,
    )
    assert dict(found["coverage_rate_township"].cells)["本月"] == "0.0%"


# Blank spots


def spots(response: Any) -> list[str]:
    return [row.record.name for row in response.context["table"].rows]


def test_blank_spots_are_as_many_as_the_facts_count(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    Establishment.objects.create(
        unit=month.tree["370102001"],
        state="established",
        valid_from=dt.date(2026, 1, 1),
        recorded_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    late = {"state": "established", "valid_from": dt.date(2026, 11, 1), "recorded_at": clock.now()}
    Establishment.objects.create(unit=month.tree["370102002"], **late)
    compute_facts(cycle=month.cycle, by=SYSTEM)
    clock_stopped.shift(60)
    client = client_of(month.clerk)
    board = page(client, "coverage").context["board"]
    at_end = page(client, "blank_spots", level=4)
    assert spots(at_end) == ["历下区千佛山街道", "历下区趵突泉街道"]
    assert board.whole.number("blank_spots_township") == len(spots(at_end))
    assert spots(page(client, "blank_spots", level=4, at="now")) == ["历下区趵突泉街道"]


def test_blank_spots_are_narrowed_by_plan_state_name_and_part(month: Month, client_of: ClientOf) -> None:
    Establishment.objects.create(
        unit=month.tree["370112001"],
        state="preparing",
        reason="筹备",
        planned_on=dt.date(2026, 11, 1),
        responsible="王强",
        valid_from=dt.date(2026, 1, 1),
        recorded_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    client = client_of(month.city)
    assert spots(page(client, "blank_spots", plan="overdue")) == ["历城区山大路街道"]
    assert spots(page(client, "blank_spots", state="preparing")) == ["历城区山大路街道"]
    assert spots(page(client, "blank_spots", q="趵突泉")) == ["历下区趵突泉街道"]
    assert spots(page(client, "blank_spots", level=4, part=month.tree["370171"].pk)) == [
        "济南高新技术产业开发区舜华路街道"
    ]
    assert "历城区山大路街道" not in spots(page(client, "blank_spots", plan="none"))
    assert page(client, "blank_spots", level="99", part="x").status_code == 200


def test_province_report_is_accepted_by_itself_and_shown_so(month: Month, client_of: ClientOf) -> None:
    fill(month.province_report)
    submit(report=month.province_report, by=month.province)
    found = page(client_of(month.province), "overview").context["overview"]
    assert found.own.report.state == ReportState.ACCEPTED
    assert desk(month.tree["37"]).unit == month.tree.province


def test_names_behind_a_registry_figure_are_asked_within_reach(month: Month, client_of) -> None:
    client = client_of(month.city)
    address = reverse("reporting:heads", args=["recruited"])
    assert client.get(address, {"unit": month.tree.county.pk, "q": "wxl"}).status_code == 200
    assert client.get(address, {"unit": month.tree.province.pk}).status_code == 404
    assert client.get(reverse("reporting:heads", args=["health_events"])).status_code == 404
