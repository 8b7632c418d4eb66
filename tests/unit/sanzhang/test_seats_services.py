"""Taking a seat, leaving it, filing it, striking it out; and what the database refuses by itself."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from sanzhang.models import Appointment, Filing, LeadershipBody
from sanzhang.selectors import in_office, life_of, summary_of_unit
from sanzhang.services import appointments, filings, occupations, people, terms
from sanzhang.services.appointments import SeatFacts
from tests.factories import Tree, make_tree

START = dt.date(2024, 3, 1)


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def row(seat: Appointment, **changes: Any) -> Appointment:
    """The same seat once more, as SQL would write it past every service."""
    fields = ("person_id", "body_id", "unit_id", "position", "employment", "way_in", "valid_from", "valid_to")
    values = {name: getattr(seat, name) for name in fields} | changes
    if values["valid_to"]:
        values |= {"end_reason": "retired", "end_recorded_at": clock.now()}
    return Appointment(**values)


def test_appoint_makes_the_body_once(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> None:
    first = seat_of(person_of("赵一"), by=clerk)
    second = seat_of(person_of("钱二"), by=clerk, position="chair")
    assert first.body == second.body == LeadershipBody.objects.get()
    assert AuditEvent.objects.filter(kind="sanzhang.appointed").count() == 2


def test_appoint_outside_the_scope(clerk: User, tree: Tree, person_of: Any, seat_of: Any) -> None:
    person = person_of()
    with pytest.raises(Forbidden):
        seat_of(person, tree.other_county, by=clerk)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"position": "team_member"}, "position_not_at_level"),
        ({"valid_from": dt.date(1960, 1, 1)}, "start_too_early"),
        ({"employment": "seconded"}, "secondment_open"),
        ({"way_in": "other"}, "basis_missing"),
        ({"way_in": ""}, "way_in_missing"),
    ],
)
def test_appoint_refused(
    fields: dict[str, Any], code: str, clerk: User, person_of: Any, seat_of: Any
) -> None:
    with pytest.raises(DomainError) as refused:
        seat_of(person_of(), by=clerk, **fields)
    assert code in codes(refused)
    assert not Appointment.objects.exists()


def test_young_person_refused(clerk: User, person_of: Any, seat_of: Any) -> None:
    with pytest.raises(DomainError) as refused:
        seat_of(person_of(birth_month=dt.date(2007, 1, 1)), by=clerk)
    assert codes(refused) == {"age_impossible"}


def test_several_bodies_but_never_two_seats_in_one(
    tree: Tree, clerk: User, person_of: Any, seat_of: Any
) -> None:
    person = person_of()
    for position in ("vice_chair", "standing_member", "member", "delegate"):
        seat_of(person, by=clerk, position=position)
    with pytest.raises(DomainError) as refused:
        seat_of(person, by=clerk, position="chair", valid_from=dt.date(2025, 1, 1))
    assert codes(refused) == {"second_seat"}
    assert Appointment.objects.count() == 4


def test_database_itself_refuses_overlapping_seats(person_of: Any, seat_of: Any) -> None:
    seat = seat_of(person_of())
    with pytest.raises(IntegrityError, match="sanzhang_no_two_seats_in_one_body"), transaction.atomic():
        row(seat, valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2024, 3, 2)).save()
    row(seat, valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2024, 3, 1)).save()
    assert Appointment.objects.count() == 2


def test_voided_seat_makes_room(clerk: User, person_of: Any, seat_of: Any) -> None:
    person = person_of()
    wrong = seat_of(person, by=clerk)
    with pytest.raises(DomainError):
        appointments.void(appointment=wrong, reason=" ", by=clerk)
    appointments.void(appointment=wrong, reason="录错了人", by=clerk)
    with pytest.raises(Conflict):
        appointments.void(appointment=wrong, reason="录错了人", by=clerk)
    seat_of(person, by=clerk)
    assert Appointment.objects.standing().count() == 1


def test_end_leaves_the_other_seats(clerk: User, person_of: Any, seat_of: Any) -> None:
    person = person_of()
    chair, delegate = seat_of(person), seat_of(person, position="delegate")
    appointments.end(appointment=chair, on=dt.date(2025, 6, 1), reason="retired", by=clerk)
    chair.refresh_from_db()
    delegate.refresh_from_db()
    assert (chair.valid_to, chair.end_reason, delegate.is_open) == (dt.date(2025, 6, 1), "retired", True)
    assert chair.end_recorded_at is not None
    with pytest.raises(Conflict):
        appointments.end(appointment=chair, on=dt.date(2025, 7, 1), reason="retired", by=clerk)


@pytest.mark.parametrize(
    ("on", "reason"), [(START, "retired"), (dt.date(2025, 1, 1), "lottery"), (dt.date(2999, 1, 1), "retired")]
)
def test_end_refused(on: dt.date, reason: str, clerk: User, person_of: Any, seat_of: Any) -> None:
    seat = seat_of(person_of())
    with pytest.raises(DomainError):
        appointments.end(appointment=seat, on=on, reason=reason, by=clerk)
    seat.refresh_from_db()
    assert seat.is_open


def test_end_by_who_only_reads(leader: User, person_of: Any, seat_of: Any) -> None:
    seat = seat_of(person_of())
    with pytest.raises(Forbidden):
        appointments.end(appointment=seat, on=dt.date(2025, 1, 1), reason="retired", by=leader)


def test_return_after_leaving(clerk: User, person_of: Any, seat_of: Any) -> None:
    person = person_of()
    appointments.end(appointment=seat_of(person), on=dt.date(2025, 6, 1), reason="resigned", by=clerk)
    with pytest.raises(DomainError):
        seat_of(person, valid_from=dt.date(2025, 5, 31))
    seat_of(person, valid_from=dt.date(2025, 6, 1))


def test_record_is_lifted_to_the_county(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> None:
    person = person_of("赵一", occupation="学校校长", unit=tree.township)
    seat_of(person, tree.county, by=clerk)
    person.refresh_from_db()
    assert person.unit == tree.county


def test_record_kept_elsewhere(tree: Tree, other_clerk: User, person_of: Any, seat_of: Any) -> None:
    person = person_of(unit=tree.county)
    with pytest.raises(DomainError) as refused:
        seat_of(person, tree.other_county, by=other_clerk)
    assert codes(refused) == {"record_elsewhere"}


def test_start_outside_the_terms_needs_a_word(tree: Tree, clerk: User, person_of: Any) -> None:
    terms.open_term(unit=tree.county, kind="leadership", ordinal=8, starts_on=dt.date(2022, 6, 1), by=clerk)
    person, seat = person_of(), SeatFacts(position="chair", valid_from=dt.date(2021, 1, 1), way_in="election")
    with pytest.raises(DomainError) as refused:
        appointments.appoint(person=person, unit=tree.county, seat=seat, by=clerk)
    assert [problem.level for problem in refused.value.problems] == ["warning"]
    held = appointments.appoint(person=person, unit=tree.county, seat=seat, by=clerk, explanation="上届连任")
    assert held.term is None


def test_filing_once_with_each(clerk: User, person_of: Any, seat_of: Any) -> None:
    seat = seat_of(person_of())
    assert life_of(seat.person)[0].unfiled == ["县级党委组织部门"]
    filings.file(
        appointment=seat,
        authority="县级党委组织部门",
        number="〔2024〕5号",
        filed_on=dt.date(2024, 3, 9),
        by=clerk,
    )
    assert life_of(seat.person)[0].unfiled == []
    with pytest.raises(Conflict):
        filings.file(appointment=seat, authority="县级党委组织部门", filed_on=dt.date(2024, 4, 1), by=clerk)
    with pytest.raises(DomainError):
        filings.file(appointment=seat, authority="县委", filed_on=dt.date(2024, 2, 1), by=clerk)
    assert Filing.objects.count() == 1


def test_term_opened_twice(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> None:
    seat = seat_of(person_of())
    term = terms.open_term(
        unit=tree.county, kind="leadership", ordinal=8, starts_on=dt.date(2024, 2, 29), by=clerk
    )
    seat.refresh_from_db()
    assert (term.lawful_end, seat.term) == (dt.date(2029, 2, 28), term)
    with pytest.raises(Conflict):
        terms.open_term(
            unit=tree.county, kind="leadership", ordinal=9, starts_on=dt.date(2025, 1, 1), by=clerk
        )
    with pytest.raises(DomainError):
        terms.open_term(unit=tree.village, kind="team", ordinal=1, starts_on=dt.date(2025, 1, 1), by=clerk)


def test_summary_counts_heads_once_by_the_highest_seat(tree: Tree, person_of: Any, seat_of: Any) -> None:
    vice = person_of("赵一", occupation="学校校长")
    seat_of(vice, position="delegate")
    seat_of(vice, tree.township)
    seat_of(person_of("钱二", occupation="科技馆馆长"), position="member")
    seat_of(person_of("孙三", occupation="土专家", unit=tree.village), tree.village, position="team_member")
    seat_of(person_of("李四", unit=tree.other_county), tree.other_county)
    summary = summary_of_unit(tree.county)
    assert (summary.heads, summary.pan, summary.village_workers) == (2, 1, 1)
    assert summary.by_position == {"vice_chair": 1, "member": 1}
    assert summary.by_field == {"education": 1, "other": 1}
    assert dict(summary.field_rows)["卫生"] == 0
    assert summary_of_unit(tree.county, own=True).by_position == {"delegate": 1, "member": 1}
    assert summary_of_unit(tree.province).heads == 3
    assert summary_of_unit(tree.county, dt.date(2023, 1, 1)).heads == 0
    assert in_office(tree.county, clock.today()).count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_appoint_the_same_head_at_once() -> None:
    unit = make_tree()["370102"]
    occupations.load_defaults(by=SYSTEM)
    from sanzhang.models import Occupation

    facts = people.PersonFacts(
        name="王秀兰", employer="农技站", occupation=Occupation.objects.get(name="农技站站长")
    )
    person = people.register(facts=facts, unit=unit, by=SYSTEM)
    seat = SeatFacts(position="chair", valid_from=START, way_in="election")

    def attempt(_: int) -> str:
        try:
            appointments.appoint(person=person, unit=unit, seat=seat, by=SYSTEM)
        except DomainError as error:
            return error.problems[0].code
        finally:
            connection.close()
        return "appointed"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [
            "appointed",
            "second_seat",
            "second_seat",
            "second_seat",
        ]
    assert Appointment.objects.count() == 1
