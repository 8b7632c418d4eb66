"""A new year's divisions against the tree: exactly the differences are found, decided, carried out and gone."""

from pathlib import Path

import pytest
from django.conf import settings

from core import clock
from core.actor import SYSTEM
from orgs.choices import Decision, EditionCause, UnitKind
from orgs.models import OrgUnit, Succession, UnitEdition
from orgs.rules.divisions import DivisionRow
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising, yearly
from orgs.services.divisions import import_divisions

DATA = Path(settings.BASE_DIR) / "orgs" / "data"
DOCUMENT = "国统字〔2026〕12号"

FIRST_YEAR = {
    "37": "山东省",
    "3701": "济南市",
    "370102": "历下区",
    "370102001": "解放路街道",
    "370102001001": "青年东路社区居民委员会",
    "370102001002": "历山路社区居民委员会",
    "370102002": "千佛山街道",
    "370102002001": "佛山苑社区居民委员会",
    "370102002002": "棋盘街社区居民委员会",
    "370102003": "趵突泉街道",
    "370102003001": "泉景社区居民委员会",
    "370102003002": "杆石桥社区居民委员会",
    "370103": "市中区",
    "370103001": "大观园街道",
    "370103001001": "万达社区居民委员会",
    "370103001002": "永庆街社区居民委员会",
    "370103002": "七里山街道",
    "370103002001": "南村社区居民委员会",
    "370103002002": "北村社区居民委员会",
    "370103002003": "东村社区居民委员会",
    "370103002004": "西村社区居民委员会",
    "370124": "平阴县",
    "370124001": "榆山街道",
    "370124001201": "张家村村民委员会",
    "370124001202": "李家村村民委员会",
}


def rows_of(names):
    return [DivisionRow(line, code, name) for line, (code, name) in enumerate(names.items(), start=2)]


def next_year(names):
    """A merge, a split, a rename, a move, a new zone, a county recoded with its units, a village that became a
    community, and two that exchanged their codes."""
    year = dict(names)
    del year["370102002"]
    year["370102001101"] = year.pop("370102002001")
    year["370102001102"] = year.pop("370102002002")
    year["370102003"] = "泉城街道"
    year["370102003001"], year["370102003002"] = year["370102003002"], year["370102003001"]
    for code in ("370103001", "370103001001", "370103001002"):
        year[code.replace("370103001", "370102009")] = year.pop(code)
    del year["370103002"]
    year["370103011"], year["370103012"] = "兴隆街道", "十六里河街道"
    for old, new in (("001", "011001"), ("002", "011002"), ("003", "012001"), ("004", "012002")):
        year[f"370103{new}"] = year.pop(f"370103002{old}")
    for code in [code for code in year if code.startswith("370124")]:
        year[code.replace("370124", "370190")] = year.pop(code)
    year["370190"] = "平阴区"
    del year["370190001201"]
    year["370190001001"] = "张家社区居民委员会"
    year |= {"370171": "济南高新技术产业开发区", "370171001": "舜华路街道"}
    return year


@pytest.fixture
def land(db):
    import_divisions(rows=rows_of(FIRST_YEAR), by=SYSTEM)
    return {unit.division_code: unit for unit in OrgUnit.objects.all()}


def compared(names, by=SYSTEM):
    return yearly.compare_divisions(rows=rows_of(names), year=2026, file_name="2026.csv", by=by)


def settle(update, by=SYSTEM):
    """Accept what is sure, and decide the rest by its proposal."""
    yearly.accept_sure(update=update, by=by)
    for change in update.changes.undecided():
        yearly.decide(
            update=update,
            change=change,
            decision=change.proposal["decision"],
            targets=change.proposal["targets"],
            by=by,
        )


def carry_out(update, by=SYSTEM, by_county=False):
    drafts = yearly.draft_reorganisations(
        update=update, document=DOCUMENT, effective_on=clock.today(), by_county=by_county, by=by
    )
    seen = {draft.pk: reorganising.preview(draft).digest for draft in drafts}
    return yearly.apply_drafts(update=update, seen=seen, by=by)


def found(update):
    return {(change.kind, change.old_code, change.division_code) for change in update.changes.all()}


def test_second_year_comparison_finds_exactly_what_changed(land):
    update = compared(next_year(FIRST_YEAR))
    assert found(update) == {
        ("gone", "370102002", "370102002"),
        ("moved", "370102002001", "370102001101"),
        ("moved", "370102002002", "370102001102"),
        ("renamed", "370102003", "370102003"),
        ("recoded", "370102003001", "370102003002"),
        ("recoded", "370102003002", "370102003001"),
        ("moved", "370103001", "370102009"),
        ("gone", "370103002", "370103002"),
        ("added", "", "370103011"),
        ("added", "", "370103012"),
        ("moved", "370103002001", "370103011001"),
        ("moved", "370103002002", "370103011002"),
        ("moved", "370103002003", "370103012001"),
        ("moved", "370103002004", "370103012002"),
        ("recoded", "370124", "370190"),
        ("recoded", "370124001201", "370190001001"),
        ("added", "", "370171"),
        ("added", "", "370171001"),
    }
    gone = update.changes.get(division_code="370102002")
    assert gone.is_sure
    assert gone.proposal["decision"] == Decision.MERGE
    assert gone.proposal["targets"] == [f"u{land['370102001'].pk}"]
    assert "下级 2 个中 2 个" in gone.proposal["evidence"]
    split = update.changes.get(division_code="370103002")
    assert not split.is_sure
    assert split.proposal["decision"] == Decision.SPLIT
    assert len(split.proposal["targets"]) == 2


@pytest.mark.parametrize("by_county", [False, True])
def test_second_year_carried_out_leaves_nothing_to_compare_and_the_past_alone(land, by_county):
    past = list(
        UnitEdition.objects.order_by("pk").values_list("unit_id", "name", "division_code", "parent_id")
    )
    update = compared(next_year(FIRST_YEAR))
    settle(update)
    done = carry_out(update, by_county=by_county)
    assert len(done) == (3 if by_county else 1)
    assert verify_tree() == []
    assert compared(next_year(FIRST_YEAR)).changes.count() == 0
    fields = ("unit_id", "name", "division_code", "parent_id")
    kept = UnitEdition.objects.filter(
        pk__in=UnitEdition.objects.filter(cause=EditionCause.IMPORTED).values("pk")
    )
    assert list(kept.order_by("pk").values_list(*fields)) == past
    merged = OrgUnit.objects.get(pk=land["370102002"].pk)
    assert merged.closed_on == clock.today()
    assert Succession.objects.get(predecessor=merged).successor_id == land["370102001"].pk
    assert Succession.objects.filter(predecessor=land["370103002"], cause=EditionCause.SPLIT).count() == 2
    community = OrgUnit.objects.get(pk=land["370124001201"].pk)
    assert (community.division_code, community.name) == ("370190001001", "张家社区居民委员会")
    assert OrgUnit.objects.get(pk=land["370124001202"].pk).division_code == "370190001202"
    assert OrgUnit.objects.get(pk=land["370102003001"].pk).division_code == "370102003002"
    assert OrgUnit.objects.open().get(division_code="370171").kind == UnitKind.ZONE


def test_second_year_undone_gives_the_same_differences_again(land):
    names = next_year(FIRST_YEAR)
    update = compared(names)
    settle(update)
    (done,) = carry_out(update)
    reorganising.undo(reorganisation=done, reason="文号有误", by=SYSTEM)
    assert verify_tree() == []
    assert found(compared(names)) == found(update)
    (again,) = carry_out(update)
    assert again.pk != done.pk
    assert compared(names).changes.count() == 0
