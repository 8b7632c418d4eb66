"""Two records of one head: merged with nothing lost, parted while nothing new hangs on the merge."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core.errors import Conflict, DomainError, Forbidden
from sanzhang.models import Candidacy, KeyPerson, PersonMerge
from sanzhang.services import appointments, candidacies, merging, people
from tests.factories import Tree

PHONE = "13805310001"


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


@pytest.fixture
def two(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> tuple[KeyPerson, KeyPerson]:
    """The same head twice: a seat in the county, and a seat and a candidacy in a township."""
    keep = person_of("赵一", by=clerk)
    double = person_of("赵 一", employer="另一单位", phone=PHONE, title="农艺师", by=clerk)
    seat_of(keep, tree.county)
    seat_of(double, tree.township)
    candidacies.open_candidacy(
        person=double, unit=tree.county, position="member", opened_on=dt.date(2025, 1, 1), by=clerk
    )
    return keep, double


def test_everything_that_points_to_a_person_moves(two: tuple[KeyPerson, KeyPerson], clerk: User) -> None:
    keep, double = two
    merging.merge(keep=keep, double=double, by=clerk)
    for relation in merging.dependents():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: double})
        assert not rows.exists(), relation
    assert (keep.appointments.count(), keep.candidacies.count()) == (2, 1)
    names = {merging.relation_name(relation) for relation in merging.dependents()}
    assert {"sanzhang.appointment.person", "sanzhang.candidacy.person"} <= names


def test_merge_undone_gives_back_each_row(two: tuple[KeyPerson, KeyPerson], clerk: User) -> None:
    keep, double = two
    merging.merge(keep=keep, double=double, by=clerk)
    merged = PersonMerge.objects.get()
    merging.undo_merge(merged=merged, by=clerk)
    keep.refresh_from_db()
    double.refresh_from_db()
    assert (keep.title, keep.phone_masked, double.merged_into) == ("", "", None)
    assert [seat.unit.name for seat in keep.appointments.all()] == ["历下区"]
    assert (double.appointments.count(), Candidacy.objects.get().person) == (1, double)
    assert set(KeyPerson.objects.present()) == {keep, double}
    with pytest.raises(Conflict) as refused:
        merging.undo_merge(merged=merged, by=clerk)
    assert codes(refused) == {"merge_undone"}
    merging.merge(keep=keep, double=double, by=clerk)


def test_undo_gives_back_the_records_merged_before(clerk: User, person_of: Any) -> None:
    first, second, third = (person_of(name, by=clerk) for name in ("赵一", "赵二", "赵三"))
    merging.merge(keep=second, double=first, by=clerk)
    merging.merge(keep=third, double=second, by=clerk)
    merging.undo_merge(merged=PersonMerge.objects.get(kept=third), by=clerk)
    first.refresh_from_db()
    assert first.merged_into == second


def test_undo_is_refused_once_something_new_hangs_on_it(
    two: tuple[KeyPerson, KeyPerson], clerk: User, tree: Tree, seat_of: Any
) -> None:
    keep, double = two
    merging.merge(keep=keep, double=double, by=clerk)
    merged = PersonMerge.objects.get()
    seat = seat_of(keep, tree.sister_township, by=clerk)
    with pytest.raises(Conflict) as refused:
        merging.undo_merge(merged=merged, by=clerk)
    assert "任职" in str(refused.value)
    assert keep.appointments.count() == 3
    seat.delete()
    merging.undo_merge(merged=merged, by=clerk)


def test_undo_is_refused_after_the_facts_changed(
    two: tuple[KeyPerson, KeyPerson], clerk: User, facts_of: Any
) -> None:
    keep, double = two
    kept = merging.merge(keep=keep, double=double, by=clerk)
    people.update(person=kept, revision=kept.revision, facts=facts_of("赵一", post="站长"), by=clerk)
    with pytest.raises(Conflict) as refused:
        merging.undo_merge(merged=PersonMerge.objects.get(), by=clerk)
    assert "人员信息" in str(refused.value)


def test_seats_in_the_way_are_named(tree: Tree, clerk: User, person_of: Any, seat_of: Any) -> None:
    keep, double = person_of("赵一"), person_of("钱二")
    seat_of(keep)
    seat = seat_of(double, position="chair")
    with pytest.raises(DomainError) as refused:
        merging.merge(keep=keep, double=double, by=clerk)
    assert codes(refused) == {"second_seat"}
    for words in ("历下区科协", "副主席", "主席", "2024年3月1日至今"):
        assert words in str(refused.value)
    appointments.end(appointment=seat, on=dt.date(2024, 5, 1), reason="resigned", by=clerk)
    with pytest.raises(DomainError):
        merging.merge(keep=keep, double=double, by=clerk)
    appointments.void(appointment=seat, reason="重复登记", by=clerk)
    merging.merge(keep=keep, double=double, by=clerk)


def test_candidacies_in_the_way_are_named(tree: Tree, clerk: User, person_of: Any) -> None:
    both = [person_of("赵一"), person_of("钱二")]
    for person in both:
        candidacies.open_candidacy(
            person=person, unit=tree.county, position="member", opened_on=dt.date(2025, 1, 1), by=clerk
        )
    with pytest.raises(DomainError) as refused:
        merging.merge(keep=both[0], double=both[1], by=clerk)
    assert codes(refused) == {"candidacy_open"}


def test_merge_across_units_needs_both(
    tree: Tree, clerk: User, other_clerk: User, township_clerk: User, person_of: Any
) -> None:
    keep, foreign = person_of("赵一"), person_of("赵一", unit=tree.other_county, employer="青岛")
    for by in (clerk, other_clerk, township_clerk):
        with pytest.raises(Forbidden):
            merging.merge(keep=keep, double=foreign, by=by)
    near = person_of("赵一", unit=tree.township, employer="街道")
    merging.merge(keep=keep, double=near, by=clerk)


def test_pages_merge_and_undo(
    two: tuple[KeyPerson, KeyPerson], clerk: User, other_clerk: User, leader: User, client_of: Any
) -> None:
    keep, double = two
    client = client_of(clerk)
    url = reverse("sanzhang:merge", args=[keep.pk])
    assert client.post(url, {"double": double.pk}).status_code == 302
    undo = reverse("sanzhang:undo_merge", args=[PersonMerge.objects.get().pk])
    assert undo in client.get(keep.get_absolute_url()).content.decode()
    assert undo not in client_of(leader).get(keep.get_absolute_url()).content.decode()
    assert client_of(other_clerk).post(undo).status_code == 404
    assert client_of(leader).post(undo).status_code == 403
    assert client.post(undo).status_code == 302
    double.refresh_from_db()
    assert double.merged_into is None
