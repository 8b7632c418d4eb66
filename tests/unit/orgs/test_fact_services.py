"""Recording a unit's facts."""

import datetime as dt

import pytest

from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from orgs.models import Establishment, FourLacks, OrgUnit, SixHaves, UnitEdition, UnitOfficer
from orgs.selectors.verification import verify_tree
from orgs.services import facts as services

DAY = dt.date(2024, 5, 1)
LATER = dt.date(2025, 5, 1)
TOMORROW = clock.today() + dt.timedelta(days=1)


def refusal(act, **options):
    with pytest.raises(DomainError) as refused:
        act(**options)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def establish(unit, by=SYSTEM, **options):
    return services.set_establishment(
        **{"unit": unit, "state": "established", "since": DAY, "by": by} | options
    )


def officer(unit, by=SYSTEM, **options):
    values = {"unit": unit, "role": "liaison", "name": "李敏", "since": DAY, "by": by}
    return services.set_officer(**values | options)


def test_establishment_is_recorded_with_its_basis(tree, clerk):
    fact = establish(tree.township, by=clerk, basis="历科发〔2024〕3号")
    assert (fact.state, fact.valid_from, fact.valid_to, fact.basis) == (
        "established",
        DAY,
        None,
        "历科发〔2024〕3号",
    )
    assert fact.recorded_by == clerk.actor_label
    event = AuditEvent.objects.about("orgs.establishment", fact.pk).get()
    assert (event.kind, event.unit_id, event.data["before"]) == (
        "orgs.establishment_set",
        tree.township.pk,
        None,
    )


def test_next_establishment_ends_the_one_before(tree):
    first = establish(
        tree.township, state="absent", reason="刚改设街道", planned_on=LATER, responsible="张三"
    )
    establish(tree.township, since=LATER)
    first.refresh_from_db()
    assert first.valid_to == LATER
    assert first.end_recorded_at is not None
    days = [DAY, LATER - dt.timedelta(days=1), LATER]
    states = [Establishment.objects.on(day).get(unit=tree.township).state for day in days]
    assert states == ["absent", "absent", "established"]


def test_second_word_for_the_same_day_replaces_the_first(tree):
    first = establish(tree.township)
    second = establish(tree.township, state="preparing")
    first.refresh_from_db()
    assert first.voided_at is not None
    assert Establishment.objects.on(DAY).get(unit=tree.township) == second


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"since": TOMORROW}, ("future", "since")),
        ({"since": dt.date(1900, 1, 1)}, ("too_early", "since")),
        ({"state": "absent"}, ("no_reason", "reason")),
        ({"state": "absent", "reason": " "}, ("no_reason", "reason")),
        ({"state": "preparing", "planned_on": dt.date(2024, 4, 30)}, ("plan_before", "planned_on")),
        ({"planned_on": LATER}, ("plan_done", "planned_on")),
    ],
)
def test_establishment_refuses(tree, changes, problem):
    assert refusal(establish, unit=tree.township, **changes) == [problem]
    assert not Establishment.objects.exists()


def test_establishment_before_what_is_on_record_is_refused(tree):
    establish(tree.township, since=LATER)
    assert refusal(establish, unit=tree.township) == [("before_history", "since")]
    assert Establishment.objects.count() == 1


def test_facts_of_a_closed_unit_are_refused(tree):
    OrgUnit.objects.filter(pk=tree.township.pk).update(closed_on=LATER)
    assert refusal(establish, unit=tree.township) == [("closed", None)]


def test_facts_are_recorded_within_reach_alone(tree, clerk, other_clerk, leader):
    for stranger in (other_clerk, leader):
        with pytest.raises(Forbidden):
            establish(tree.township, by=stranger)
    assert not Establishment.objects.exists()
    assert not AuditEvent.objects.filter(kind="orgs.establishment_set").exists()
    establish(tree.township, by=clerk)


def test_officer_keeps_the_number_where_only_the_post_changes(tree):
    officer(tree.township, phone="138 1234 5678")
    kept = officer(tree.township, since=LATER, post="主任科员")
    assert (kept.phone_masked, kept.post) == ("138****5678", "主任科员")
    fresh = officer(tree.township, since=LATER, name="王强")
    assert (fresh.phone_masked, fresh.phone_digest) == ("", "")


def test_officer_number_is_stored_as_cipher_and_never_in_the_trail(tree):
    fact = officer(tree.township, phone="13812345678")
    stored = UnitOfficer.objects.filter(pk=fact.pk).values().get()
    assert "13812345678" not in str(stored)
    assert "1381234" not in str(AuditEvent.objects.values_list("data", "summary"))


