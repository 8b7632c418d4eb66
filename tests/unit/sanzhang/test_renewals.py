"""换届 as one act over one or several bodies; terms corrected; quotas; reminders once a stage."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from notices.models import Message
from orgs.models import OrgUnit
from sanzhang.models import Appointment, Meeting, PositionQuota, RenewalReminder, Term
from sanzhang.selectors.bodies import bodies_of
from sanzhang.services import candidacies, quotas, reminding, renewals, terms
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.bulk_ground import PersonRow, problems_of_rows
from sanzhang.services.meetings import Elected, MeetingFacts
from sanzhang.services.renewals import BodyRenewal, ElectedDirectly, Fate
from tests.factories import Tree

STARTED = dt.date(2020, 1, 1)
ON = dt.date(2025, 1, 10)
CONGRESS = MeetingFacts(kind="congress", held_on=ON, number="大会〔2025〕1号")
PLENARY = MeetingFacts(kind="plenary", held_on=ON, number="全委〔2025〕1号")
PART_TIME_VICE = ("vice_chair", "part_time")


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


@pytest.fixture
def open_terms(tree: Tree, clerk: User) -> dict[str, Term]:
    """The eighth terms of the four bodies of the county."""
    return {
        kind: terms.open_term(unit=tree.county, kind=kind, ordinal=8, starts_on=STARTED, by=clerk)
        for kind in ("congress", "committee", "standing", "leadership")
    }


def renew(unit: OrgUnit, by: User, *bodies: BodyRenewal, **more: Any) -> renewals.Outcome:
    meetings = more.pop("meetings", {"plenary": PLENARY})
    return renewals.renew(unit=unit, bodies=bodies, meetings=meetings, by=by, **more)


def test_carried_ended_and_changed(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    stays, leaves, rises = (seat_of(person_of(name)) for name in ("赵一", "钱二", "孙三"))
    fates = {stays.pk: Fate(), leaves.pk: Fate(reason="retired"), rises.pk: Fate(position="chair")}
    outcome = renew(tree.county, clerk, BodyRenewal("leadership", fates))
    [result] = outcome.bodies
    old = Term.objects.get(pk=open_terms["leadership"].pk)
    assert (old.ended_on, result.new.ordinal, result.new.lawful_end) == (ON, 9, dt.date(2030, 1, 10))
    now = {(seat.person.name, seat.position, seat.term, seat.way_in) for seat in Appointment.objects.on(ON)}
    assert now == {
        ("赵一", "vice_chair", result.new, "election"),
        ("孙三", "chair", result.new, "election"),
    }
    leaves.refresh_from_db()
    assert (leaves.valid_to, leaves.end_reason) == (ON, "retired")
    meeting = Meeting.objects.get()
    assert (meeting.number, meeting.elected.count()) == ("全委〔2025〕1号", 2)
    with pytest.raises(DomainError):
        renew(tree.county, clerk, BodyRenewal("leadership", fates))


def test_several_bodies_at_once_with_a_newcomer(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    member = seat_of(person_of("赵一"), position="member")
    standing = seat_of(member.person, position="standing_member")
    new_person = person_of("钱二")
    candidacy = candidacies.open_candidacy(
        person=new_person, unit=tree.county, position="member", opened_on=dt.date(2025, 1, 2), by=clerk
    )
    candidacies.record_step(
        candidacy=candidacy, step="organisation", on=dt.date(2025, 1, 5), opinion="agree", by=clerk
    )
    outcome = renew(
        tree.county,
        clerk,
        BodyRenewal("standing", {standing.pk: Fate()}),
        BodyRenewal("committee", {member.pk: Fate()}, newcomers=[Elected(candidacy)]),
        BodyRenewal("leadership", {}),
        meetings={"congress": CONGRESS, "plenary": PLENARY},
    )
    assert [result.new.body.kind for result in outcome.bodies] == ["committee", "standing", "leadership"]
    seats = {(seat.person.name, seat.position, seat.meeting.kind) for seat in Appointment.objects.on(ON)}
    assert seats == {
        ("赵一", "member", "congress"),
        ("赵一", "standing_member", "plenary"),
        ("钱二", "member", "congress"),
    }
    candidacy.refresh_from_db()
    assert candidacy.outcome == "appointed"
    assert Term.objects.filter(ordinal=9).count() == 3


def test_refused_newcomer_is_named_and_nothing_is_done(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any
) -> None:
    early = candidacies.open_candidacy(
        person=person_of("钱二"), unit=tree.county, position="member", opened_on=dt.date(2025, 1, 2), by=clerk
    )
    with pytest.raises(DomainError) as refused:
        renew(
            tree.county,
            clerk,
            BodyRenewal("committee", {}, newcomers=[Elected(early)]),
            meetings={"congress": CONGRESS},
        )
    assert codes(refused) == {"step_out_of_order"}
    assert refused.value.problems[0].message.startswith("钱二：")
    assert not Term.objects.filter(ordinal=9).exists()
    assert not Meeting.objects.exists()


def test_missing_fate_forged_seat_and_foreign_clerk(
    tree: Tree, clerk: User, other_clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    seat = seat_of(person_of("赵一"))
    foreign = seat_of(person_of("李四", unit=tree.other_county), tree.other_county)
    for fates, code in (
        ({}, "fate_missing"),
        ({seat.pk: Fate(), foreign.pk: Fate()}, "unknown_seat"),
        ({seat.pk: Fate(reason="bored")}, "reason_unknown"),
    ):
        with pytest.raises(DomainError) as refused:
            renew(tree.county, clerk, BodyRenewal("leadership", fates))
        assert codes(refused) == {code}
    with pytest.raises(Forbidden):
        renew(tree.county, other_clerk, BodyRenewal("leadership", {seat.pk: Fate()}))
    with pytest.raises(DomainError):
        renew(tree.county, clerk)
    assert Term.objects.filter(ended_on=None).count() == 4


@pytest.mark.parametrize("held_on", [STARTED, dt.date(2019, 1, 1)])
def test_renewal_before_the_old_term(tree: Tree, clerk: User, open_terms: Any, held_on: dt.date) -> None:
    facts = MeetingFacts(kind="plenary", held_on=held_on)
    with pytest.raises(DomainError) as refused:
        renew(tree.county, clerk, BodyRenewal("leadership", {}), meetings={"plenary": facts})
    assert codes(refused) == {"renewal_early"}


def test_body_without_a_term(tree: Tree, clerk: User) -> None:
    with pytest.raises(Conflict) as refused:
        renew(tree.county, clerk, BodyRenewal("leadership", {}))
    assert codes(refused) == {"no_term"}


def test_rehearsal_leaves_nothing(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    seat = seat_of(person_of("赵一"))
    body = BodyRenewal("leadership", {seat.pk: Fate(reason="renewal")}, quota={PART_TIME_VICE: 1})
    outcome = renewals.rehearse(unit=tree.county, bodies=[body], meetings={"plenary": PLENARY}, by=clerk)
    assert [one.person.name for one in outcome.bodies[0].ended] == ["赵一"]
    assert not Term.objects.filter(ordinal=9).exists()
    assert not Meeting.objects.exists()
    seat.refresh_from_db()
    assert seat.is_open


def test_renewal_past_the_quota_is_explained_or_refused(
    tree: Tree, clerk: User, province_official: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    fates = {seat_of(person_of(name)).pk: Fate() for name in ("赵一", "钱二")}
    body = BodyRenewal("leadership", fates, quota={PART_TIME_VICE: 1})
    with pytest.raises(DomainError) as warned:
        renew(tree.county, clerk, body)
    assert codes(warned) == {"over_quota"}
    quotas.set_policy(owner=tree.province, over_quota="refuse", by=province_official)
    with pytest.raises(DomainError):
        renew(tree.county, clerk, body, explanation="县委批准")
    quotas.set_policy(owner=tree.province, over_quota="warn", by=province_official)
    outcome = renew(tree.county, clerk, body, explanation="县委批准")
    assert [problem.code for problem in outcome.warnings] == ["over_quota"]


def test_seat_past_the_quota(
    tree: Tree, clerk: User, province_official: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    term = open_terms["leadership"]
    quotas.set_quota(term=term, quota={PART_TIME_VICE: 1, ("vice_chair", "seconded"): None}, by=clerk)
    assert PositionQuota.objects.get().seats == 1
    seat_of(person_of("赵一"), valid_from=dt.date(2024, 3, 1))
    second = person_of("钱二")
    with pytest.raises(DomainError) as warned:
        seat_of(second)
    assert codes(warned) == {"over_quota"}
    until = dt.date(2027, 3, 1)
    seat_of(person_of("孙三"), employment="seconded", secondment_ends_on=until)
    with pytest.raises(Forbidden):
        quotas.set_policy(owner=tree.province, over_quota="refuse", by=clerk)
    quotas.set_policy(owner=tree.province, over_quota="refuse", by=province_official)
    with pytest.raises(DomainError) as refused:
        seat_of(second)
    assert refused.value.problems[0].is_error
    quotas.set_quota(term=term, quota={PART_TIME_VICE: 2}, by=clerk)
    seat_of(second)


def test_sheet_counts_seats_of_a_former_term_too(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any, seat_of: Any, facts_of: Any
) -> None:
    quotas.set_quota(term=open_terms["leadership"], quota={PART_TIME_VICE: 1}, by=clerk)
    seat_of(person_of("赵一"))
    Appointment.objects.update(term=None)
    seat = SeatFacts("vice_chair", dt.date(2024, 3, 1), is_backfill=True)
    [found] = problems_of_rows([PersonRow(2, facts_of("钱二"), tree.county, seat)], clerk)
    assert "over_quota" in {problem.code for problem in found}


def test_quota_of_a_foreign_position_or_by_a_foreign_clerk(
    tree: Tree, clerk: User, other_clerk: User, open_terms: Any
) -> None:
    term = open_terms["leadership"]
    with pytest.raises(DomainError) as refused:
        quotas.set_quota(term=term, quota={("member", "part_time"): 3}, by=clerk)
    assert codes(refused) == {"position_not_in_body"}
    with pytest.raises(Forbidden):
        quotas.set_quota(term=term, quota={PART_TIME_VICE: 3}, by=other_clerk)


def test_vacancies_and_members_of_a_unit(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    quotas.set_quota(term=open_terms["leadership"], quota={PART_TIME_VICE: 3}, by=clerk)
    seat_of(person_of("赵一"))
    pages = {page.kind.value: page for page in bodies_of(tree.county)}
    page = pages["leadership"]
    [post] = page.shown_posts
    assert (post.seats, post.held, post.vacant, page.heads) == (3, 1, 2, 1)
    assert list(pages) == ["congress", "committee", "standing", "leadership"]
    assert [page.kind.value for page in bodies_of(tree.township)] == ["committee", "standing", "leadership"]
    assert [page.kind.value for page in bodies_of(tree.city)] == list(pages)


def test_term_corrected(
    tree: Tree, clerk: User, other_clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    term, seat = open_terms["leadership"], seat_of(person_of("赵一"))
    assert seat.term == term
    right = {"ordinal": 7, "starts_on": dt.date(2024, 6, 1), "lawful_end": dt.date(2029, 6, 1)}
    with pytest.raises(DomainError):
        terms.correct_term(term=term, reason=" ", by=clerk, **right)
    with pytest.raises(Forbidden):
        terms.correct_term(term=term, reason="笔误", by=other_clerk, **right)
    with pytest.raises(DomainError) as backwards:
        terms.correct_term(term=term, reason="笔误", by=clerk, **right | {"lawful_end": dt.date(2024, 1, 1)})
    assert codes(backwards) == {"term_end"}
    terms.correct_term(term=term, reason="笔误", by=clerk, **right)
    seat.refresh_from_db()
    assert seat.term is None
    terms.correct_term(term=term, reason="又错", by=clerk, **right | {"starts_on": dt.date(2024, 1, 1)})
    seat.refresh_from_db()
    assert seat.term == term


def test_past_term_is_not_corrected_past_its_end(tree: Tree, clerk: User, open_terms: Any) -> None:
    renew(tree.county, clerk, BodyRenewal("leadership", {}))
    old = Term.objects.get(pk=open_terms["leadership"].pk)
    typed = {"ordinal": 8, "lawful_end": dt.date(2030, 1, 1), "reason": "笔误", "by": clerk}
    with pytest.raises(DomainError) as refused:
        terms.correct_term(term=old, starts_on=ON, **typed)
    assert codes(refused) == {"term_after_its_end"}


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (366, None),
        (365, "year"),
        (100, "half"),
        (91, "quarter"),
        (0, "due"),
        (-90, "due"),
        (-91, "late_quarter"),
        (-400, "late_year"),
    ],
)
def test_stage_by_days_left(days: int, stage: str | None) -> None:
    found = reminding.stage_of(days)
    assert (found[0] if found else None) == stage


def test_reminded_once_a_stage_and_up_the_tree(
    tree: Tree, clerk: User, other_clerk: User, city_official: User, leader: User
) -> None:
    today = clock.today()
    start = today - dt.timedelta(days=1700)
    for kind in ("committee", "leadership"):
        terms.open_term(unit=tree.county, kind=kind, ordinal=3, starts_on=start, by=SYSTEM)
    assert reminding.remind_of_renewals(today=today, by=SYSTEM) == 2
    assert reminding.remind_of_renewals(today=today, by=SYSTEM) == 0
    for user in (clerk, leader, city_official):
        [message] = Message.objects.filter(user=user)
        assert message.title == "换届提醒：2个领导机构"
    assert not Message.objects.filter(user=other_clerk).exists()
    assert reminding.remind_of_renewals(today=today + dt.timedelta(days=200), by=SYSTEM) == 2
    assert RenewalReminder.objects.count() == 4


def test_elected_directly_by_the_meeting(tree: Tree, clerk: User, open_terms: Any, person_of: Any) -> None:
    first, second = person_of("周五"), person_of("吴六")
    direct = [
        ElectedDirectly(first, "member"),
        ElectedDirectly(second, "member", "seconded", dt.date(2027, 1, 1)),
    ]
    renew(
        tree.county,
        clerk,
        BodyRenewal("committee", {}, direct=direct),
        meetings={"congress": CONGRESS},
    )
    seats = {
        (
            seat.person.name,
            seat.way_in,
            seat.basis,
            seat.employment,
            seat.secondment_ends_on,
            seat.meeting.kind,
        )
        for seat in Appointment.objects.on(ON)
    }
    basis = "代表大会 大会〔2025〕1号"
    assert seats == {
        ("周五", "election", basis, "part_time", None, "congress"),
        ("吴六", "election", basis, "seconded", dt.date(2027, 1, 1), "congress"),
    }


def test_refused_direct_election_is_named_and_nothing_is_done(
    tree: Tree, clerk: User, open_terms: Any, person_of: Any, seat_of: Any
) -> None:
    sits, considered, wrong, foreign = (
        person_of("赵一"),
        person_of("钱二"),
        person_of("孙三"),
        person_of("李四", unit=tree.other_county),
    )
    seat = seat_of(sits, position="member")
    candidacies.open_candidacy(
        person=considered, unit=tree.county, position="member", opened_on=dt.date(2025, 1, 2), by=clerk
    )
    direct = [
        ElectedDirectly(sits, "member"),
        ElectedDirectly(considered, "member"),
        ElectedDirectly(wrong, "chair"),
        ElectedDirectly(foreign, "member"),
    ]
    with pytest.raises(DomainError) as refused:
        renew(
            tree.county,
            clerk,
            BodyRenewal("committee", {seat.pk: Fate()}, direct=direct),
            meetings={"congress": CONGRESS},
        )
    assert {(problem.message[:2], problem.code) for problem in refused.value.problems} == {
        ("赵一", "second_seat"),
        ("钱二", "candidacy_open"),
        ("孙三", "position_not_in_body"),
        ("李四", "record_elsewhere"),
    }
    assert Appointment.objects.count() == 1
    assert not Meeting.objects.exists()
