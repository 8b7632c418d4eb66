"""Opening, renaming and moving units, and the proof of the tree."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from orgs.choices import EditionCause
from orgs.models import OrgUnit, Succession, UnitEdition
from orgs.selectors.verification import verify_tree
from orgs.services import tree as services
from orgs.tasks import verify_tree as verify_nightly

DAY = dt.date(2024, 5, 1)


def refusal(act, **options):
    with pytest.raises(DomainError) as refused:
        act(basis="某政发〔2024〕1号", by=SYSTEM, **options)
    return [problem.code for problem in refused.value.problems]


def open_one(parent, code="370102009", name="新设街道", on=DAY):
    return services.open_unit(
        parent=parent, name=name, division_code=code, on=on, basis="某政发〔2024〕1号", by=SYSTEM
    )


def test_open_unit_hangs_in_code_order_with_its_first_edition(tree):
    unit = open_one(tree.county)
    assert (unit.level, unit.display_name, unit.initials) == (4, "历下区新设街道", "xsjd")
    assert (unit.county_id, unit.city_id, unit.township_id) == (tree.county.pk, tree.city.pk, unit.pk)
    assert [child.name for child in OrgUnit.objects.filter(parent=tree.county).order_by("lft")][
        -1
    ] == "新设街道"
    assert unit.editions.get().cause == EditionCause.OPENED
    assert AuditEvent.objects.about("orgs.orgunit", unit.pk).get().kind == "orgs.unit_opened"
    assert verify_tree() == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"division_code": "370102001"}, ["duplicate"]),
        ({"division_code": "3701020"}, ["bad_code"]),
        ({"division_code": "37010200a"}, ["bad_code"]),
        ({"division_code": "370112009"}, ["prefix"]),
        ({"division_code": "370103"}, ["level", "prefix"]),
        ({"name": "  "}, ["empty_name"]),
        ({"on": dt.date(2999, 1, 1)}, ["future"]),
        ({"on": dt.date(1999, 1, 1)}, ["before_history"]),
    ],
)
def test_open_unit_refuses(tree, changes, codes):
    options = {"parent": tree.county, "name": "新设街道", "division_code": "370102009", "on": DAY} | changes
    before = OrgUnit.objects.count()
    assert refusal(services.open_unit, **options) == codes
    assert OrgUnit.objects.count() == before


def test_rename_reaches_the_full_names_below_and_keeps_the_past(tree):
    services.rename(unit=tree.county, name="历上区", on=DAY, basis="国函〔2024〕1号", by=SYSTEM)
    township = OrgUnit.objects.get(pk=tree.township.pk)
    village = OrgUnit.objects.get(pk=tree.village.pk)
    assert township.display_name == "历上区解放路街道"
    assert village.display_name == "历上区解放路街道青年东路社区"
    assert OrgUnit.objects.get(pk=tree.county.pk).initials == "lsq"
    days = [DAY - dt.timedelta(days=1), DAY]
    names = [UnitEdition.objects.on(day).get(unit=township).display_name for day in days]
    assert names == ["历下区解放路街道", "历上区解放路街道"]
    assert verify_tree() == []


def test_rename_to_the_same_name_is_refused(tree):
    assert refusal(services.rename, unit=tree.county, name="历下区", on=DAY) == ["same_name"]


def test_rename_before_the_present_edition_is_refused(tree):
    services.rename(unit=tree.county, name="历上区", on=DAY, basis="", by=SYSTEM)
    day = DAY - dt.timedelta(days=1)
    assert refusal(services.rename, unit=tree.county, name="历中区", on=day) == ["before_history"]


def test_move_takes_everything_below_along(tree):
    services.move(unit=tree.township, parent=tree.sister_county, on=DAY, basis="", by=SYSTEM)
    village = OrgUnit.objects.get(pk=tree.village.pk)
    assert (village.county_id, village.township_id) == (tree.sister_county.pk, tree.township.pk)
    assert village.display_name.startswith("历城区解放路街道")
    past = UnitEdition.objects.on(DAY - dt.timedelta(days=1)).get(unit=village)
    assert (past.county_id, past.display_name[:3]) == (tree.county.pk, "历下区")
    assert set(OrgUnit.objects.within(tree.sister_county)) >= {tree.township, tree.village}
    assert not OrgUnit.objects.within(tree.county).filter(pk=village.pk).exists()
    assert verify_tree() == []


@pytest.mark.parametrize(
    ("parent", "codes"),
    [("county", ["same_parent"]), ("village", ["ring", "level"]), ("sister_township", ["level"])],
)
def test_move_refuses_a_parent_that_cannot_be(tree, parent, codes):
    assert refusal(services.move, unit=tree.township, parent=getattr(tree, parent), on=DAY) == codes


def test_only_who_may_reorganise_changes_the_tree(tree, clerk):
    with pytest.raises(Forbidden):
        services.rename(unit=tree.county, name="历上区", on=DAY, basis="", by=clerk)


def test_rebuild_mends_intervals_and_ancestors(tree):
    OrgUnit.objects.filter(pk=tree.township.pk).update(lft=900, rght=999, county=tree.sister_county)
    assert {finding.code for finding in verify_tree()} == {"interval", "ancestors"}
    assert services.rebuild(by=SYSTEM) == 1
    assert verify_tree() == []
    assert services.rebuild(by=SYSTEM) == 0


def test_verify_finds_a_sound_tree_sound(tree):
    assert verify_tree() == []


def spoil(table, assignment, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {assignment} WHERE id = %s", [pk])


@pytest.mark.parametrize(
    ("assignment", "code"),
    [
        ("rght = rght + 1", "interval"),
        ("depth = 7", "interval"),
        ("tree_id = 99", "interval"),
        ("city_id = NULL", "ancestors"),
        ("name = '改过'", "edition"),
        ("is_expected = NOT is_expected", "edition"),
        ("division_code = '370199001'", "prefix"),
        ("closed_on = '2024-01-01'", "closed_edition"),
        ("opened_on = '2024-01-01'", "opened"),
    ],
)
def test_verify_finds_what_was_spoiled_in_a_unit(tree, assignment, code):
    spoil("orgs_orgunit", assignment, tree.township.pk)
    findings = [finding for finding in verify_tree() if finding.unit_id == tree.township.pk]
    assert code in {finding.code for finding in findings}


def test_verify_finds_a_ring(tree):
    spoil("orgs_orgunit", f"parent_id = {tree.township.pk}", tree.county.pk)
    assert {"ring", "level"} <= {finding.code for finding in verify_tree()}


def test_verify_finds_a_gap_between_editions(tree):
    services.rename(unit=tree.township, name="解放街道", on=DAY, basis="", by=SYSTEM)
    UnitEdition.objects.filter(unit=tree.township, valid_to=DAY).update(valid_to=DAY - dt.timedelta(days=3))
    assert [finding.code for finding in verify_tree()] == ["life"]


def test_verify_finds_a_unit_without_edition(tree):
    UnitEdition.objects.filter(unit=tree.village).delete()
    assert [(finding.code, finding.unit_id) for finding in verify_tree()] == [("no_edition", tree.village.pk)]


def test_verify_command_fails_on_findings_alone(tree, capsys):
    call_command("verify_tree")
    assert "组织树无误" in capsys.readouterr().out
    spoil("orgs_orgunit", "depth = 7", tree.township.pk)
    with pytest.raises(CommandError, match="1 处"):
        call_command("verify_tree")


def test_nightly_proof_is_kept_on_record(tree):
    assert verify_nightly() == 0
    spoil("orgs_orgunit", "depth = 7", tree.township.pk)
    assert verify_nightly() == 1
    newest, first = AuditEvent.objects.filter(kind="orgs.tree_verified")
    assert first.summary == "核对组织树：无误"
    assert newest.data["findings"] == {"interval": 1}


def linked(tree, **changes):
    OrgUnit.objects.filter(pk=tree.township.pk).update(closed_on=DAY)
    UnitEdition.objects.filter(unit=tree.township).update(valid_to=DAY)
    OrgUnit.objects.filter(parent=tree.township).update(parent=tree.sister_township)
    values = {"predecessor": tree.township, "successor": tree.sister_township, "on": DAY, "cause": "merged"}
    return Succession.objects.create(**values | changes)


def codes_of(tree):
    return {finding.code for finding in verify_tree()} & {
        *("not_closed", "late_heir", "heir_life", "succession_ring", "two_mains")
    }


def test_verify_accepts_a_sound_succession(tree):
    linked(tree)
    assert codes_of(tree) == set()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda t: linked(t, predecessor=t.county, successor=t.sister_county), "not_closed"),
        (lambda t: linked(t, on=DAY + dt.timedelta(days=1)), "late_heir"),
        (lambda t: linked(t, on=dt.date(2000, 1, 1)), "heir_life"),
        (
            lambda t: (linked(t), linked(t, predecessor=t.sister_township, successor=t.township)),
            "succession_ring",
        ),
        (lambda t: (linked(t), linked(t, successor=t["370102003"])), "two_mains"),
    ],
)
def test_verify_finds_a_broken_succession(tree, make, code):
    make(tree)
    assert code in codes_of(tree)


def test_closed_unit_cannot_be_moved(tree):
    linked(tree)
    assert refusal(services.move, unit=tree.township, parent=tree.sister_county, on=DAY) == ["closed"]
