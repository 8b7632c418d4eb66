"""Coverage of 六有 and 四缺 by level, child and day; before and after; the units behind a number."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from core.actor import SYSTEM
from orgs.choices import Level
from orgs.exporters.facts import FACT_EXPORTERS
from orgs.selectors import items
from orgs.services import facts as services

DAY, LATER = dt.date(2024, 5, 1), dt.date(2025, 5, 1)
EXPORTERS = {exporter.kind: exporter for exporter in FACT_EXPORTERS}


@pytest.fixture
def covered(tree):
    """Of the townships one has premises since 2024 and one since 2025; the unexpected forest has them too."""
    services.set_items(unit=tree.township, haves=["premises", "staff"], lacks=["posts"], on=DAY, by=SYSTEM)
    services.set_items(unit=tree["370112001"], haves=["premises"], lacks=[], on=LATER, by=SYSTEM)
    services.set_items(unit=tree["370112400"], haves=["premises"], lacks=[], on=DAY, by=SYSTEM)
    services.set_items(unit=tree["379001100"], haves=["funding"], lacks=[], on=DAY, by=SYSTEM)
    return tree


def counts(table, key):
    return {row.name: (row.count(key), row.expected) for row in table.rows}


def test_items_are_counted_by_child_among_expected_units(covered):
    found = items.item_table(covered.city, Level.TOWNSHIP, LATER)
    assert counts(found, "haves.premises") == {
        "历下区": (1, 3),
        "历城区": (1, 2),
        "济南高新技术产业开发区": (0, 1),
    }
    assert (found.whole.count("haves.premises"), found.whole.expected) == (2, 6)
    assert found.whole.count("lacks.posts") == 1


def test_county_directly_under_the_province_is_a_child_of_it(covered):
    found = items.item_table(covered.province, Level.TOWNSHIP, LATER)
    assert counts(found, "haves.funding")["直管县"] == (1, 1)
    assert sum(row.expected for row in found.rows) == found.whole.expected


def test_items_are_those_of_the_day(covered):
    before = items.item_table(covered.city, Level.TOWNSHIP, LATER - dt.timedelta(days=1))
    assert before.whole.count("haves.premises") == 1
    assert items.item_table(covered.city, Level.TOWNSHIP, DAY - dt.timedelta(days=1)).whole.counts == {}


def test_township_counts_itself(covered):
    found = items.item_table(covered.township, Level.TOWNSHIP, DAY)
    assert (found.whole.count("haves.staff"), found.whole.expected, found.rows) == (1, 1, [])


def test_two_days_are_compared_item_by_item(covered):
    before, after = (items.item_table(covered.city, Level.TOWNSHIP, day).whole for day in (DAY, LATER))
    changes = {change.key: change for change in items.changes_between(before, after)}
    premises = changes["haves.premises"]
    assert (premises.count_before, premises.count_after) == (1, 2)
    assert float(premises.change) == pytest.approx(1 / 6)
    assert changes["haves.nameplate"].change == 0


def test_rate_without_expected_units_is_absent(covered):
    row = items.ItemRow(1, "无", Level.COUNTY)
    assert row.rate("haves.staff") is None


def test_units_behind_a_number_are_those_counted(covered):
    options = {"level": Level.TOWNSHIP, "key": "haves.premises", "day": LATER}
    having = items.units_holding(covered.city, holds=True, **options)
    others = items.units_holding(covered.city, holds=False, **options)
    assert {row.division_code for row in having} == {"370102001", "370112001"}
    assert len(having) + len(others) == items.item_table(covered.city, Level.TOWNSHIP, LATER).whole.expected
    assert [
        row.division_code for row in items.units_holding(covered.city, holds=True, text="山大", **options)
    ] == ["370112001"]


def test_table_costs_the_same_for_every_unit(covered, django_assert_num_queries):
    for unit in (covered.province, covered.township):
        with django_assert_num_queries(4 if unit.level < Level.TOWNSHIP else 3):
            items.item_table(unit, Level.TOWNSHIP, LATER)


def test_page_leads_from_the_number_to_the_units(covered, city_official, client_of):
    client = client_of(city_official)
    where = reverse("orgs:item_coverage")
    page = client.get(where, {"on": "2025-05-01", "since": "2024-05-01"})
    assert page.status_code == 200
    links = [
        cell.href
        for row in page.context["table"].rows
        for cell in row.cells
        if cell.href and "item=" in cell.href
    ]
    shown = client.get(links[0])
    assert shown.context["page"].paginator.count == 2
    assert "前后对比" in page.content.decode()


def test_page_of_a_foreign_unit_is_absent(covered, clerk, client_of):
    client = client_of(clerk)
    for name in ("item_coverage", "item_holders"):
        where = reverse(f"orgs:{name}")
        query = {"item": "haves.staff", "level": "4"}
        assert client.get(where, query | {"unit": covered.county.pk}).status_code == 200
        assert client.get(where, query | {"unit": covered.other_county.pk}).status_code == 404
        assert client.get(where, query | {"unit": "1e9"}).status_code == 404
    assert client.get(reverse("orgs:item_holders"), {"item": "haves.nothing"}).status_code == 404


def test_a_day_to_come_is_refused_by_its_field(covered, clerk, client_of):
    shown = client_of(clerk).get(reverse("orgs:item_coverage"), {"on": "2999-01-01"})
    assert "日期不能晚于今天" in shown.content.decode()


def test_sheet_holds_what_the_page_shows(covered, city_official, tmp_path):
    path = tmp_path / "file"
    params = {"unit": str(covered.city.pk), "level": "4", "on": "2025-05-01", "since": "2024-05-01"}
    EXPORTERS["orgs.item_coverage"].build(city_official, params, str(path), lambda *args: None)
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    rows = list(book["六有四缺"].iter_rows(min_row=3, values_only=True))
    assert rows[0][:3] == ("单位", "应建", "有固定场所")
    assert rows[-1][:3] == ("济南市", 6, 2)
    assert book["前后对比"].max_row == 13
