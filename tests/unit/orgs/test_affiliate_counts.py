"""What is counted of affiliates: the list's criteria, the overview, who works with whom, the monthly figures."""

import datetime as dt

import pytest
import time_machine

from core import clock
from core.actor import SYSTEM
from orgs.layouts.members import parse_split, split_words
from orgs.models import Affiliate
from orgs.selectors import affiliate_counts as counts
from orgs.selectors.affiliates import narrowed, unit_section, visible_affiliates, with_facts
from orgs.services import affiliate_facts
from sanzhang.models import Occupation
from sanzhang.services import leading, occupations, people
from sanzhang.services.people import PersonFacts
from tests.affiliates import affiliate, kind

DAY = dt.date(2024, 5, 1)
EARLIER = dt.date(2016, 1, 1)


@pytest.fixture
def several(tree):
    """Two societies and one federation of a county, one association of its township, one society elsewhere."""
    made = {
        "medicine": affiliate(tree.county, "历下区医学会", sector="医学", has_party_group=True),
        "farming": affiliate(tree.county, "历下区农学会", founded_on=dt.date(2020, 1, 1)),
        "fruit": affiliate(tree.township, "果树协会", "agri_association"),
        "elsewhere": affiliate(tree.other_county, "市南区医学会"),
    }
    affiliate_facts.set_members(affiliate=made["medicine"], as_of=DAY, personal=100, by=SYSTEM)
    affiliate_facts.set_members(affiliate=made["fruit"], as_of=DAY, personal=20, by=SYSTEM)
    affiliate_facts.add_unit_partners(affiliate=made["medicine"], units=[tree.township], since=DAY, by=SYSTEM)
    return made


@pytest.fixture
def doctor(tree):
    occupations.load_defaults(by=SYSTEM)
    known = PersonFacts(name="王秀兰", occupation=Occupation.objects.get(name="医院院长"), employer="区医院")
    return people.register(facts=known, unit=tree.county, by=SYSTEM)


def names(rows):
    return sorted(row.name for row in rows)


def test_scope_is_that_of_the_units(tree, several, clerk, other_clerk, province_official):
    assert names(visible_affiliates(clerk)) == ["历下区农学会", "历下区医学会", "果树协会"]
    assert names(visible_affiliates(other_clerk)) == ["市南区医学会"]
    assert len(visible_affiliates(province_official)) == 4


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"q": "yxh"}, []),
        ({"q": "lxqyxh"}, ["历下区医学会"]),
        ({"q": "医学 历下"}, ["历下区医学会"]),
        ({"group": "base"}, ["果树协会"]),
        ({"kind_key": "society"}, ["历下区农学会", "历下区医学会"]),
        ({"level": 4}, ["果树协会"]),
        ({"party": True}, ["历下区医学会"]),
        ({"party": False}, ["历下区农学会", "果树协会"]),
        ({"led": True}, ["历下区医学会"]),
        ({"led": False}, ["历下区农学会", "果树协会"]),
        ({"works_with": "unit"}, ["历下区医学会"]),
        ({"works_with": "school"}, []),
        ({"on": EARLIER}, ["历下区医学会", "果树协会"]),
        ({"state": "dormant"}, []),
        ({"state": "all", "on": EARLIER}, ["历下区农学会", "历下区医学会", "果树协会"]),
        ({"unit": 10**15}, []),
    ],
)
def test_list_is_narrowed_by(tree, several, doctor, clerk, criteria, found):
    leading.begin(affiliate=several["medicine"], person=doctor, role="president", since=DAY, by=clerk)
    assert names(narrowed(visible_affiliates(clerk), criteria)) == found


def test_list_is_narrowed_by_units(tree, several, province_official):
    visible = visible_affiliates(province_official)
    assert len(narrowed(visible, {"unit": tree.county.pk})) == 3
    assert len(narrowed(visible, {"unit": tree.county.pk, "own": True})) == 2
    assert len(narrowed(visible, {"city": tree.city.pk})) == 3
    assert len(narrowed(visible, {"township": tree.township.pk})) == 1
    assert names(narrowed(visible, {"partner": tree.township.pk})) == ["历下区医学会"]


def test_facts_of_a_day(tree, several, clerk):
    rows = {row.name: row for row in with_facts(visible_affiliates(clerk), DAY)}
    assert (rows["历下区医学会"].state, rows["历下区医学会"].personal) == ("normal", 100)
    assert (rows["历下区医学会"].partner_count, rows["历下区农学会"].partner_count) == (1, 0)
    past = {row.name: row for row in with_facts(visible_affiliates(clerk), EARLIER)}
    assert (past["历下区农学会"].state, past["历下区医学会"].personal) == ("", None)


def test_overview_adds_up_at_every_level(tree, several):
    province = counts.overview(tree.province)
    by_unit = {row.unit.name: row.total for row in province.rows}
    assert (by_unit["济南市"], by_unit["青岛市"], by_unit["直管县"], province.total) == (3, 1, 0, 4)
    county = counts.overview(tree.county)
    assert [(row.unit.name, row.is_own, row.total) for row in county.rows[:2]] == [
        ("历下区", True, 2),
        ("解放路街道", False, 1),
    ]
    assert county.totals == {kind().pk: 2, kind("agri_association").pk: 1}
    assert counts.overview(tree.county, EARLIER).total == 2


