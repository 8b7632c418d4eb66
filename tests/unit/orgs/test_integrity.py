"""Faults put into the tree are found, told in words, and put right where that needs nobody's word."""

import datetime as dt

import pytest

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, Forbidden
from orgs.choices import EditionCause
from orgs.models import IntegrityRun, OrgUnit, Succession, UnitEdition
from orgs.rules.integrity import FAULTS
from orgs.rules.reorganising import Line
from orgs.services import integrity
from orgs.tasks import check_integrity, verify_tree
from tests.factories import user_at
from tests.reorganised import applied


def run():
    return integrity.carry_out(integrity.begin_run(SYSTEM))


def unit(tree, code="370102001"):
    return OrgUnit.objects.filter(pk=tree[code].pk)


def edition(tree, code="370102001"):
    return UnitEdition.objects.filter(unit=tree[code])


def interval(tree):
    unit(tree).update(lft=9000, rght=9003)


def ancestors(tree):
    unit(tree).update(county=tree["370112"])


def display(tree):
    unit(tree).update(display_name="解放路")
    edition(tree).update(display_name="解放路")


def search(tree):
    unit(tree).update(pinyin_joined="wrong")


def opened(tree):
    unit(tree).update(opened_on=dt.date(2020, 1, 1))


def no_edition(tree):
    edition(tree, "370102002").delete()


def edition_differs(tree):
    edition(tree).update(name="另一个名称", county=tree["370112"])


def closed_edition(tree):
    unit(tree, "370102003").update(closed_on=dt.date(2026, 1, 1))


def life(tree):
    row = edition(tree).get()
    UnitEdition.objects.filter(pk=row.pk).update(valid_from=dt.date(2024, 5, 1))
    row.pk, row.valid_to = None, dt.date(2024, 1, 1)
    row.save()


def late_heir(tree):
    applied(tree.province, [Line("merge", unit_id=tree["370102003"].pk, into_id=tree["370102001"].pk)])
    Succession.objects.update(on=clock.today() + dt.timedelta(days=9))


REPAIRABLE = {
    "interval": interval,
    "ancestors": ancestors,
    "display": display,
    "search": search,
    "opened": opened,
    "no_edition": no_edition,
    "edition": edition_differs,
    "closed_edition": closed_edition,
    "life": life,
    "late_heir": late_heir,
}


@pytest.mark.parametrize("code", REPAIRABLE)
def test_fault_is_found_and_repaired(tree, code):
    assert run().counts == {}
    REPAIRABLE[code](tree)
    found = run()
    assert code in found.counts
    assert found.findings.filter(code=code).exclude(repair=[]).count() == found.counts[code]
    for each in list(found.counts):
        integrity.repair(run=found, code=each, unit=tree.province, by=SYSTEM)
    assert run().counts == {}
    event = AuditEvent.objects.filter(kind="orgs.tree_repaired")[0]
    assert event.data["written"][0]["values"]


def closed_parent(tree):
    unit(tree).update(closed_on=dt.date(2026, 1, 1))
    edition(tree).update(valid_to=dt.date(2026, 1, 1))


def prefix(tree):
    unit(tree, "370102003").update(division_code="370999003")
    edition(tree, "370102003").update(division_code="370999003")
    OrgUnit.objects.filter(pk=tree["370102003"].pk).update()


def level(tree):
    unit(tree, "370102003").update(parent=tree["370102001"])


def ring(tree):
    unit(tree, "370102001").update(parent=tree["370102001001"])


def life_overlap(tree):
    row = edition(tree).get()
    row.pk, row.valid_from, row.valid_to = None, dt.date(2016, 1, 1), dt.date(2017, 1, 1)
    row.save()


def no_heir(tree):
    late_heir(tree)
    Succession.objects.all().delete()


def link(tree, one, other, **fields):
    Succession.objects.create(
        predecessor=tree[one], successor=tree[other], on=clock.today(), cause=EditionCause.MERGED, **fields
    )


def not_closed(tree):
    link(tree, "370102003", "370102001")


def heir_life(tree):
    not_closed(tree)
    unit(tree).update(opened_on=clock.today() + dt.timedelta(days=1))


def succession_ring(tree):
    link(tree, "370102003", "370102001")
    link(tree, "370102001", "370102003")


def two_mains(tree):
    link(tree, "370102003", "370102001")
    link(tree, "370102003", "370102002")


BY_HAND = {
    "closed_parent": closed_parent,
    "prefix": prefix,
    "level": level,
    "ring": ring,
    "life_overlap": life_overlap,
    "no_heir": no_heir,
    "not_closed": not_closed,
    "heir_life": heir_life,
    "succession_ring": succession_ring,
    "two_mains": two_mains,
}


@pytest.mark.parametrize("code", BY_HAND)
def test_fault_for_a_person_is_found_and_says_what_to_do(tree, code):
    BY_HAND[code](tree)
    found = run()
    assert code in found.counts
    assert not found.findings.filter(code=code).exclude(repair=[]).exists()
    with pytest.raises(Conflict):
        integrity.repair(run=found, code=code, unit=tree.province, by=SYSTEM)
    assert FAULTS[code].advice


def test_every_kind_of_fault_is_tried_here_but_the_one_the_database_refuses():
    assert set(FAULTS) - set(REPAIRABLE) - set(BY_HAND) == {"digits"}


def test_repair_of_what_has_changed_since_is_refused_and_writes_nothing(tree):
    display(tree)
    found = run()
    unit(tree).update(display_name="又改了")
    with pytest.raises(Conflict):
        integrity.repair(run=found, code="display", unit=tree.province, by=SYSTEM)
    assert unit(tree).get().display_name == "又改了"
    assert not found.findings.exclude(repaired_at=None).exists()


def test_repair_is_for_the_province_administrator_not_for_the_city(tree):
    interval(tree)
    found = run()
    with pytest.raises(Forbidden):
        integrity.repair(run=found, code="interval", unit=tree.city, by=user_at(tree.city, Role.UNIT_ADMIN))
    administrator = user_at(tree.province, Role.UNIT_ADMIN)
    assert integrity.repair(run=found, code="interval", unit=tree.province, by=administrator) == 1


def test_nightly_proof_keeps_its_run(tree):
    assert verify_tree() == 0
    assert IntegrityRun.objects.get().state == "done"


def test_run_asked_for_twice_is_one_and_a_second_delivery_does_nothing(tree):
    officer = user_at(tree.province, Role.SYSTEM_ADMIN)
    first = integrity.request_run(unit=tree.province, by=officer)
    assert integrity.request_run(unit=tree.province, by=officer) == first
    interval(tree)
    assert check_integrity(first.pk) == 1
    assert check_integrity(first.pk) == 1
    assert first.findings.count() == 1
