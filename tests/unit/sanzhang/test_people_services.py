"""Registering, changing, merging and unmasking people."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from sanzhang.models import Appointment, KeyPerson, Occupation, OccupationSeat
from sanzhang.services import merging, occupations, people, registration
from sanzhang.services.appointments import SeatFacts
from tests.factories import Tree

PHONE = "13805310001"
Facts = Callable[..., people.PersonFacts]
SEAT = SeatFacts(position="vice_chair", valid_from=dt.date(2024, 3, 1), way_in="election")


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def test_register_keeps_keys_and_hides_the_phone(tree: Tree, clerk: User, facts_of: Facts) -> None:
    person = people.register(facts=facts_of("单 晓华", phone="138 0531 0001"), unit=tree.township, by=clerk)
    person.refresh_from_db()
    assert (person.name, person.pinyin, person.initials) == ("单晓华", "shanxiaohua", "sxh")
    assert PHONE not in person.phone_cipher
    assert person.phone_masked == "138****0001"
    event = AuditEvent.objects.get(kind="sanzhang.registered")
    assert (event.unit_id, event.actor_id) == (tree.township.pk, clerk.pk)


def test_register_outside_the_scope(tree: Tree, clerk: User, facts_of: Facts) -> None:
    with pytest.raises(Forbidden):
        people.register(facts=facts_of(), unit=tree.other_county, by=clerk)
    assert not KeyPerson.objects.exists()


def test_register_tells_every_problem_at_once(tree: Tree, clerk: User, facts_of: Facts) -> None:
    facts = facts_of("张3", employer="", phone="123", birth_month=dt.date(2020, 1, 1))
    with pytest.raises(DomainError) as refused:
        registration.register_with_seat(
            facts=facts,
            unit=tree.county,
            seat=SeatFacts(position="vice_chair", valid_from=dt.date(1970, 1, 1)),
            by=clerk,
        )
    assert codes(refused) >= {
        "name_odd", "employer_missing", "phone_odd", "birth_impossible", "start_too_early", "way_in_missing"
    }  # fmt: skip
    assert not KeyPerson.objects.exists()


def test_register_with_seat_is_all_or_nothing(tree: Tree, clerk: User, facts_of: Facts) -> None:
    wrong = facts_of("刘大夫", "乡镇卫生院院长")
    with pytest.raises(DomainError) as refused:
        registration.register_with_seat(facts=wrong, unit=tree.county, seat=SEAT, by=clerk)
    assert codes(refused) == {"occupation_not_at_level"}
    assert not KeyPerson.objects.exists()
    registration.register_with_seat(facts=wrong, unit=tree.township, seat=SEAT, by=clerk)
    assert Appointment.objects.get().unit == tree.township


def test_backfill_needs_name_seat_and_start_only(tree: Tree, clerk: User, facts_of: Facts) -> None:
    seat = SeatFacts(position="vice_chair", valid_from=dt.date(2019, 9, 1), is_backfill=True)
    person = registration.register_with_seat(
        facts=facts_of(employer=""), unit=tree.county, seat=seat, by=clerk
    )
    held = person.appointments.get()
    assert held.is_backfill
    assert held.way_in == ""


def test_same_form_twice_is_one_registration(tree: Tree, clerk: User, facts_of: Facts) -> None:
    key = uuid.uuid4()
    both = [
        registration.register_with_seat(facts=facts_of(), unit=tree.county, seat=SEAT, by=clerk, key=key)
        for _ in range(2)
    ]
    assert both[0].pk == both[1].pk
    assert (KeyPerson.objects.count(), Appointment.objects.count()) == (1, 1)


def test_double_is_told_and_passes_with_an_explanation(
    tree: Tree, clerk: User, facts_of: Facts, person_of: Callable[..., KeyPerson]
) -> None:
    first = person_of(by=clerk)
    with pytest.raises(DomainError) as refused:
        people.register(facts=facts_of(), unit=tree.county, by=clerk)
    [problem] = refused.value.problems
    assert (problem.code, problem.level, problem.meta) == ("double", "warning", {"person": first.pk})
    people.register(facts=facts_of(), unit=tree.county, by=clerk, explanation="同名同单位的两个人")
    assert KeyPerson.objects.count() == 2
    event = AuditEvent.objects.filter(kind="sanzhang.registered").first()
    assert event.data["explanation"] == "同名同单位的两个人"


def test_double_by_phone_and_never_from_a_foreign_unit(
    tree: Tree, clerk: User, other_clerk: User, facts_of: Facts, person_of: Callable[..., KeyPerson]
) -> None:
    person_of("赵一", phone=PHONE, by=clerk)
    with pytest.raises(DomainError):
        people.register(facts=facts_of("钱二", phone=PHONE), unit=tree.county, by=clerk)
    people.register(facts=facts_of("赵一", phone=PHONE), unit=tree.other_county, by=other_clerk)


def test_update_needs_the_revision_that_was_read(clerk: User, facts_of: Facts, person_of: Any) -> None:
    person = person_of(phone=PHONE, by=clerk)
    changed = people.update(person=person, revision=1, facts=facts_of(post="站长"), by=clerk)
    assert (changed.revision, changed.post, changed.phone_masked) == (2, "站长", "138****0001")
    with pytest.raises(Conflict):
        people.update(person=person, revision=1, facts=facts_of(post="副站长"), by=clerk)
    person.refresh_from_db()
    assert person.post == "站长"
    assert PHONE not in str(AuditEvent.objects.get(kind="sanzhang.updated").data)


def test_update_removes_the_phone_and_keeps_it_out_of_the_trail(
    clerk: User, facts_of: Facts, person_of: Any
) -> None:
    person = person_of(phone=PHONE, by=clerk)
    people.update(person=person, revision=1, facts=facts_of(phone=""), by=clerk)
    person.refresh_from_db()
    assert (person.phone_cipher, person.phone_digest) == ("", "")
    assert AuditEvent.objects.get(kind="sanzhang.updated").data["changes"] == {
        "phone": ["（已隐去）", "（已隐去）"]
    }


def test_update_by_a_foreign_clerk(clerk: User, other_clerk: User, facts_of: Facts, person_of: Any) -> None:
    person = person_of(by=clerk)
    with pytest.raises(Forbidden):
        people.update(person=person, revision=1, facts=facts_of(post="站长"), by=other_clerk)


def test_merge_moves_seats_and_fills_blanks(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> None:
    keep, double = (
        person_of("赵一", by=clerk),
        person_of("赵 一", employer="另一单位", phone=PHONE, title="农艺师", by=clerk),
    )
    seat_of(keep, tree.county)
    seat_of(double, tree.township)
    merging.merge(keep=keep, double=double, by=clerk)
    keep.refresh_from_db()
    assert keep.appointments.count() == 2
    assert (keep.title, keep.phone_masked) == ("农艺师", "138****0001")
    assert list(KeyPerson.objects.present()) == [keep]
    with pytest.raises(Conflict):
        people.update(
            person=double, revision=1, facts=people.PersonFacts("赵一", keep.occupation, "x"), by=clerk
        )


def test_merge_of_two_who_sat_together(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> None:
    keep, double = person_of("赵一"), person_of("钱二")
    seat_of(keep)
    seat_of(double)
    with pytest.raises(DomainError) as refused:
        merging.merge(keep=keep, double=double, by=clerk)
    assert codes(refused) == {"second_seat"}
    assert double.appointments.count() == 1
    with pytest.raises(DomainError):
        merging.merge(keep=keep, double=keep, by=clerk)


def test_unmask_leaves_a_trace(clerk: User, city_official: User, person_of: Any) -> None:
    person = person_of(phone=PHONE)
    with pytest.raises(Forbidden):
        people.unmask(person=person, by=city_official)
    assert not AuditEvent.objects.filter(kind="sanzhang.unmasked").exists()
    assert people.unmask(person=person, by=clerk) == PHONE
    event = AuditEvent.objects.get(kind="sanzhang.unmasked")
    assert (event.actor_id, event.object_id) == (clerk.pk, str(person.pk))
    assert PHONE not in event.summary


@pytest.mark.parametrize("text", ["王秀", "wangxiulan", "wxl", "王秀兰的单位", PHONE, "wxl 单位"])
def test_search_finds(text: str, person_of: Any) -> None:
    person = person_of("王秀兰", phone=PHONE)
    person_of("李四")
    assert list(KeyPerson.objects.search(text)) == [person]


@pytest.mark.parametrize("text", ["1380531", "13805310002", "孙", "xiulan"])
def test_search_finds_nothing(text: str, person_of: Any) -> None:
    person_of("王秀兰", phone=PHONE)
    assert not KeyPerson.objects.search(text).exists()


def test_default_occupations_are_rule_one(db: None) -> None:
    made = occupations.load_defaults(by=SYSTEM)
    assert made == Occupation.objects.count() == 25
    assert occupations.load_defaults(by=SYSTEM) == 0
    service = Occupation.objects.get(name="社会服务中心主任")
    assert service.field == "agriculture"
    assert [seat.level for seat in service.seats.all()] == [4]
    county = OccupationSeat.objects.filter(level=3, occupation__category="core")
    assert {seat.occupation.name for seat in county} == {
        "医院院长", "学校校长", "农技站站长", "农技协联合会会长",
        "卫生系统专家型领导干部", "教育系统专家型领导干部", "农业系统专家型领导干部",
    }  # fmt: skip
    township = OccupationSeat.objects.filter(level=4)
    assert all(set(seat.positions) == {"member", "standing_member", "vice_chair"} for seat in township)
    pan = Occupation.objects.filter(category="pan")
    assert {seat.level for one in pan for seat in one.seats.all()} == {1, 2, 3, 4, 5}
    above = OccupationSeat.objects.filter(level__lt=3)
    assert {(seat.occupation_id, *seat.positions) for seat in above} == {
        (seat.occupation_id, *seat.positions) for seat in OccupationSeat.objects.filter(level=3)
    }


def test_defaults_never_undo_what_the_province_edited(
    tree: Tree, province_official: User, occupation_of: Any
) -> None:
    hospital = occupation_of("医院院长")
    occupations.save(
        occupation=hospital,
        name="医院院长",
        category="core",
        field="health",
        seats={3: ["chair"]},
        by=province_official,
    )
    occupations.load_defaults(by=SYSTEM)
    assert [seat.positions for seat in hospital.seats.all()] == [["chair"]]


def test_occupation_saved_by_a_county(tree: Tree, clerk: User, occupation_of: Any) -> None:
    with pytest.raises(Forbidden):
        occupations.save(name="新身份", category="core", field="other", seats={3: ["chair"]}, by=clerk)


def test_occupation_with_wrong_seats(tree: Tree, province_official: User, occupation_of: Any) -> None:
    occupation_of("医院院长")
    with pytest.raises(DomainError) as refused:
        occupations.save(
            name="医院院长", category="core", field="other", seats={4: ["chair"]}, by=province_official
        )
    assert codes(refused) == {"name_taken", "position_not_at_level"}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_register_the_same_head_at_once(facts_of: Facts) -> None:
    from tests.factories import make_tree

    unit, facts = make_tree()["370102"], facts_of()

    def attempt(_: int) -> str:
        try:
            people.register(facts=facts, unit=unit, by=SYSTEM)
        except DomainError as error:
            return error.problems[0].code
        finally:
            connection.close()
        return "registered"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(4)))
    assert outcomes == ["double", "double", "double", "registered"]
