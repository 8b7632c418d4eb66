"""Each act of a reorganisation: what becomes of the tree, the lives of the units and the links between them."""

import datetime as dt

import pytest

from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from orgs.choices import ActKind, EditionCause, Level, ReorganisationState
from orgs.models import OrgUnit, Succession, UnitEdition
from orgs.rules.reorganising import Line
from orgs.selectors.reorganisations import carried_on_by
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising
from orgs.services import tree as tree_services
from orgs.services.reorganising.previewing import plan_of, plan_problems
from tests.reorganised import applied, drafted, fresh

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 5, 1)


def merge(unit, into):
    return Line(ActKind.MERGE, unit_id=unit.pk, into_id=into.pk)


def test_merging_a_county_closes_it_and_its_townships_follow(tree):
    held = applied(tree.province, [merge(tree.county, tree.sister_county)], on=DAY)
    county, township = fresh(tree.county), fresh(tree.township)
    assert county.closed_on == DAY
    assert (township.parent_id, township.county_id) == (tree.sister_county.pk, tree.sister_county.pk)
    assert township.display_name == "历城区解放路街道"
    assert fresh(tree.village).display_name == "历城区解放路街道青年东路社区"
    link = Succession.objects.get()
    assert (link.predecessor_id, link.successor_id, link.on) == (county.pk, tree.sister_county.pk, DAY)
    assert (link.cause, link.is_main, link.reorganisation_id) == (EditionCause.MERGED, True, held.pk)
    assert not UnitEdition.objects.filter(unit=county, valid_to=None).exists()
    assert UnitEdition.objects.get(unit=township, valid_to=None).cause == EditionCause.MOVED
    assert held.unit_id == tree.city.pk
    assert carried_on_by([county.pk]) == {county.pk: tree.sister_county.pk}
    assert verify_tree() == []


def test_merging_two_into_a_new_one_under_the_code_of_the_first(tree):
    lines = [
        Line(ActKind.OPEN, parent_id=tree.city.pk, name="历山区", division_code="370102"),
        Line(ActKind.MERGE, unit_id=tree.county.pk, opens=0),
        Line(ActKind.MERGE, unit_id=tree.sister_county.pk, opens=0),
    ]
    applied(tree.province, lines, on=DAY)
    new = OrgUnit.objects.open().get(division_code="370102")
    assert (new.name, new.level, new.opened_on, new.city_id) == ("历山区", Level.COUNTY, DAY, tree.city.pk)
    assert new.editions.get().cause == EditionCause.MERGED
    assert set(OrgUnit.objects.open().filter(parent=new).values_list("name", flat=True)) == {
        *("解放路街道", "千佛山街道", "趵突泉街道", "山大路街道", "洪家楼街道", "国有林场"),
    }
    assert Succession.objects.filter(successor=new).count() == 2
    assert verify_tree() == []


def split_lines(tree, *, main=0):
    return [
        Line(ActKind.OPEN, parent_id=tree.city.pk, name="历东区", division_code="370103"),
        Line(ActKind.OPEN, parent_id=tree.city.pk, name="历西区", division_code="370104"),
        Line(ActKind.SPLIT, unit_id=tree.county.pk, opens=0, is_main=main == 0),
        Line(ActKind.SPLIT, unit_id=tree.county.pk, opens=1, is_main=main == 1),
        Line(ActKind.MOVE, unit_id=tree.township.pk, opens=0),
        Line(ActKind.MOVE, unit_id=tree.sister_township.pk, opens=1),
        Line(ActKind.MOVE, unit_id=tree["370102003"].pk, opens=1),
    ]


def test_split_gives_each_part_its_children_and_one_the_work(tree):
    applied(tree.province, split_lines(tree, main=1), on=DAY)
    east, west = (OrgUnit.objects.get(name=name) for name in ("历东区", "历西区"))
    assert fresh(tree.county).closed_on == DAY
    assert fresh(tree.township).county_id == east.pk
    assert fresh(tree.sister_township).county_id == west.pk
    assert {link.successor_id: link.is_main for link in Succession.objects.all()} == {
        east.pk: False,
        west.pk: True,
    }
    assert carried_on_by([tree.county.pk]) == {tree.county.pk: west.pk}
    assert east.editions.get().cause == EditionCause.SPLIT
    assert verify_tree() == []


def test_split_off_leaves_the_unit_standing(tree):
    lines = [
        Line(ActKind.OPEN, parent_id=tree.city.pk, name="历西区", division_code="370104"),
        Line(ActKind.SPLIT, unit_id=tree.county.pk, into_id=tree.county.pk, is_main=True),
        Line(ActKind.SPLIT, unit_id=tree.county.pk, opens=0),
        Line(ActKind.MOVE, unit_id=tree.township.pk, opens=0),
    ]
    applied(tree.province, lines, on=DAY)
    assert fresh(tree.county).closed_on is None
    assert Succession.objects.get().successor.name == "历西区"
    assert fresh(tree.township).county.name == "历西区"
    assert verify_tree() == []


