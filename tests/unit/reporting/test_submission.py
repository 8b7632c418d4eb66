"""Typing, sign-off, submission and withdrawal."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from notices.models import Message
from reporting.choices import ReportState, SignOffMode
from reporting.models import Cell, Figure, Report, ReportVersion, UnitReporting
from reporting.services.filling import CellChange, save_cells, set_nil, zero_the_rest
from reporting.services.review import accept
from reporting.services.submission import ask_sign_off, reopen_draft, sign, submit, withdraw
from tests.month import Month, desk, fill


def change(report: Report, key: str, value: str, revision: int = 0, **more: str) -> CellChange:
    return CellChange(report_id=report.pk, key=key, value=value, revision=revision, **more)


def test_cell_is_saved_with_its_revision_and_a_repeat_changes_nothing(month: Month) -> None:
    report = month.county_report
    first = save_cells(reports=[report], changes=[change(report, "health_events", "3")], by=month.clerk)
    assert [saved.revision for saved in first.saved] == [1]
    again = save_cells(reports=[report], changes=[change(report, "health_events", "3")], by=month.clerk)
    assert [saved.revision for saved in again.saved] == [1]
    assert again.conflicts == []


def test_two_people_in_one_cell_each_see_the_other(month: Month) -> None:
    report = month.county_report
    save_cells(reports=[report], changes=[change(report, "health_events", "3")], by=month.clerk)
    colleague = desk(month.tree.county)
    outcome = save_cells(
        reports=[report], changes=[change(report, "health_events", "5", revision=0)], by=colleague
    )
    assert outcome.saved == []
    [conflict] = outcome.conflicts
    assert (conflict.value, conflict.revision) == ("3", 1)
    assert month.clerk.name in conflict.by
    assert Cell.objects.get(report=report).value == 3


def test_bad_figure_is_refused_and_the_good_one_beside_it_is_kept(month: Month) -> None:
    report = month.county_report
    outcome = save_cells(
        reports=[report],
        changes=[change(report, "health_events", "-3"), change(report, "health_reached", "120")],
        by=month.clerk,
    )
    assert [refused.problems[0].code for refused in outcome.refused] == ["negative"]
    assert [saved.key for saved in outcome.saved] == ["health_reached"]
    assert set(Cell.objects.filter(report=report).values_list("indicator__key", flat=True)) == {
        "health_reached"
    }


@pytest.mark.parametrize("key", ["units_established", "evidence", "no_such_key", "support_nothing"])
def test_registry_figure_file_or_unknown_key_cannot_be_typed(month: Month, key: str) -> None:
    report = month.county_report
    outcome = save_cells(reports=[report], changes=[change(report, key, "1")], by=month.clerk)
    assert [refused.problems[0].code for refused in outcome.refused] == ["unknown_cell"]
    assert not Cell.objects.exists()


def test_report_outside_the_handed_scope_is_unknown(month: Month) -> None:
    foreign = month.report("370202")
    outcome = save_cells(
        reports=[month.county_report], changes=[change(foreign, "health_events", "1")], by=month.clerk
    )
    assert [refused.problems[0].code for refused in outcome.refused] == ["unknown_cell"]


def test_foreign_desk_is_forbidden_to_type(month: Month) -> None:
    with pytest.raises(Forbidden):
        save_cells(
            reports=[month.county_report],
            changes=[change(month.county_report, "health_events", "1")],
            by=desk(month.tree.sister_county),
        )


def test_incomplete_report_is_refused_at_every_empty_cell(month: Month) -> None:
    report = month.county_report
    fill(report, except_keys=["health_events", "inspections"])
    with pytest.raises(DomainError) as refused:
        submit(report=report, by=month.clerk)
    assert {problem.field for problem in refused.value.problems} == {"health_events", "inspections"}
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT
    assert not ReportVersion.objects.exists()


def test_submission_freezes_figures_and_tells_the_city(month: Month) -> None:
    report = month.county_report
    fill(report, health_events=4, health_reached=200, progress="开展义诊")
    done = submit(report=report, by=month.clerk)
    assert (done.state, done.on_time, done.live_version_id) == (ReportState.SUBMITTED, True, None)
    figures = dict(Figure.objects.filter(version=done.last_version).values_list("indicator__key", "value"))
    assert figures["health_events"] == 4
    assert AuditEvent.objects.filter(kind="report.submit", object_id=str(report.pk)).count() == 1
    assert Message.objects.filter(user=month.city, kind="report.submit").count() == 1


def test_frozen_figures_do_not_follow_the_cells(month: Month) -> None:
    report = month.county_report
    fill(report, health_events=4, health_reached=200)
    done = submit(report=report, by=month.clerk)
    Cell.objects.filter(report=report).update(value=77)
    assert Figure.objects.get(version=done.last_version, indicator__key="health_events").value == 4


def test_double_submit_makes_one_version(month: Month) -> None:
    report = month.county_report
    fill(report)
    submit(report=report, by=month.clerk)
    with pytest.raises(Conflict):
        submit(report=report, by=month.clerk)
    assert report.versions.count() == 1


def test_stale_page_is_told(month: Month) -> None:
    report = month.county_report
    fill(report)
    submit(report=report, by=month.clerk, revision=report.revision)
    withdraw(report=report, by=month.clerk)
    with pytest.raises(Conflict, match="刚才"):
        submit(report=report, by=month.clerk, revision=report.revision)


def test_typed_townships_go_along_and_untouched_ones_are_named(month: Month) -> None:
    fill(month.county_report)
    fill(month.report("370102001"), health_events=2, health_reached=60)
    done = submit(report=month.county_report, by=month.clerk)
    township = month.report("370102001")
    assert township.state == ReportState.ACCEPTED
    assert township.live_version is not None
    names = [row["name"] for row in done.last_version.missing_below]
    assert names == ["历下区千佛山街道", "历下区趵突泉街道"]


def test_half_typed_township_stops_the_submission_by_name(month: Month) -> None:
    fill(month.county_report)
    fill(month.report("370102001"), except_keys=["led_events"])
    with pytest.raises(DomainError) as refused:
        submit(report=month.county_report, by=month.clerk)
    [problem] = refused.value.problems
    assert problem.message.startswith("解放路街道：")
    assert problem.meta["report"] == month.report("370102001").pk
    assert month.county_report.state == ReportState.DRAFT


def test_withdrawal_brings_the_townships_back(month: Month) -> None:
    fill(month.county_report)
    fill(month.report("370102001"))
    submit(report=month.county_report, by=month.clerk)
    withdraw(report=month.county_report, by=month.clerk)
    township = month.report("370102001")
    assert (month.county_report.state, township.state, township.live_version_id) == (
        ReportState.DRAFT,
        ReportState.DRAFT,
        None,
    )


def test_resubmission_after_the_deadline_is_still_on_time(
    month: Month, clock_stopped: time_machine.Traveller
) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    withdraw(report=month.county_report, by=month.clerk)
    clock_stopped.shift(5 * 86400)
    again = submit(report=month.county_report, by=month.clerk)
    assert again.on_time is True
    assert again.submitted_at > again.first_submitted_at


def test_nil_return_is_deliberate_and_falls_with_the_first_figure(month: Month) -> None:
    report = set_nil(report=month.county_report, is_nil=True, by=month.clerk)
    cell = Cell.objects.get(report=report, indicator__key="health_events")
    assert cell.value == 0
    save_cells(
        reports=[report],
        changes=[change(report, "health_events", "2", revision=cell.revision)],
        by=month.clerk,
    )
    assert month.county_report.is_nil is False


def test_zero_the_rest_leaves_what_was_typed(month: Month) -> None:
    report = month.county_report
    save_cells(reports=[report], changes=[change(report, "health_events", "7")], by=month.clerk)
    zero_the_rest(report=report, by=month.clerk)
    values = dict(Cell.objects.filter(report=report).values_list("indicator__key", "value"))
    assert values["health_events"] == 7
    assert values["health_reached"] == 0


def test_nil_return_keeps_what_stands_and_asks_for_no_explanation(
    month: Month, clock_stopped: time_machine.Traveller
) -> None:
    fill(month.county_report, societies=12, members=3000)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    clock_stopped.move_to(dt.datetime(2026, 12, 18, 9, tzinfo=clock.SHANGHAI))
    december = month.next(dt.date(2026, 12, 1))
    report = set_nil(
        report=Report.objects.get(cycle=december, unit=month.tree.county), is_nil=True, by=month.clerk
    )
    values = dict(Cell.objects.filter(report=report).values_list("indicator__key", "value"))
    assert (values["societies"], values["members"], values["health_events"]) == (12, 3000, 0)
    assert submit(report=report, by=month.clerk).last_version.is_nil


def _signs(month: Month, mode: SignOffMode) -> None:
    UnitReporting.objects.update_or_create(unit=month.tree.county, defaults={"sign_off": mode})


def test_sign_off_on_the_phone_and_then_submission(month: Month) -> None:
    _signs(month, SignOffMode.PHONE)
    fill(month.county_report)
    with pytest.raises(Conflict, match="签批"):
        submit(report=month.county_report, by=month.clerk)
    ask_sign_off(report=month.county_report, by=month.clerk)
    assert Message.objects.filter(user=month.county_leader, kind="report.ask_sign_off").exists()
    with pytest.raises(Forbidden):
        sign(report=month.county_report, agreed=True, by=month.clerk)
    sign(report=month.county_report, agreed=True, by=month.county_leader)
    assert submit(report=month.county_report, by=month.clerk).state == ReportState.SUBMITTED


def test_leader_sends_it_back_with_a_word(month: Month) -> None:
    _signs(month, SignOffMode.PHONE)
    fill(month.county_report)
    ask_sign_off(report=month.county_report, by=month.clerk)
    with pytest.raises(DomainError, match="意见"):
        sign(report=month.county_report, agreed=False, by=month.county_leader)
    sign(report=month.county_report, agreed=False, note="义诊人次请核实", by=month.county_leader)
    assert month.county_report.state == ReportState.DRAFT


def test_signature_covers_exactly_what_was_signed(month: Month) -> None:
    _signs(month, SignOffMode.PHONE)
    fill(month.county_report)
    ask_sign_off(report=month.county_report, by=month.clerk)
    sign(report=month.county_report, agreed=True, by=month.county_leader)
    Cell.objects.filter(report=month.county_report, indicator__key="inspections").update(value=9)
    with pytest.raises(DomainError, match="重新签批"):
        submit(report=month.county_report, by=month.clerk)


def test_signature_covers_the_townships_typed_with_it(month: Month) -> None:
    _signs(month, SignOffMode.PHONE)
    fill(month.county_report)
    fill(month.report("370102001"), health_events=1, health_reached=10)
    ask_sign_off(report=month.county_report, by=month.clerk)
    sign(report=month.county_report, agreed=True, by=month.county_leader)
    fill(month.report("370102001"), health_events=2, health_reached=10)
    with pytest.raises(DomainError, match="重新签批"):
        submit(report=month.county_report, by=month.clerk)
    fill(month.report("370102001"), health_events=1, health_reached=10)
    assert submit(report=month.county_report, by=month.clerk).state == ReportState.SUBMITTED


def test_signed_report_is_reopened_before_it_is_changed(month: Month) -> None:
    _signs(month, SignOffMode.PHONE)
    fill(month.county_report)
    ask_sign_off(report=month.county_report, by=month.clerk)
    with pytest.raises(Conflict):
        save_cells(
            reports=[month.county_report],
            changes=[change(month.county_report, "inspections", "1", revision=1)],
            by=month.clerk,
        )
    reopen_draft(report=month.county_report, by=month.clerk)
    assert month.county_report.state == ReportState.DRAFT


def test_queries_of_a_submission_do_not_grow_with_its_townships(month: Month) -> None:
    def queries(*codes: str) -> int:
        for code in codes:
            fill(month.report(code))
        with CaptureQueriesContext(connection) as seen:
            submit(report=month.county_report, by=month.clerk)
        withdraw(report=month.county_report, by=month.clerk)
        return len(seen)

    fill(month.county_report)
    queries("370102001")
    one = queries()
    three = queries("370102002", "370102003")
    assert month.report("370102003").versions.count() == 1
    assert three <= one
