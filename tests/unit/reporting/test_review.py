"""Review, what becomes official, and cases after acceptance."""

from __future__ import annotations

import pytest

from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from notices.models import Message
from reporting.choices import CaseState, ReportState
from reporting.models import CorrectionCase, CycleTotal, Figure, Report
from reporting.services.corrections import confirm, open_case, refuse, withdraw_case
from reporting.services.cycles import lock_cycle
from reporting.services.excuses import defer, exempt, lift_exemption
from reporting.services.facts import compute_facts
from reporting.services.review import accept, accept_many, send_back
from reporting.services.submission import submit
from tests.month import Month, desk, fill


def submit_county(month: Month, **values: object) -> Report:
    fill(month.county_report, **values)
    return submit(report=month.county_report, by=month.clerk)


def accept_up_to_the_province(month: Month, **values: object) -> None:
    submit_county(month, **values)
    accept(report=month.county_report, by=month.city)
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    accept(report=month.city_report, by=month.province)


def test_acceptance_makes_the_version_live_and_not_yet_official(month: Month) -> None:
    submit_county(month)
    done = accept(report=month.county_report, by=month.city)
    assert (done.state, done.live_version_id, done.official_version_id) == (
        ReportState.ACCEPTED,
        done.last_version_id,
        None,
    )
    assert Message.objects.filter(user=month.clerk, kind="report.accept").count() == 1


def test_province_acceptance_makes_the_whole_accepted_branch_official(month: Month) -> None:
    fill(month.report("370102001"))
    fill(month.report("370112"))
    submit(report=month.report("370112"), by=desk(month.tree["370112"]))
    accept_up_to_the_province(month)
    for code in ("3701", "370102", "370102001"):
        report = month.report(code)
        assert report.official_version_id == report.live_version_id is not None, code
    assert month.report("370112").official_version_id is None


def test_county_directly_under_the_province_is_official_at_once(month: Month) -> None:
    report = month.report("379001")
    fill(report)
    submit(report=report, by=desk(month.tree["379001"]))
    assert (
        accept(report=report, by=month.province).live_version_id == month.report("379001").official_version_id
    )


def test_the_province_accepts_its_own_report_by_submitting_it(month: Month) -> None:
    fill(month.province_report)
    submit(report=month.province_report, by=month.province)
    report = month.province_report
    assert (report.state, report.official_version_id) == (ReportState.ACCEPTED, report.last_version_id)


def test_second_reviewer_is_told_that_it_is_done(month: Month) -> None:
    submitted = submit_county(month)
    accept(report=month.county_report, by=month.city, revision=submitted.revision)
    with pytest.raises(Conflict):
        send_back(
            report=month.county_report,
            reason="other",
            remark="重报",
            by=desk(month.tree.city),
            revision=submitted.revision,
        )
    assert month.county_report.state == ReportState.ACCEPTED


def test_return_keeps_round_remarks_and_term_and_tells_the_clerk(month: Month) -> None:
    submit_county(month)
    done = send_back(
        report=month.county_report,
        reason="figure_doubtful",
        remark="请核实",
        cell_remarks={"health_events": "与上月差异过大"},
        days=3,
        by=month.city,
    )
    assert (done.state, done.returns) == (ReportState.RETURNED, 1)
    round_ = done.rounds.get()
    assert round_.remarks.get().text == "与上月差异过大"
    assert done.correction_due_at == round_.correction_due_at
    assert Message.objects.filter(user=month.clerk, kind="report.return").count() == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": "", "remark": "x"}, "reason_wanted"),
        ({"reason": "other", "remark": " "}, "remark_wanted"),
        ({"reason": "other", "remark": "x", "days": 0}, "bad_term"),
        ({"reason": "other", "cell_remarks": {"nothing": "x"}}, "unknown_cell"),
    ],
)
def test_careless_return_is_refused_and_changes_nothing(month: Month, fields: dict, code: str) -> None:
    submit_county(month)
    with pytest.raises(DomainError) as refused:
        send_back(report=month.county_report, by=month.city, **fields)
    assert code in [problem.code for problem in refused.value.problems]
    assert month.county_report.state == ReportState.SUBMITTED


def test_returned_county_has_its_townships_back_and_resubmits_a_new_version(month: Month) -> None:
    fill(month.report("370102001"), health_events=1, health_reached=10)
    submit_county(month)
    send_back(report=month.county_report, reason="logic", remark="解放路街道有误", by=month.city)
    assert month.report("370102001").state == ReportState.DRAFT
    fill(month.report("370102001"), health_events=2, health_reached=20)
    submit(report=month.county_report, by=month.clerk)
    township = month.report("370102001")
    assert month.county_report.last_version.number == 2
    assert Figure.objects.get(version=township.live_version, indicator__key="health_events").value == 2


