"""The wall chart: one screen, one request, nothing drawn anew while nothing moved; tiles with sign and word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from orgs.choices import Level
from orgs.models import Establishment
from reporting.models import Report
from reporting.selectors.coverage import CoverageRow, Measure
from reporting.selectors.facts import Fact
from reporting.selectors.tiles import band_of, positions, tiles_of
from reporting.selectors.wall import read_wall
from reporting.services.review import accept
from reporting.services.submission import submit
from reporting.services.targets import TargetChange, set_targets
from tests.factories import Tree
from tests.month import WHILE_FILLING, Month, desk, fill, make_month

RATE = "coverage_rate_township"


@pytest.fixture
def month(tree: Tree) -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def ask(month: Month, value: str = "90") -> None:
    set_targets(
        setter=month.tree.province,
        due_on=dt.date(2026, 12, 31),
        changes=[
            TargetChange(unit.pk, RATE, Decimal(value)) for unit in (month.tree.province, month.tree.city)
        ],
        by=month.province,
    )


def row(code: str, level: Level, done: int = 0, of: int = 100, *, is_zone: bool = False) -> CoverageRow:
    found = CoverageRow(int(code), f"单位{code}", code, level, is_zone, {"units_established": Fact(done)})
    found.measures["townships_established"] = Measure(done, of)
    return found


def tiles(*rows: CoverageRow) -> dict[str, Any]:
    found = tiles_of(rows, "established", within="单位", targets={}, reports={})
    return {tile.name: tile for tile in found}


def test_every_city_of_the_two_provinces_has_a_place_of_its_own(tree: Tree) -> None:
    for province, count in (("37", 16), ("41", 18)):
        places = [place for code, place in positions().items() if code.startswith(province)]
        assert len(places) == count
        assert len(set(places)) == count


def test_tiles_stand_where_cities_lie_and_others_below() -> None:
    found = tiles(row("3701", Level.CITY), row("3710", Level.CITY), row("379001", Level.COUNTY))
    assert (found["3701"].column, found["3701"].row) == (1, 1)
    assert found["3710"].column > found["3701"].column
    assert found["379001"].row > found["3701"].row


def test_tiles_without_known_places_fill_a_grid_with_zones_last() -> None:
    found = tiles(
        row("110171", Level.COUNTY, is_zone=True), *(row(f"1101{n:02}", Level.COUNTY) for n in range(1, 8))
    )
    places = {code: (tile.column, tile.row) for code, tile in found.items()}
    assert (places["110101"], places["110106"], places["110107"]) == ((0, 0), (5, 0), (0, 1))
    assert places["110171"] == (1, 1)


def test_tiles_say_their_band_in_words() -> None:
    assert [
        band_of(rate) for rate in (None, Fraction(1), Fraction(95, 100), Fraction(90, 100), Fraction(0))
    ] == [
        "neutral",
        "success",
        "success",
        "warning",
        "danger",
    ]
    found = tiles(row("3701", Level.CITY, 94), row("3702", Level.CITY, 10), row("3703", Level.CITY, 0, 0))
    assert [found[code].word for code in ("3701", "3702", "3703")] == ["接近", "差距大", "无数据"]
    assert found["3703"].shown == "—"


def test_a_township_is_there_or_not_and_measured_by_nothing_else() -> None:
    found = tiles(row("370102001", Level.TOWNSHIP, 1), row("370102002", Level.TOWNSHIP, 0))
    assert [(tile.shown, tile.word) for tile in found.values()] == [("", "已建"), ("", "未建")]


def test_wall_names_targets_blank_spots_and_items(month: Month, client_of: Any) -> None:
    ask(month)
    Establishment.objects.create(
        unit=month.tree["370102001"],
        state="established",
        valid_from=dt.date(2026, 1, 1),
        recorded_at=clock.start_of(dt.date(2026, 1, 1)),
    )
    Establishment.objects.create(
        unit=month.tree["370102002"],
        state="preparing",
        valid_from=dt.date(2026, 1, 1),
        recorded_at=clock.start_of(dt.date(2026, 1, 1)),
        planned_on=dt.date(2026, 12, 20),
    )
    wall = read_wall(month.cycle, month.tree.city, "established")
    assert [each.goal.key for each in wall.own_targets] == [RATE]
    assert wall.own_targets[0].now is not None
    assert wall.spots[0].unit_id == month.tree["370102002"].pk
    assert (len(wall.haves), len(wall.lacks)) == (6, 4)
    words = client_of(month.city).get(reverse("reporting:wall")).content.decode()
    assert "计划2026年12月20日" in words
    assert "符合进度" in words
    assert "缺编制" in words


def test_wall_leads_down_to_the_county_and_then_to_the_township(month: Month, client_of: Any) -> None:
    client = client_of(month.province)
    words = client.get(reverse("reporting:wall")).content.decode()
    assert f"unit={month.tree.city.pk}" in words
    county = client.get(reverse("reporting:wall"), {"unit": month.tree.county.pk}).content.decode()
    assert reverse("orgs:detail", args=[month.tree["370102001"].pk]) in county


def test_wall_of_a_county_names_its_villages_and_tiles_without_its_own_name(
    month: Month, client_of: Any
) -> None:
    county, village = month.tree.county, month.tree.village
    for unit in month.tree.at(Level.TOWNSHIP):
        Establishment.objects.create(
            unit=unit,
            state="established",
            valid_from=dt.date(2026, 1, 1),
            recorded_at=clock.start_of(dt.date(2026, 1, 1)),
        )
    wall = read_wall(month.cycle, county, "established")
    assert village.pk in {spot.unit_id for spot in wall.spots}
    assert wall.tiles
    assert not [tile.name for tile in wall.tiles if tile.name.startswith(county.name)]
    page = client_of(month.province).get(reverse("reporting:wall"), {"unit": county.pk})
    assert page.context["spot_levels"] == "乡镇、村"
    assert f"level={Level.VILLAGE.value}" in page.context["spots_url"]
    assert not [name for name, _planned, _url in page.context["spots"] if name.startswith(county.name)]
    above = read_wall(month.cycle, month.tree.city, "established")
    assert village.pk not in {spot.unit_id for spot in above.spots}


def test_wall_answers_nothing_while_nothing_moved(month: Month, client_of: Any) -> None:
    client = client_of(month.city)
    page = client.get(reverse("reporting:wall"))
    stamp = page.content.decode().split('"X-Board-Stamp": "')[1].split('"')[0]
    headers = {"hx-request": "true", "x-board-stamp": stamp}
    assert client.get(reverse("reporting:wall"), headers=headers).status_code == 204
    ask(month)
    assert client.get(reverse("reporting:wall"), headers=headers).status_code == 200
    page = client.get(reverse("reporting:wall"))
    headers["x-board-stamp"] = page.content.decode().split('"X-Board-Stamp": "')[1].split('"')[0]
    fill(month.county_report, 3)
    submit(report=month.county_report, by=month.clerk)
    answer = client.get(reverse("reporting:wall"), headers=headers)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div id="wall"')


def test_wall_takes_as_many_queries_for_a_county_as_for_the_province(month: Month) -> None:
    ask(month)

    def queries(unit: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            read_wall(month.cycle, unit, "timely")
        return len(seen)

    assert queries(month.tree.province) == queries(month.tree.city)
    assert queries(month.tree.province) <= 40


def test_movements_compare_the_units_that_are_in_for_both_months(tree: Tree, client_of: Any) -> None:
    with time_machine.travel(WHILE_FILLING.replace(month=10), tick=False):
        october = make_month(tree, dt.date(2026, 10, 1))
        taken_in(october, "370102", 10)
        taken_in(october, "370112", 50)
    with time_machine.travel(WHILE_FILLING, tick=False):
        november = Month(**(vars(october) | {"cycle": october.next(dt.date(2026, 11, 1))}))
        taken_in(november, "370102", 12)
        health = read_wall(november.cycle, tree.province, "established").movements[0]
        assert (health.value, health.month, health.year) == (Decimal(12), (Decimal(12), Decimal(10)), None)
        assert (health.on_month, health.on_year) == (Fraction(1, 5), None)
        page = client_of(november.province).get(f"{reverse('reporting:wall')}?cycle={november.cycle.pk}")
        assert "只比两期都已计入的单位" in page.content.decode()
        assert "20.0%" in page.content.decode()


def taken_in(month: Month, code: str, value: int) -> None:
    """A county's report with so many health events and its townships' with none, accepted by the city."""
    for below in Report.objects.filter(cycle=month.cycle, unit__parent=month.tree[code]):
        fill(below)
    report = month.report(code)
    fill(report, health_events=value, health_reached=value)
    submit(report=report, by=desk(month.tree[code]))
    accept(report=report, by=month.city)


def test_wall_of_a_unit_out_of_sight_is_absent(month: Month, client_of: Any) -> None:
    address, client = reverse("reporting:wall"), client_of(month.city)
    assert client.get(address, {"unit": month.tree.other_city.pk}).status_code == 404
    assert client.get(address, {"unit": month.tree.county.pk}).status_code == 200
    assert client.get(address, {"by": "nonsense"}).status_code == 200
