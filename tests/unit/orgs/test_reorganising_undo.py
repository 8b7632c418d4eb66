"""The way back: every row as it was, in trees and reorganisations made at random, and what stands in the way."""

import datetime as dt
import random

import pytest
import time_machine

from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from orgs.choices import (
    CODE_DIGITS,
    ActKind,
    EstablishmentState,
    HavesItem,
    Level,
    OfficerRole,
    ReorganisationState,
)
from orgs.models import Cohort, CohortMember, Establishment, OrgUnit, SixHaves, UnitOfficer
from orgs.rules.reorganising import Line
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising
from orgs.services import tree as tree_services
from tests.factories import make_tree, user_at
from tests.reorganised import applied, fresh, picture

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 5, 1)


def furnish(units, chance):
    """Facts of many units, so that something hangs on each."""
    owner = next(unit for unit in units if unit.level == Level.PROVINCE)
    cohort = Cohort.objects.create(owner=owner, name=f"试点{chance.random()}", is_pilot=True)
    known = {"valid_from": dt.date(2020, 1, 1)}
    for unit in units:
        if chance.random() < 0.7:
            Establishment.objects.create(unit=unit, state=EstablishmentState.ESTABLISHED, **known)
        if chance.random() < 0.5:
            SixHaves.objects.create(unit=unit, item=chance.choice(HavesItem.values), **known)
            UnitOfficer.objects.create(unit=unit, role=OfficerRole.LIAISON, name="某某", **known)
        if chance.random() < 0.3:
            CohortMember.objects.create(cohort=cohort, unit=unit, **known)
        if chance.random() < 0.2:
            user_at(unit)


def random_names(chance):
    names = {"37": "某省"}
    for city in range(1, 3):
        names[f"37{city:02}"] = f"第{city}市"
        for county in range(2, 2 + chance.randint(2, 3)):
            code = f"37{city:02}{county:02}"
            names[code] = f"县{code}"
            for township in range(1, chance.randint(2, 4)):
                names[f"{code}{township:03}"] = f"镇{code}{township}"
                for village in range(chance.randint(0, 2)):
                    names[f"{code}{township:03}{village:03}"] = f"村{township}{village}"
    return names


def random_lines(chance):
    """A few acts on different units; some of them cannot be and are refused."""
    units = list(OrgUnit.objects.open().filter(level__gt=Level.PROVINCE).order_by("pk"))
    lines, used = [], set()
    for unit in chance.sample(units, min(len(units), chance.randint(1, 5))):
        if used & set(unit.ancestor_ids()):
            continue
        used.add(unit.pk)
        peers = [
            each for each in units if each.level == unit.level and each.pk != unit.pk and each.pk not in used
        ]
        above = [each for each in units if each.level < unit.level and each.pk != unit.parent_id]
        free = unit.division_code[: CODE_DIGITS[Level(unit.level)] - 2] + f"{chance.randint(80, 99)}"
        kind = chance.choice([ActKind.MERGE, ActKind.MOVE, ActKind.RENAME, ActKind.RECODE, "new"])
        if kind == ActKind.MERGE and peers:
            peer = chance.choice(peers)
            used.add(peer.pk)
            lines.append(Line(kind, unit_id=unit.pk, into_id=peer.pk))
        elif kind == ActKind.MOVE and above:
            lines.append(Line(kind, unit_id=unit.pk, parent_id=chance.choice(above).pk))
        elif kind == ActKind.RENAME:
            lines.append(Line(kind, unit_id=unit.pk, name=f"新名{chance.randint(1, 999)}"))
        elif kind == ActKind.RECODE:
            lines.append(Line(kind, unit_id=unit.pk, division_code=free))
        else:
            place = len(lines)
            lines.append(Line(ActKind.OPEN, parent_id=unit.parent_id, name="新设", division_code=free))
            lines.append(Line(ActKind.MERGE, unit_id=unit.pk, opens=place))
    return lines


@pytest.mark.parametrize("seed", range(24))
def test_what_is_applied_and_undone_leaves_every_row_as_it_was(db, seed):
    chance = random.Random(seed)
    tree = make_tree(random_names(chance))
    tree_services.rebuild(by=SYSTEM)
    furnish(list(tree.units.values()), chance)
    done = 0
    for _attempt in range(6):
        before = picture()
        try:
            held = applied(tree.province, random_lines(chance), on=DAY)
        except DomainError:
            assert picture() == before
            continue
        assert verify_tree() == []
        assert picture() != before
        reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
        after = picture()
        assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
        assert verify_tree() == []
        done += 1
    assert done or seed


def test_one_after_the_other_in_a_random_tree_stays_sound(db):
    chance = random.Random(77)
    tree = make_tree(random_names(chance))
    furnish(list(tree.units.values()), chance)
    done = 0
    for step in range(25):
        try:
            applied(tree.province, random_lines(chance), on=DAY + dt.timedelta(days=step))
            done += 1
        except DomainError:
            continue
        assert verify_tree() == [], step
    assert done > 5