def test_accepted_report_is_sent_back_only_until_the_superior_submits(month: Month) -> None:
    submit_county(month)
    accept(report=month.county_report, by=month.city)
    send_back(report=month.county_report, reason="other", remark="漏报", by=month.city)
    assert month.county_report.live_version_id is None
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    with pytest.raises(Conflict, match="更正"):
        send_back(report=month.county_report, reason="other", remark="漏报", by=month.city)


def test_reviewer_of_another_city_is_forbidden(month: Month) -> None:
    submit_county(month)
    with pytest.raises(Forbidden):
        accept(report=month.county_report, by=desk(month.tree.other_city))


def test_accepting_many_reports_tells_which_were_refused(month: Month) -> None:
    submit_county(month)
    outcome = accept_many(reports=[month.county_report, month.report("370112")], by=month.city)
    assert [report.unit_name for report in outcome.accepted] == ["历下区"]
    assert [report.unit_name for report, _problems in outcome.refused] == ["历城区"]


def test_correction_moves_live_at_the_first_step_and_official_at_the_last(month: Month) -> None:
    accept_up_to_the_province(month, health_events=4, health_reached=100)
    before = month.county_report.official_version_id
    case = open_case(
        report=month.county_report,
        changes={"health_events": "6", "health_reached": "150"},
        reason="漏计两场义诊",
        by=month.clerk,
    )
    assert [step.unit_id for step in case.steps.all()] == [month.tree.city.pk, month.tree.province.pk]
    assert month.county_report.live_version_id == before
    with pytest.raises(Forbidden):
        confirm(case=case, by=month.province)
    confirm(case=case, by=month.city)
    report = month.county_report
    assert (report.live_version_id, report.official_version_id) == (case.new_version_id, before)
    confirm(case=case, by=month.province)
    report = month.county_report
    assert report.official_version_id == case.new_version_id
    case.refresh_from_db()
    assert case.state == CaseState.CONFIRMED
    with pytest.raises(Conflict):
        confirm(case=case, by=month.province)


def test_refused_correction_puts_the_live_figure_back(month: Month) -> None:
    accept_up_to_the_province(month, health_events=4, health_reached=100)
    before = month.county_report.live_version_id
    case = open_case(report=month.county_report, changes={"health_events": "9"}, reason="补", by=month.clerk)
    confirm(case=case, by=month.city)
    refuse(case=case, note="佐证不足", by=month.province)
    assert month.county_report.live_version_id == before
    assert Figure.objects.get(version_id=before, indicator__key="health_events").value == 4


def test_form_stands_as_corrected_should_the_report_come_back(month: Month) -> None:
    """What was corrected is not typed again, and what was refused is out of the form."""
    submit_county(month)
    report = accept(report=month.county_report, by=month.city)
    case = open_case(report=report, changes={"inspections": "7"}, reason="漏计", by=month.clerk)
    assert report.cells.get(indicator__key="inspections").value == 0
    confirm(case=case, by=month.city)
    assert report.cells.get(indicator__key="inspections").value == 7
    send_back(report=month.county_report, reason="logic", remark="请核对", by=month.city)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    assert month.county_report.live_version.figures.get(indicator__key="inspections").value == 7


def test_case_of_a_township_falls_when_its_county_comes_back(month: Month) -> None:
    fill(month.report("370102001"))
    submit_county(month)
    accept(report=month.county_report, by=month.city)
    township = month.report("370102001")
    case = open_case(report=township, changes={"agri_adopted": "5"}, reason="漏计", by=month.clerk)
    send_back(report=month.county_report, reason="logic", remark="请核对", by=month.city)
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
    assert month.report("370102001").live_version is None
    assert township.cells.get(indicator__key="agri_adopted").value == 5
    with pytest.raises(Conflict):
        confirm(case=case, by=desk(month.tree.county))