def test_rename_reaches_full_names_below(tree):
    applied(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")], on=DAY)
    assert fresh(tree.county).initials == "lsq"
    assert fresh(tree.village).display_name == "历上区解放路街道青年东路社区"
    assert UnitEdition.objects.get(unit=tree.village, valid_to=None).cause == EditionCause.RENAMED
    assert verify_tree() == []


def test_two_units_exchange_their_codes_and_those_below_follow(tree):
    lines = [
        Line(ActKind.RECODE, unit_id=tree.township.pk, division_code="370102002"),
        Line(ActKind.RECODE, unit_id=tree.sister_township.pk, division_code="370102001"),
    ]
    applied(tree.province, lines, on=DAY)
    assert fresh(tree.township).division_code == "370102002"
    assert fresh(tree.sister_township).division_code == "370102001"
    assert fresh(tree.village).division_code == "370102002001"
    assert verify_tree() == []


def test_move_to_another_city(tree):
    applied(
        tree.province,
        [
            Line(
                ActKind.MOVE,
                unit_id=tree.sister_county.pk,
                parent_id=tree.other_city.pk,
                division_code="370212",
            )
        ],
        on=DAY,
    )
    township = fresh(tree["370112001"])
    assert (township.city_id, township.division_code) == (tree.other_city.pk, "370212001")
    past = UnitEdition.objects.on(DAY - dt.timedelta(days=1)).get(unit=township)
    assert (past.city_id, past.division_code) == (tree.city.pk, "370112001")
    assert verify_tree() == []


def test_township_raised_to_a_county_takes_its_villages_along(tree):
    line = Line(
        ActKind.RELEVEL,
        unit_id=tree.township.pk,
        parent_id=tree.city.pk,
        division_code="370105",
        name="解放区",
    )
    applied(tree.province, [line], on=DAY)
    county, village = fresh(tree.township), fresh(tree.village)
    assert (county.level, county.parent_id, county.display_name) == (Level.COUNTY, tree.city.pk, "解放区")
    assert (village.county_id, village.township_id) == (county.pk, None)
    assert UnitEdition.objects.get(unit=county, valid_to=None).cause == EditionCause.RELEVELLED
    assert verify_tree() == []


def test_county_lowered_to_a_township(tree):
    lines = [
        Line(ActKind.CLOSE, unit_id=tree["379001100"].pk),
        Line(
            ActKind.RELEVEL,
            unit_id=tree["379001"].pk,
            parent_id=tree.county.pk,
            division_code="370102100",
            name="城关镇",
        ),
    ]
    applied(tree.province, lines, on=DAY)
    assert fresh(tree["379001"]).display_name == "历下区城关镇"
    assert fresh(tree["379001100"]).closed_on == DAY
    assert verify_tree() == []


def test_opening_a_county_with_its_first_township(tree):
    lines = [
        Line(ActKind.OPEN, parent_id=tree.city.pk, name="新区", division_code="370172"),
        Line(ActKind.OPEN, opens=0, name="新街道", division_code="370172001"),
    ]
    applied(tree.province, lines, on=DAY)
    county = OrgUnit.objects.get(name="新区")
    assert (county.kind, county.is_expected) == ("zone", False)
    assert OrgUnit.objects.get(name="新街道").parent_id == county.pk
    assert verify_tree() == []


def test_closing_hands_its_work_to_nobody_but_what_stands_above(tree):
    applied(tree.province, [Line(ActKind.CLOSE, unit_id=tree.village.pk)], on=DAY)
    assert fresh(tree.village).closed_on == DAY
    assert carried_on_by([tree.village.pk]) == {tree.village.pk: tree.township.pk}
    assert verify_tree() == []


def test_homonymous_counties_stand_with_their_city(tree):
    applied(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="市南区")], on=DAY)
    assert fresh(tree.county).display_name == "济南市市南区"


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (lambda t: [], ["nothing"]),
        (lambda t: [merge(t.county, t.county)], ["itself"]),
        (lambda t: [merge(t.township, t.sister_county)], ["successor_level"]),
        (lambda t: [merge(t.county, t.sister_county), merge(t.county, t.other_county)], ["twice"]),
        (
            lambda t: [merge(t.county, t.sister_county), merge(t.sister_county, t.other_county)],
            ["closed_successor"],
        ),
        (
            lambda t: [
                merge(t.township, t.sister_township),
                Line(ActKind.RENAME, unit_id=t.township.pk, name="新名街道"),
            ],
            ["contradiction"],
        ),
        (lambda t: [Line(ActKind.CLOSE, unit_id=t.county.pk)], ["homeless"]),
        (
            lambda t: [Line(ActKind.SPLIT, unit_id=t.village.pk, into_id=t["370102001002"].pk, is_main=True)],
            ["split_alone"],
        ),
        (lambda t: [Line(ActKind.RENAME, unit_id=t.county.pk, name="历下区")], ["same_name"]),
        (lambda t: [Line(ActKind.RENAME, unit_id=t.county.pk, name="")], ["no_name"]),
        (lambda t: [Line(ActKind.RECODE, unit_id=t.county.pk, division_code="37010")], ["bad_code"]),
        (lambda t: [Line(ActKind.RECODE, unit_id=t.county.pk, division_code="370102")], ["same_code"]),
        (lambda t: [Line(ActKind.RECODE, unit_id=t.county.pk, division_code="370112")], ["duplicate"]),
        (lambda t: [Line(ActKind.RECODE, unit_id=t.county.pk, division_code="370205")], ["prefix"]),
        (lambda t: [Line(ActKind.MOVE, unit_id=t.county.pk, parent_id=t.city.pk)], ["same_parent"]),
        (lambda t: [Line(ActKind.MOVE, unit_id=t.county.pk)], ["no_parent"]),
        (lambda t: [Line(ActKind.MOVE, unit_id=t.county.pk, parent_id=t.village.pk)], ["ring"]),
        (lambda t: [Line(ActKind.MOVE, unit_id=t.county.pk, parent_id=t.other_county.pk)], ["level"]),
        (
            lambda t: [Line(ActKind.RELEVEL, unit_id=t.county.pk, division_code="370105")],
            ["same_level"],
        ),
        (lambda t: [Line(ActKind.CLOSE, unit_id=t.province.pk)], ["province"]),
        (
            lambda t: [
                Line(ActKind.MOVE, unit_id=t.township.pk, parent_id=t.sister_county.pk),
                Line(ActKind.MOVE, unit_id=t.township.pk, parent_id=t.other_county.pk),
            ],
            ["twice"],
        ),
    ],
)
def test_preview_names_what_stands_against_it(tree, make, codes):
    held = drafted(tree.province, [], on=DAY)
    plan = plan_of(held, make(tree))
    assert sorted({problem.code for problem in plan_problems(plan)}) == codes