@pytest.fixture
def merged(tree):
    with time_machine.travel(dt.datetime(2027, 7, 1, 9), tick=False):
        return applied(
            tree.province,
            [Line(ActKind.MERGE, unit_id=tree.county.pk, into_id=tree.sister_county.pk)],
        )


def test_undo_is_on_record_and_done_once(tree, merged):
    held = reorganising.undo(reorganisation=merged, reason="文件作废", by=SYSTEM)
    assert (held.state, held.undone_reason) == (ReorganisationState.UNDONE, "文件作废")
    assert fresh(tree.county).closed_on is None
    assert "文件作废" in AuditEvent.objects.get(kind="orgs.reorganisation_undone").summary
    with pytest.raises(Conflict):
        reorganising.undo(reorganisation=merged, reason="再撤", by=SYSTEM)


def test_undo_wants_a_reason(tree, merged):
    with pytest.raises(DomainError) as refused:
        reorganising.undo(reorganisation=merged, reason=" ", by=SYSTEM)
    assert refused.value.problems[0].field == "reason"
    assert fresh(tree.county).closed_on is not None


def _rename_child(tree):
    tree_services.rename(unit=tree.township, name="解放街道", on=dt.date(2027, 8, 1), basis="", by=SYSTEM)


def _open_below(tree):
    tree_services.open_unit(
        parent=tree.township,
        name="新村",
        division_code="370102001099",
        on=dt.date(2027, 8, 1),
        basis="",
        by=SYSTEM,
    )


def _merge_heir(tree):
    applied(tree.province, [Line(ActKind.MERGE, unit_id=tree.sister_county.pk, into_id=tree["370171"].pk)])


def _state_fact(tree):
    UnitOfficer.objects.create(
        unit=tree.sister_county, role=OfficerRole.LIAISON, name="李某", valid_from=dt.date(2027, 8, 1)
    )


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (_rename_child, "此后又有变更"),
        (_open_below, "设立或改隶了单位"),
        (_merge_heir, "此后又被撤并"),
        (_state_fact, "此后又登记了负责人"),
    ],
)
def test_undo_says_what_depends_on_it(tree, merged, act, said):
    with time_machine.travel(dt.datetime(2027, 8, 2, 9), tick=False):
        act(tree)
        assert any(said in line for line in reorganising.blocks(merged)), reorganising.blocks(merged)
        with pytest.raises(Conflict):
            reorganising.undo(reorganisation=merged, reason="误办", by=SYSTEM)
    assert fresh(tree.county).closed_on is not None


def test_facts_follow_to_the_unit_set_up(tree):
    known = {"valid_from": dt.date(2020, 1, 1)}
    Establishment.objects.create(unit=tree.county, state=EstablishmentState.ESTABLISHED, **known)
    UnitOfficer.objects.create(unit=tree.county, role=OfficerRole.LIAISON, name="王某", **known)
    UnitOfficer.objects.create(unit=tree.sister_county, role=OfficerRole.LIAISON, name="李某", **known)
    applied(
        tree.province,
        [
            Line(ActKind.OPEN, parent_id=tree.city.pk, name="历山区", division_code="370199"),
            Line(ActKind.MERGE, unit_id=tree.county.pk, opens=0),
            Line(ActKind.MERGE, unit_id=tree.sister_county.pk, opens=0),
        ],
        on=DAY,
    )
    new = OrgUnit.objects.get(name="历山区")
    fact = Establishment.objects.current().get(unit=new)
    assert (fact.state, fact.valid_from) == (EstablishmentState.ESTABLISHED, DAY)
    assert UnitOfficer.objects.current().get(unit=new).name == "王某"
    assert not Establishment.objects.current().filter(unit=tree.county).exists()
    assert Establishment.objects.on(DAY - dt.timedelta(days=1)).filter(unit=tree.county).exists()


def test_unit_that_stood_before_keeps_its_facts_and_becomes_established(tree):
    known = {"valid_from": dt.date(2020, 1, 1)}
    Establishment.objects.create(unit=tree.county, state=EstablishmentState.ESTABLISHED, **known)
    Establishment.objects.create(unit=tree.sister_county, state=EstablishmentState.PREPARING, **known)
    UnitOfficer.objects.create(unit=tree.county, role=OfficerRole.LIAISON, name="王某", **known)
    applied(
        tree.province, [Line(ActKind.MERGE, unit_id=tree.county.pk, into_id=tree.sister_county.pk)], on=DAY
    )
    assert (
        Establishment.objects.current().get(unit=tree.sister_county).state == EstablishmentState.ESTABLISHED
    )
    assert not UnitOfficer.objects.current().filter(unit=tree.sister_county).exists()