@pytest.mark.parametrize("number", ["1381234567", "abc", "138123456789", "+8613812345678"])
def test_officer_refuses_what_is_no_number(tree, number):
    assert refusal(officer, unit=tree.township, phone=number) == [("bad_phone", "phone")]


@pytest.mark.parametrize(
    "number", ["13812345678", "0531-82345678", "0394 8234567", "82345678", "(0531)82345678", ""]
)
def test_officer_takes_what_is_a_number(tree, number):
    officer(tree.township, phone=number)


def test_only_the_leader_in_charge_can_be_chair(tree):
    assert officer(tree.township, role="leader_in_charge", is_chair=True).is_chair
    assert not officer(tree.township, role="liaison", is_chair=True).is_chair


def test_officer_without_name_is_refused(tree):
    assert refusal(officer, unit=tree.township, name=" ") == [("no_name", "name")]


def test_officer_is_cleared_from_a_day(tree):
    officer(tree.township)
    services.clear_officer(unit=tree.township, role="liaison", on=LATER, by=SYSTEM)
    assert UnitOfficer.objects.on(DAY).count() == 1
    assert not UnitOfficer.objects.on(LATER).exists()


def test_revealing_a_number_leaves_a_trace(tree, clerk, city_official):
    fact = officer(tree.township, phone="13812345678")
    with pytest.raises(Forbidden):
        services.reveal_phone(officer=fact, by=city_official)
    assert not AuditEvent.objects.filter(kind="orgs.phone_revealed").exists()
    assert services.reveal_phone(officer=fact, by=clerk) == "13812345678"
    event = AuditEvent.objects.get(kind="orgs.phone_revealed")
    assert (event.actor_id, event.unit_id) == (clerk.pk, tree.township.pk)
    assert "13812345678" not in event.summary


def test_items_become_exactly_those_named(tree):
    unit = tree.township
    assert services.set_items(unit=unit, haves=["premises", "staff"], lacks=["posts"], on=DAY, by=SYSTEM) == 3
    assert (
        services.set_items(unit=unit, haves=["premises", "staff"], lacks=["posts"], on=LATER, by=SYSTEM) == 0
    )
    assert services.set_items(unit=unit, haves=["staff", "funding"], lacks=[], on=LATER, by=SYSTEM) == 3

    def held(model, day):
        return set(model.objects.on(day).filter(unit=unit).values_list("item", flat=True))

    assert (held(SixHaves, DAY), held(SixHaves, LATER)) == ({"premises", "staff"}, {"staff", "funding"})
    assert (held(FourLacks, DAY), held(FourLacks, LATER)) == ({"posts"}, set())


def test_item_that_is_not_held_cannot_be_cleared(tree):
    options = {"unit": tree.township, "item": "staff", "on": DAY, "by": SYSTEM}
    assert refusal(services.clear_have, **options) == [("absent", None)]
    assert refusal(services.clear_lack, **options) == [("absent", None)]


def test_confirming_a_proposal_keeps_the_edition(tree, city_official):
    unit = tree["370112400"]
    services.confirm_expected(unit=unit, expected=False, on=DAY, by=city_official)
    unit.refresh_from_db()
    assert (unit.is_expected, unit.expected_confirmed) == (False, True)
    assert unit.editions.count() == 1


def test_changing_what_is_expected_is_dated(tree, city_official):
    unit = tree["370112400"]
    services.confirm_expected(unit=unit, expected=True, on=DAY, basis="设立党工委", by=city_official)
    days = [DAY - dt.timedelta(days=1), DAY]
    assert [UnitEdition.objects.on(day).get(unit=unit).is_expected for day in days] == [False, True]
    assert UnitEdition.objects.get(unit=unit, valid_to=None).basis == "设立党工委"
    assert verify_tree() == []


def test_several_are_confirmed_together_or_not_at_all(tree, city_official):
    units = [tree["370112400"], tree["370171"], tree.county]
    options = {"expected": False, "on": DAY, "by": city_official}
    assert refusal(services.confirm_many, units=units, **options) == [("always_expected", "expected")]
    assert not OrgUnit.objects.filter(pk=units[0].pk, expected_confirmed=True).exists()
    services.confirm_many(units=units[:2], **options)
    assert AuditEvent.objects.filter(kind="orgs.expected_confirmed").count() == 2


def test_county_clerk_confirms_nothing(tree, clerk):
    with pytest.raises(Forbidden):
        services.confirm_expected(unit=tree["370112400"], expected=False, on=DAY, by=clerk)


def test_confirming_refuses_none_and_the_future(tree):
    assert refusal(services.confirm_many, units=[], expected=True, on=DAY, by=SYSTEM) == [("none", "units")]
    options = {"unit": tree["370112400"], "expected": True, "by": SYSTEM}
    assert refusal(services.confirm_expected, on=TOMORROW, **options) == [("future", "on")]
