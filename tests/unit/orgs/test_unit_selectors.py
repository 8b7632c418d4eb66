"""What is asked of units."""

import datetime as dt

import pytest

from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors import units as selectors
from orgs.selectors.listing import narrowed
from orgs.services import facts

DAY = dt.date(2024, 5, 1)


@pytest.fixture
def established(tree):
    for code in ("37", "3701", "370102", "370102001"):
        facts.set_establishment(unit=tree[code], state="established", since=DAY, by=SYSTEM)
    facts.set_establishment(
        unit=tree.sister_township,
        state="absent",
        since=DAY,
        reason="未设编制",
        planned_on=dt.date(2027, 1, 1),
        responsible="张三",
        by=SYSTEM,
    )
    return tree


def names(units):
    return [unit.name for unit in units]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("历下", "历下区"),
        ("370102", "历下区"),
        ("lixia", "历下区"),
        ("lxq", "历下区"),
        ("LXQ", "历下区"),
        ("历下 jfl", "解放路街道"),
        ("370102001001", "青年东路社区"),
    ],
)
def test_search_by_name_code_pinyin_and_initials(tree, province_official, text, found):
    assert names(selectors.found_units(province_official, text))[0] == found


def test_search_finds_nothing_outside_the_reach(tree, clerk, other_clerk):
    assert names(selectors.found_units(clerk, "香港中路")) == []
    assert names(selectors.found_units(other_clerk, "香港中路")) == ["香港中路街道"]


def test_top_units_are_those_without_one_above_in_reach(tree, clerk, city_official):
    assert selectors.top_units(clerk) == [tree.county]
    assert selectors.top_units(city_official) == [tree.city]


def test_children_are_open_and_in_code_order(established):
    OrgUnit.objects.filter(pk=established["370102003"].pk).update(closed_on=DAY)
    children = selectors.children_of(established.county)
    assert [(unit.name, unit.state) for unit in children] == [
        ("解放路街道", "established"),
        ("千佛山街道", "absent"),
    ]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"established": "established", "level": 4}, {"解放路街道"}),
        (
            {"established": "blank", "county": "370102"},
            {"千佛山街道", "趵突泉街道", "青年东路社区", "历山路社区"},
        ),
        ({"established": "absent", "level": 4, "county": "370112"}, {"山大路街道", "洪家楼街道", "国有林场"}),
        ({"established": "preparing"}, set()),
        ({"kind": "zone"}, {"济南高新技术产业开发区"}),
        ({"expected": False}, {"国有林场"}),
        ({"parent": "3702"}, {"市南区", "市北区"}),
        ({"q": "sdl"}, {"山大路街道"}),
    ],
)
def test_narrowed_by_each_criterion(established, criteria, found):
    keyed = {
        key: established[value].pk if key in ("parent", "county", "city") else value
        for key, value in criteria.items()
    }
    assert set(names(narrowed(OrgUnit.objects.all(), keyed))) == found


def test_blank_spots_are_expected_and_not_established(established):
    spots = selectors.blank_spots(established.county, DAY, levels=[Level.TOWNSHIP])
    assert [(spot.name, spot.reason, spot.responsible) for spot in spots] == [
        ("历下区千佛山街道", "未设编制", "张三"),
        ("历下区趵突泉街道", "", ""),
    ]
    day_before = selectors.blank_spots(
        established.county, DAY - dt.timedelta(days=1), levels=[Level.TOWNSHIP]
    )
    assert len(day_before) == 3


def test_blank_spots_leave_out_what_is_not_expected(established):
    codes = [spot.division_code for spot in selectors.blank_spots(established.sister_county, DAY)]
    assert "370112400" not in codes
    facts.confirm_expected(unit=established["370112400"], expected=True, on=DAY, by=SYSTEM)
    assert "370112400" in [
        spot.division_code for spot in selectors.blank_spots(established.sister_county, DAY)
    ]


def test_level_counts_agree_with_the_blank_spots(established):
    for unit in (established.province, established.city, established.county):
        spots = [spot for spot in selectors.blank_spots(unit, DAY) if spot.level > unit.level]
        counts = selectors.level_counts(unit, DAY)
        assert sum(count.blank for count in counts) == len(spots)
    county = selectors.level_counts(established.county, DAY)
    assert [(count.level, count.units, count.expected, count.established) for count in county] == [
        (Level.TOWNSHIP, 3, 3, 1),
        (Level.VILLAGE, 2, 2, 0),
    ]
    assert county[0].rate == pytest.approx(1 / 3)


def test_unit_facts_cost_the_same_for_every_unit(established, django_assert_num_queries):
    for unit in (established.province, established.village):
        with django_assert_num_queries(6):
            selectors.unit_facts(unit)


def test_proposed_units_wait_for_whoever_may_confirm(tree, city_official, clerk):
    assert names(selectors.proposed_unexpected(city_official)) == ["国有林场"]
    assert names(selectors.proposed_unexpected(clerk)) == []
    facts.confirm_expected(unit=tree["370112400"], expected=False, on=DAY, by=city_official)
    assert names(selectors.proposed_unexpected(city_official)) == []
