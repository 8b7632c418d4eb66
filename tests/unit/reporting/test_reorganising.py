"""What a reorganisation does to reports, seats and accounts of a province in the middle of a month."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Posting
from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from notices.models import Message
from orgs.choices import ActKind
from orgs.models import OrgUnit
from orgs.rules.reorganising import Line
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising
from reporting.choices import CaseState, EntryMode, ReportState
from reporting.models import CaseStep, Report, UnitReporting
from reporting.selectors.facts import facts_now
from reporting.services.corrections import confirm, open_case
from reporting.services.cycles import open_cycle
from reporting.services.review import accept
from reporting.services.submission import submit
from sanzhang.choices import EndReason
from sanzhang.models import Appointment, Candidacy, KeyPerson, Occupation
from sanzhang.services import appointments, candidacies, occupations, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import make_tree, user_at
from tests.month import WHILE_FILLING, fill, make_month
from tests.reorganised import applied, drafted, fresh

pytestmark = pytest.mark.django_db
A, B = "370102", "370112"


@pytest.fixture
def month(db):
    with time_machine.travel(WHILE_FILLING - dt.timedelta(hours=1), tick=False):
        built = make_month(make_tree())
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield built


@pytest.fixture
def heir_clerk(month):
    return user_at(month.tree[B], Role.REPORTER)


def merge(month, **options):
    tree = month.tree
    return applied(tree.province, [Line(ActKind.MERGE, unit_id=tree[A].pk, into_id=tree[B].pk)], **options)


def test_obligations_stay_and_pass_to_the_successor(month):
    before = set(Report.objects.values_list("unit_id", "unit_name", "county_id", "due_at"))
    merge(month)
    assert set(Report.objects.values_list("unit_id", "unit_name", "county_id", "due_at")) == before
    own, typed = month.report(A), month.report(f"{A}001")
    assert (own.custodian_id, own.reviewer_id) == (month.tree[B].pk, month.tree.city.pk)
    assert (typed.custodian_id, typed.reviewer_id) == (month.tree[B].pk, month.tree[B].pk)


def test_successor_hands_in_both_months_with_their_townships(month, heir_clerk):
    fill(month.report(A), health_events=3, health_reached=50)
    fill(month.report(f"{A}001"), health_events=2, health_reached=20)
    merge(month)
    fill(month.report(B))
    sent = submit(report=month.report(A), by=heir_clerk)
    assert sent.state == ReportState.SUBMITTED
    assert month.report(f"{A}001").state == ReportState.ACCEPTED
    assert {row["unit"] for row in sent.last_version.missing_below} == {
        month.tree[f"{A}002"].pk,
        month.tree[f"{A}003"].pk,
    }
    submit(report=month.report(B), by=heir_clerk)
    assert accept(report=month.report(A), by=month.city).state == ReportState.ACCEPTED
    assert accept(report=month.report(B), by=month.city).state == ReportState.ACCEPTED


def test_clerk_of_the_closed_county_types_at_the_successor_if_the_accounts_pass(month):
    merge(month)
    clerk = type(month.clerk).objects.get(pk=month.clerk.pk)
    assert clerk.unit.pk == month.tree[B].pk
    fill(month.report(A))
    assert submit(report=month.report(A), by=clerk).state == ReportState.SUBMITTED
    old = Posting.objects.get(user=month.clerk, unit=month.tree[A])
    assert old.ends_on == WHILE_FILLING.date() - dt.timedelta(days=1)


def test_accounts_may_end_with_their_unit(month):
    merge(month, choices={"accounts": "end"})
    assert Posting.objects.filter(unit=month.tree[B]).count() == 0
    assert type(month.clerk).objects.get(pk=month.clerk.pk).unit is None


def test_who_holds_the_same_role_there_gets_it_once(month, heir_clerk):
    Posting.objects.create(
        user=month.clerk,
        unit=month.tree[B],
        role=Role.REPORTER,
        starts_on=dt.date(2026, 1, 1),
        granted_by="x",
    )
    merge(month)
    assert Posting.objects.filter(user=month.clerk, unit=month.tree[B], role=Role.REPORTER).count() == 1


def test_submitted_and_returned_reports_are_not_lost(month, heir_clerk):
    fill(month.report(A), health_events=3, health_reached=50)
    submit(report=month.report(A), by=month.clerk)
    merge(month)
    held = accept(report=month.report(A), by=month.city)
    assert held.live_version.figures.get(indicator__key="health_events").value == 3


def test_township_that_changes_its_county_is_typed_and_reviewed_there(month):
    tree = month.tree
    applied(tree.province, [Line(ActKind.MOVE, unit_id=tree.township.pk, parent_id=tree.other_county.pk)])
    report = month.report(f"{A}001")
    assert (report.custodian_id, report.reviewer_id) == (tree.other_county.pk, tree.other_county.pk)
    assert report.county_id == tree.county.pk


def test_self_reporting_township_keeps_its_desk(month):
    tree = month.tree
    applied(tree.province, [Line(ActKind.MOVE, unit_id=tree.other_township.pk, parent_id=tree["370203"].pk)])
    report = month.report("370202002")
    assert (report.custodian_id, report.reviewer_id) == (tree.other_township.pk, tree["370203"].pk)
    assert report.entry_mode == EntryMode.SELF


def test_unit_set_up_signs_as_its_predecessor_did(month):
    tree = month.tree
    UnitReporting.objects.create(unit=tree[A], sign_off="phone")
    applied(
        tree.province,
        [
            Line(ActKind.OPEN, parent_id=tree.city.pk, name="历山区", division_code="370199"),
            Line(ActKind.MERGE, unit_id=tree[A].pk, opens=0),
        ],
    )
    assert UnitReporting.objects.get(unit__name="历山区").sign_off == "phone"


def test_confirmation_owed_by_a_closed_county_is_its_successors(month):
    report = month.report(f"{A}001")
    fill(report, health_events=2, health_reached=20)
    fill(month.report(A))
    submit(report=month.report(A), by=month.clerk)
    case = open_case(
        report=month.report(f"{A}001"), changes={"health_events": "5"}, reason="漏计", by=month.clerk
    )
    waiting = CaseStep.objects.filter(case=case, confirmed__isnull=True).first()
    merge(month)
    reviewer = user_at(month.tree[B], Role.REVIEWER)
    if waiting is not None and waiting.unit_id == month.tree[A].pk:
        confirm(case=case, by=reviewer)
    assert not CaseStep.objects.filter(unit=month.tree[A], confirmed__isnull=True).exists()
    assert case.__class__.objects.get(pk=case.pk).state in CaseState.values


def test_next_month_is_opened_for_the_successor_alone(month):
    merge(month)
    december = open_cycle(collection=month.cycle.collection, period=dt.date(2026, 12, 1), by=SYSTEM)
    owing = set(december.reports.values_list("unit__division_code", flat=True))
    assert A not in owing
    assert december.reports.get(unit=month.tree.township).custodian_id == month.tree[B].pk


def test_tree_is_not_put_before_a_locked_month(month):
    month.cycle.__class__.objects.filter(pk=month.cycle.pk).update(
        state="locked", locked_at=WHILE_FILLING, locked_by="x"
    )
    held = drafted(
        month.tree.province,
        [Line(ActKind.MERGE, unit_id=month.tree[A].pk, into_id=month.tree[B].pk)],
        on=month.cycle.window_last,
    )
    (problem,) = reorganising.preview(held).problems
    assert (problem.code, problem.field) == ("before_locked_cycle", "effective_on")
    renamed = drafted(
        month.tree.province,
        [Line(ActKind.RENAME, unit_id=month.tree[A].pk, name="历上区")],
        on=month.cycle.window_last,
    )
    assert reorganising.preview(renamed).problems == []


def test_undo_puts_the_desks_back_unless_they_were_used(month, heir_clerk):
    before = list(Report.objects.order_by("pk").values_list("pk", "custodian_id", "reviewer_id"))
    with time_machine.travel(WHILE_FILLING + dt.timedelta(minutes=5), tick=False):
        held = merge(month)
    reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
    assert list(Report.objects.order_by("pk").values_list("pk", "custodian_id", "reviewer_id")) == before
    with time_machine.travel(WHILE_FILLING + dt.timedelta(minutes=10), tick=False):
        held = merge(month)
    with time_machine.travel(WHILE_FILLING + dt.timedelta(minutes=15), tick=False):
        fill(month.report(A))
        submit(report=month.report(A), by=heir_clerk)
        with pytest.raises(Conflict) as refused:
            reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
    assert "历下区2026年11月月报" in str(refused.value)


def test_undo_is_refused_once_a_month_was_opened_by_the_new_tree(month):
    held = merge(month)
    with time_machine.travel(WHILE_FILLING + dt.timedelta(days=25), tick=False):
        open_cycle(collection=month.cycle.collection, period=dt.date(2026, 12, 1), by=SYSTEM)
    assert any("2026年12月" in line for line in reorganising.blocks(held))


def test_desks_that_take_over_are_told(month, heir_clerk):
    merge(month)
    assert Message.objects.filter(user=heir_clerk, kind="orgs.reorganised").count() == 1


def test_scheduled_one_takes_effect_on_its_day_or_says_why_not(month):
    admin = user_at(month.tree.province, Role.UNIT_ADMIN)
    tomorrow = WHILE_FILLING.date() + dt.timedelta(days=1)
    lines = [Line(ActKind.MERGE, unit_id=month.tree[A].pk, into_id=month.tree[B].pk)]
    held = drafted(month.tree.province, lines, on=tomorrow)
    rival = drafted(month.tree.province, lines, on=tomorrow)
    assert [problem.code for problem in reorganising.preview(held).problems] == ["future"]
    for each in (held, rival):
        reorganising.schedule(reorganisation=each, by=SYSTEM)
    assert reorganising.apply_due() == (0, 0)
    with time_machine.travel(WHILE_FILLING + dt.timedelta(days=1), tick=False):
        assert reorganising.apply_due() == (1, 1)
        assert reorganising.apply_due() == (0, 1)
    assert fresh(month.tree[A]).closed_on == tomorrow
    rival.refresh_from_db()
    assert "已撤销" in rival.obstacle
    assert Message.objects.filter(user=admin, kind="orgs.reorganisation_failed").count() == 1
    assert verify_tree() == []


def test_schedule_wants_a_day_to_come(month):
    lines = [Line(ActKind.MERGE, unit_id=month.tree[A].pk, into_id=month.tree[B].pk)]
    held = drafted(month.tree.province, lines)
    with pytest.raises(DomainError) as refused:
        reorganising.schedule(reorganisation=held, by=SYSTEM)
    assert refused.value.problems[0].code == "not_future"


# Seats


@pytest.fixture
def seated(month):
    occupations.load_defaults(by=SYSTEM)

    def seat(name, code, position="vice_chair", person=None):
        unit = month.tree[code]
        person = person or people.register(
            facts=PersonFacts(
                name=name, occupation=Occupation.objects.get(name="学校校长"), employer=f"{name}学校"
            ),
            unit=unit,
            by=SYSTEM,
        )
        facts = SeatFacts(position=position, valid_from=dt.date(2024, 3, 1), way_in="election")
        return appointments.appoint(person=person, unit=unit, seat=facts, by=SYSTEM)

    return seat


KEYS = ("key_people_opening", "key_people_total", "moved_in", "moved_out", "recruited", "left", "corrected")


def test_figures_tell_a_merger_as_moving_and_count_each_head_once(tree):
    october, november = (WHILE_FILLING.replace(month=month, day=5) for month in (10, 11))
    with time_machine.travel(october, tick=False):
        occupations.load_defaults(by=SYSTEM)
        school = Occupation.objects.get(name="学校校长")
        heads = [
            people.register(
                facts=PersonFacts(name=f"王{name}", occupation=school, employer=f"{name}校"),
                unit=tree.city,
                by=SYSTEM,
            )
            for name in "甲乙丙"
        ]
        facts = SeatFacts(position="vice_chair", valid_from=dt.date(2024, 3, 1), way_in="election")
        for head, code in ((0, A), (1, A), (1, B), (2, B)):
            appointments.appoint(person=heads[head], unit=tree[code], seat=facts, by=SYSTEM)
    with time_machine.travel(november, tick=False):
        month = make_month(tree)
        merge(month)
    with time_machine.travel(november + dt.timedelta(days=1), tick=False):
        table = facts_now(tree.province, month.cycle)
    found = {
        unit.division_code: [table.number(unit.pk, key) for key in KEYS] for unit in (tree.city, tree[B])
    }
    assert found == {"3701": [3, 3, 0, 0, 0, 0, 0], B: [2, 3, 1, 0, 0, 0, 0]}


def test_carried_seat_ends_and_begins_on_the_day_and_is_counted_once(month, seated):
    seat = seated("王某", A)
    twice = seated("李某", A)
    seated("李某", B, person=twice.person)
    merge(month)
    seat.refresh_from_db()
    assert (seat.end_reason, seat.valid_to) == (EndReason.REORGANISED, WHILE_FILLING.date())
    fresh_seat = Appointment.objects.get(person=seat.person, valid_to=None)
    assert (fresh_seat.unit_id, fresh_seat.body.unit_id) == (month.tree[B].pk, month.tree[B].pk)
    assert Appointment.objects.filter(person=twice.person, valid_to=None).count() == 1
    assert KeyPerson.objects.get(pk=seat.person_id).unit_id == month.tree[B].pk


@pytest.fixture
def hour_later():
    """After everything that the test has set up."""

    def go():
        return time_machine.travel(WHILE_FILLING + dt.timedelta(hours=1), tick=False)

    return go


def test_seats_may_be_kept_or_end(month, seated, hour_later):
    seat = seated("王某", A)
    with hour_later():
        held = merge(month, choices={"seats": "keep"})
        seat.refresh_from_db()
        assert seat.valid_to is None
        reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
        merge(month, choices={"seats": "end"})
    assert not Appointment.objects.filter(person=seat.person, valid_to=None).exists()


def test_open_candidacy_goes_on_at_the_successor_or_is_withdrawn(month, seated, hour_later):
    seat = seated("王某", A)
    going = candidacies.open_candidacy(
        person=seat.person,
        unit=month.tree[A],
        position="standing_member",
        opened_on=dt.date(2026, 11, 2),
        by=SYSTEM,
    )
    with hour_later():
        held = merge(month)
        going.refresh_from_db()
        assert (going.unit_id, going.body.unit_id) == (month.tree[B].pk, month.tree[B].pk)
        assert going.closed_on is None
        reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
        going.refresh_from_db()
        assert going.unit_id == month.tree[A].pk
        merge(month, choices={"seats": "end"})
    assert Candidacy.objects.get(pk=going.pk).outcome == "withdrawn"


def test_preview_names_reports_seats_and_accounts_by_unit(month, seated):
    seated("王某", A)
    held = drafted(
        month.tree.province, [Line(ActKind.MERGE, unit_id=month.tree[A].pk, into_id=month.tree[B].pk)]
    )
    found = reorganising.preview(held)
    told = {(group.key, row.label) for group in found.groups for row in group.rows}
    assert {
        ("tree", "存续"),
        ("tree", "上级"),
        ("seats", "任职"),
        ("accounts", "账号"),
        ("reports", "报表"),
    } <= told
    (report,) = [
        row
        for group in found.groups
        if group.key == "reports"
        for row in group.rows
        if row.unit_id == month.tree[A].pk
    ]
    assert report.after == "历城区填报、济南市审核"
    assert OrgUnit.objects.get(pk=month.tree[A].pk).closed_on is None
