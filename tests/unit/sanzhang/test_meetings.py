"""Meetings: planned, held, overdue, called off; one meeting with its one paper elects many, or nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from sanzhang.models import Appointment, Candidacy, Meeting
from sanzhang.selectors.calendar import MeetingState, state_of
from sanzhang.services import candidacies, meetings
from sanzhang.services.meetings import Elected, MeetingFacts
from tests.factories import Tree
from tests.pages import pdf

OPENED = dt.date(2026, 3, 2)
HELD = dt.date(2026, 3, 20)


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


@pytest.fixture
def plenary(tree: Tree, clerk: User) -> Meeting:
    """A committee meeting held by the county."""
    facts = MeetingFacts(kind="plenary", session=8, ordinal=3, held_on=HELD, number="科协〔2026〕5号")
    return meetings.save_meeting(unit=tree.county, facts=facts, by=clerk, upload=pdf("纪要.pdf"))


@pytest.fixture
def ready(tree: Tree, clerk: User, person_of: Any) -> Any:
    """Somebody of the county whose procedure has come to the meeting."""

    def make(name: str, position: str = "member", on: dt.date = OPENED, unit: Any = None) -> Candidacy:
        person = person_of(name, unit=unit)
        candidacy = candidacies.open_candidacy(
            person=person, unit=unit or tree.county, position=position, opened_on=OPENED, by=clerk
        )
        steps = ["organisation"] if unit is None else ["organisation", "party_committee"]
        for step in steps:
            candidacies.record_step(candidacy=candidacy, step=step, on=on, opinion="agree", by=clerk)
        return candidacy

    return make


def elect(meeting: Meeting, rows: list[Candidacy], by: User, **more: Any) -> list[Appointment]:
    more.setdefault("way_in", "co_option")
    return meetings.elect(meeting=meeting, elected=[Elected(row) for row in rows], by=by, **more)


def test_one_meeting_elects_twenty(clerk: User, plenary: Meeting, ready: Any) -> None:
    rows = [ready(f"王{chr(0x4E00 + number)}") for number in range(20)]
    seats = elect(plenary, rows, clerk)
    assert len(seats) == 20
    assert {(seat.valid_from, seat.meeting, seat.way_in) for seat in seats} == {(HELD, plenary, "co_option")}
    decisions = plenary.decisions.all()
    assert {(step.on, step.number) for step in decisions} == {(HELD, "科协〔2026〕5号")}
    assert set(Candidacy.objects.values_list("outcome", flat=True)) == {"appointed"}


def test_one_refused_is_named_and_nothing_is_done(clerk: User, plenary: Meeting, ready: Any) -> None:
    good, late = ready("赵一"), ready("钱二", on=HELD + dt.timedelta(days=1))
    skipped = ready("孙三")
    skipped.steps.filter(step="organisation").delete()
    with pytest.raises(DomainError) as refused:
        elect(plenary, [good, late, skipped], clerk)
    assert {(problem.message[:2], problem.code) for problem in refused.value.problems} == {
        ("钱二", "step_too_early"),
        ("孙三", "step_out_of_order"),
    }
    assert {problem.meta["candidacy"] for problem in refused.value.problems} == {late.pk, skipped.pk}
    assert not Appointment.objects.exists()
    assert Candidacy.objects.open().count() == 3
    assert elect(plenary, [good], clerk)


def test_double_seat_overlap_and_age_at_a_meeting(
    clerk: User, plenary: Meeting, ready: Any, seat_of: Any
) -> None:
    double, old = ready("赵一"), ready("钱二")
    seat_of(double.person, position="member", valid_from=dt.date(2026, 1, 5))
    old.person.birth_month = dt.date(1930, 1, 1)
    old.person.save()
    with pytest.raises(DomainError) as refused:
        elect(plenary, [double, old], clerk)
    assert codes(refused) == {"second_seat", "age_impossible"}


def test_meeting_not_held_of_another_unit_or_in_the_wrong_way(
    tree: Tree, clerk: User, other_clerk: User, plenary: Meeting, ready: Any
) -> None:
    row, town = ready("赵一"), ready("钱二", "vice_chair", unit=tree.township)
    ahead = clock.today() + dt.timedelta(days=9)
    planned = meetings.save_meeting(
        unit=tree.county, facts=MeetingFacts(kind="plenary", planned_on=ahead), by=clerk
    )
    with pytest.raises(Conflict) as early:
        elect(planned, [row], clerk)
    assert codes(early) == {"meeting_not_held"}
    with pytest.raises(DomainError) as foreign:
        elect(plenary, [town], clerk)
    assert codes(foreign) == {"other_unit"}
    congress = meetings.save_meeting(
        unit=tree.county, facts=MeetingFacts(kind="congress", held_on=HELD), by=clerk
    )
    with pytest.raises(DomainError) as wrong:
        elect(congress, [row], clerk)
    assert codes(wrong) == {"no_co_option_at_congress"}
    with pytest.raises(DomainError) as nobody:
        elect(plenary, [], clerk)
    assert codes(nobody) == {"nobody_chosen"}
    with pytest.raises(Forbidden):
        elect(plenary, [row], other_clerk)
    assert elect(congress, [row], clerk, way_in="election")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "day_missing"),
        ({"held_on": dt.date(2999, 1, 1)}, "held_in_future"),
        ({"held_on": dt.date(1949, 1, 1)}, "held_too_early"),
        ({"planned_on": dt.date(2999, 1, 1)}, "planned_too_far"),
    ],
)
def test_impossible_days(tree: Tree, clerk: User, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        meetings.save_meeting(unit=tree.county, facts=MeetingFacts(kind="plenary", **facts), by=clerk)
    assert codes(refused) == {code}


def test_states_and_calling_off(tree: Tree, clerk: User, other_clerk: User) -> None:
    today = clock.today()
    facts = MeetingFacts(kind="standing", planned_on=today - dt.timedelta(days=1))
    with pytest.raises(Forbidden):
        meetings.save_meeting(unit=tree.county, facts=facts, by=other_clerk)
    meeting = meetings.save_meeting(unit=tree.county, facts=facts, by=clerk)
    assert state_of(meeting, today) == MeetingState.OVERDUE
    assert state_of(meeting, today - dt.timedelta(days=1)) == MeetingState.PLANNED
    assert list(Meeting.objects.overdue(today)) == [meeting]
    with pytest.raises(DomainError):
        meetings.cancel_meeting(meeting=meeting, reason=" ", by=clerk)
    cancelled = meetings.cancel_meeting(meeting=meeting, reason="改期", by=clerk)
    assert state_of(cancelled, today) == MeetingState.CANCELLED
    with pytest.raises(Conflict):
        meetings.save_meeting(unit=tree.county, facts=facts, by=clerk, meeting=meeting)


def test_meeting_that_elected_stays(clerk: User, plenary: Meeting, ready: Any) -> None:
    elect(plenary, [ready("赵一")], clerk)
    with pytest.raises(Conflict):
        meetings.cancel_meeting(meeting=plenary, reason="登记错误", by=clerk)
    moved = MeetingFacts(kind="plenary", held_on=HELD + dt.timedelta(days=1))
    with pytest.raises(DomainError) as refused:
        meetings.save_meeting(unit=plenary.unit, facts=moved, by=clerk, meeting=plenary)
    assert codes(refused) == {"day_of_election"}


def test_meeting_pages(
    tree: Tree, clerk: User, other_clerk: User, leader: User, client_of: Any, ready: Any
) -> None:
    client = client_of(clerk)
    typed = {"unit": tree.county.pk, "kind": "plenary", "held_on": "2026-03-20", "file": pdf("纪要.pdf")}
    assert (
        client.post(reverse("sanzhang:new_meeting"), {"unit": tree.county.pk, "kind": "plenary"}).status_code
        == 422
    )
    forged = typed | {"unit": tree.other_county.pk, "file": pdf()}
    assert client.post(reverse("sanzhang:new_meeting"), forged).status_code == 422
    assert client.post(reverse("sanzhang:new_meeting"), typed).status_code == 302
    meeting = Meeting.objects.get()
    url = reverse("sanzhang:meeting", args=[meeting.pk])
    rows = [ready("赵一"), ready("钱二")]
    assert client_of(other_clerk).get(url).status_code == 404
    assert "选举或增补" not in client_of(leader).get(url).content.decode()
    page = client.get(url).content.decode()
    assert ("赵一" in page, "纪要.pdf" in page) == (True, True)
    post = reverse("sanzhang:elect", args=[meeting.pk])
    assert client_of(leader).post(post, {}).status_code == 403
    sent = {"chosen": [row.pk for row in rows], "way_in": "co_option"}
    seconded = sent | {f"employment_{rows[0].pk}": "seconded"}
    refused = client.post(post, seconded)
    assert refused.status_code == 422
    assert "赵一：挂职必须填写截止日期" in refused.content.decode()
    assert client.post(post, seconded | {f"until_{rows[0].pk}": "2028-03-01"}).status_code == 302
    assert Appointment.objects.filter(meeting=meeting).count() == 2
    for name in ("meetings", "meeting_month"):
        found = client.get(reverse(f"sanzhang:{name}"), {"month": "2026-03", "kind": "plenary"})
        assert "全委会议" in found.content.decode()
        assert "解放" not in client_of(other_clerk).get(reverse(f"sanzhang:{name}")).content.decode()
    assert client.get(reverse("sanzhang:meeting_month"), {"month": "99-99"}).status_code == 200