def test_correction_before_the_city_submitted_has_one_step(month: Month) -> None:
    submit_county(month)
    accept(report=month.county_report, by=month.city)
    case = open_case(report=month.county_report, changes={"inspections": "3"}, reason="漏计", by=month.clerk)
    assert [step.unit_id for step in case.steps.all()] == [month.tree.city.pk]
    confirm(case=case, by=month.city)
    assert month.county_report.official_version_id is None
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    accept(report=month.city_report, by=month.province)
    assert month.county_report.official_version_id == case.new_version_id


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({"inspections": "3"}, "", "reason_wanted"),
        ({"inspections": "0"}, "没有变化", "nothing_changed"),
        ({"inspections": "-1"}, "错", "negative"),
        ({"health_reached": "50"}, "错", "reached_without_events"),
        ({"units_expected": "50"}, "错", "unknown_cell"),
    ],
)
def test_bad_correction_is_refused(month: Month, changes: dict, reason: str, code: str) -> None:
    submit_county(month)
    accept(report=month.county_report, by=month.city)
    with pytest.raises(DomainError) as refused:
        open_case(report=month.county_report, changes=changes, reason=reason, by=month.clerk)
    assert code in [problem.code for problem in refused.value.problems]
    assert not CorrectionCase.objects.exists()


def test_one_open_case_at_a_time_and_withdrawal_until_confirmed(month: Month) -> None:
    accept_up_to_the_province(month)
    case = open_case(report=month.county_report, changes={"inspections": "3"}, reason="漏计", by=month.clerk)
    with pytest.raises(Conflict):
        open_case(report=month.county_report, changes={"inspections": "4"}, reason="漏计", by=month.clerk)
    withdraw_case(case=case, by=month.clerk)
    second = open_case(
        report=month.county_report, changes={"inspections": "4"}, reason="漏计", by=month.clerk
    )
    confirm(case=second, by=month.city)
    with pytest.raises(Conflict):
        withdraw_case(case=second, by=month.clerk)


def test_correction_of_a_locked_month_moves_its_stored_totals(month: Month) -> None:
    accept_up_to_the_province(month, inspections=2)
    compute_facts(cycle=month.cycle, by=SYSTEM)
    lock_cycle(cycle=month.cycle, by=month.province)

    def stored() -> int:
        return CycleTotal.objects.get(
            cycle=month.cycle, unit=month.tree.province, indicator__key="inspections"
        ).value

    before = stored()
    case = open_case(report=month.county_report, changes={"inspections": "7"}, reason="漏计", by=month.clerk)
    confirm(case=case, by=month.city)
    assert stored() == before
    confirm(case=case, by=month.province)
    assert stored() == before + 5


def test_report_after_the_superior_submitted_is_belated_and_becomes_a_case(month: Month) -> None:
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    accept(report=month.city_report, by=month.province)
    submit_county(month)
    assert month.county_report.is_belated
    done = accept(report=month.county_report, by=month.city)
    case = CorrectionCase.objects.get()
    assert (done.pk, case.kind) == (case.report_id, "belated")
    report = month.county_report
    assert report.live_version_id is not None
    assert report.official_version_id is None
    confirm(case=case, by=month.province)
    assert month.county_report.official_version_id == report.live_version_id


def test_belated_report_before_the_province_decides_waits_for_its_case_no_longer(month: Month) -> None:
    fill(month.city_report)
    submit(report=month.city_report, by=month.city)
    submit_county(month)
    accept(report=month.county_report, by=month.city)
    assert CorrectionCase.objects.get().state == CaseState.CONFIRMED
    accept(report=month.city_report, by=month.province)
    assert month.county_report.official_version_id == month.county_report.live_version_id


def test_exempt_report_owes_nothing_until_it_is_lifted(month: Month) -> None:
    with pytest.raises(DomainError, match="原因"):
        exempt(report=month.county_report, reason="", by=month.city)
    exempt(report=month.county_report, reason="机构改革", by=month.city)
    fill(month.county_report)
    with pytest.raises(Conflict, match="免报"):
        submit(report=month.county_report, by=month.clerk)
    lift_exemption(report=month.county_report, reason="情况有变", by=month.city)
    assert submit(report=month.county_report, by=month.clerk).state == ReportState.SUBMITTED


def test_deferral_moves_the_deadline_and_keeps_its_reason(month: Month, clock_stopped) -> None:
    import datetime as dt

    defer(report=month.county_report, until=dt.date(2026, 11, 24), reason="防汛", by=month.city)
    clock_stopped.move_to(dt.datetime(2026, 11, 24, 15, 59, tzinfo=dt.UTC))
    fill(month.county_report)
    assert submit(report=month.county_report, by=month.clerk).on_time is True
    with pytest.raises(Conflict):
        defer(report=month.county_report, until=dt.date(2026, 11, 26), reason="防汛", by=month.city)


def test_clerk_excuses_nobody(month: Month) -> None:
    with pytest.raises(Forbidden):
        exempt(report=month.county_report, reason="忙", by=month.clerk)