def test_overview_asks_the_same_for_any_size(tree, several, django_assert_num_queries):
    for unit in (tree.province, tree.county, tree.township):
        with django_assert_num_queries(3):
            counts.overview(unit)


def test_matrix_names_who_is_served_by_nobody(tree, several):
    found = counts.work_matrix(tree.county)
    assert [label for _key, label in found.columns] == ["解放路街道", "千佛山街道", "趵突泉街道"]
    assert {row.affiliate.name: row.total for row in found.rows} == {"历下区医学会": 1, "历下区农学会": 0}
    assert found.totals == [1, 0, 0]
    assert found.unserved == ["千佛山街道", "趵突泉街道"]
    assert counts.work_matrix(tree.county, on=EARLIER).totals == [0, 0, 0]


def test_matrix_of_named_partners(tree, several):
    for name in ("甲厂", "乙厂"):
        affiliate_facts.add_named_partner(
            affiliate=several["farming"], kind="enterprise", name=name, since=DAY, by=SYSTEM
        )
    found = counts.work_matrix(tree.county, partner_kind="enterprise")
    assert found.columns == [("乙厂", "乙厂"), ("甲厂", "甲厂")]
    assert counts.distinct_labels([(1, "东城街道"), (2, "东城街道")]) == ["东城街道", "东城街道（2）"]


def test_unit_section_costs_one_query(tree, several, django_assert_num_queries):
    with django_assert_num_queries(1):
        own = unit_section(tree.county)
    assert [(each.label, each.count) for each in own.kinds] == [("学会（协会、研究会）", 2)]
    township = unit_section(tree.township)
    assert ([each.label for each in township.kinds], township.serving[0].name) == (
        ["农村专业技术协会"],
        "历下区医学会",
    )


def test_monthly_figures_count_a_county_with_its_townships(tree, several, doctor, clerk):
    leading.begin(affiliate=several["medicine"], person=doctor, role="president", since=DAY, by=clerk)
    found = counts.counts_as_known(
        [tree.county, tree.township, tree.city, tree.other_county], clock.today(), clock.now()
    )
    assert found[tree.county.pk] == dict.fromkeys(counts.COUNTED, 0) | {
        "societies": 2,
        "societies_led": 1,
        "agri_associations": 1,
        "members": 120,
    }
    assert found[tree.township.pk]["agri_associations"] == 1
    assert sum(found[tree.city.pk].values()) == 0
    assert found[tree.other_county.pk]["societies"] == 1


def test_monthly_figures_do_not_move_by_what_is_recorded_later(tree, several, doctor):
    instant, day = clock.now(), clock.today()
    with time_machine.travel(instant + dt.timedelta(days=3), tick=False):
        affiliate(tree.county, "历下区林学会")
        affiliate_facts.exit_affiliate(affiliate=several["farming"], on=day, reason="注销", by=SYSTEM)
        affiliate_facts.set_members(affiliate=several["medicine"], as_of=day, personal=500, by=SYSTEM)
        leading.begin(affiliate=several["medicine"], person=doctor, role="president", since=DAY, by=SYSTEM)
        known_then = counts.counts_as_known([tree.county], day, instant)[tree.county.pk]
        assert (known_then["societies"], known_then["societies_led"], known_then["members"]) == (2, 0, 120)
        known_now = counts.counts_as_known([tree.county], day, clock.now() + dt.timedelta(seconds=1))[
            tree.county.pk
        ]
        assert (known_now["societies"], known_now["societies_led"], known_now["members"]) == (2, 1, 520)


def test_monthly_figures_ask_the_same_for_any_number_of_units(tree, several, django_assert_max_num_queries):
    everything = list(tree.units.values())
    with django_assert_max_num_queries(20):
        counts.counts_as_known(everything, clock.today(), clock.now())
    counties = [unit for unit in everything if unit.level == 3]
    with django_assert_max_num_queries(3):
        counts.counts_as_known(counties, clock.today(), clock.now())


def test_recounted_by_hand(tree, several):
    """The set-based figures against a plain loop over the rows."""
    today = clock.today()
    found = counts.counts_as_known([tree.county], today, clock.now())[tree.county.pk]
    standing = [
        row
        for row in Affiliate.objects.select_related("unit", "kind")
        if row.unit.county_id == tree.county.pk and any(s.holds_on(today) for s in row.states.all())
    ]
    for indicator in ("societies", "agri_associations", "transformed_orgs"):
        assert found[indicator] == sum(row.kind.indicator == indicator for row in standing)
    held = [fact.personal for row in standing for fact in row.members.all() if fact.holds_on(today)]
    assert found["members"] == sum(held)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("医务人员 120、教师 36人", {"医务人员": 120, "教师": 36}),
        ("医务人员：120\n\n教师36", {"医务人员": 120, "教师": 36}),
        ("", {}),
    ],
)
def test_members_by_occupation_are_read_as_people_write_them(text, found):
    assert parse_split(text) == found
    assert parse_split(split_words(found)) == found


@pytest.mark.parametrize("text", ["医务人员", "120", "教师 3、教师 4"])
def test_members_by_occupation_in_other_words_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_split(text)