def test_two_units_cannot_hang_on_each_other(tree):
    lines = [
        Line(ActKind.MOVE, unit_id=tree.township.pk, parent_id=tree.village.pk),
    ]
    held = drafted(tree.province, [], on=DAY)
    with pytest.raises(DomainError) as refused:
        reorganising.set_lines(reorganisation=held, lines=lines, by=SYSTEM)
    assert "ring" in {problem.code for problem in refused.value.problems}


def test_split_without_a_main_part_is_told(tree):
    held = drafted(tree.province, split_lines(tree, main=2), on=DAY)
    assert "no_main" in {problem.code for problem in reorganising.preview(held).problems}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"document": ""}, ["no_document"]),
        ({"effective_on": None}, ["no_day"]),
        ({"effective_on": dt.date(2999, 1, 1)}, ["future"]),
        ({"effective_on": dt.date(2010, 1, 1)}, ["before_history"]),
    ],
)
def test_basis_and_day_are_demanded(tree, changes, codes):
    held = drafted(tree.province, [merge(tree.county, tree.sister_county)], on=DAY)
    basis = {"title": "撤并", "document": "某政发〔2024〕1号", "effective_on": DAY} | changes
    held = reorganising.set_basis(reorganisation=held, by=SYSTEM, **basis)
    found = reorganising.preview(held)
    assert [problem.code for problem in found.problems] == codes
    with pytest.raises(DomainError):
        reorganising.apply(reorganisation=held, seen=found.digest, by=SYSTEM)
    assert fresh(tree.county).closed_on is None


def test_what_changed_since_the_preview_is_not_carried_out(tree):
    held = drafted(tree.province, [merge(tree.county, tree.sister_county)], on=clock.today())
    seen = reorganising.preview(held).digest
    tree_services.rename(unit=tree.township, name="解放街道", on=DAY, basis="", by=SYSTEM)
    with pytest.raises(Conflict):
        reorganising.apply(reorganisation=held, seen=seen, by=SYSTEM)
    assert fresh(tree.county).closed_on is None


def test_applied_once_only(tree):
    held = applied(tree.province, [merge(tree.county, tree.sister_county)], on=DAY)
    with pytest.raises(Conflict):
        reorganising.apply(reorganisation=held, seen="", by=SYSTEM)
    assert held.state == ReorganisationState.APPLIED
    event = AuditEvent.objects.get(kind="orgs.reorganised")
    assert event.data["closed"] == [tree.county.pk]
    assert AuditEvent.objects.get(kind="orgs.unit_reorganised").object_id == str(tree.county.pk)
