"""更正 and 补报 as one case: opened where the figure was typed, confirmed upwards one click at a time.

The first confirmation moves the live total, the last the official ones on the whole path, in one transaction.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem
from orgs.selectors.reorganisations import carried_on_by
from reporting.answers import read_answer
from reporting.choices import CaseKind, CaseState, ReportState
from reporting.models import CaseItem, CaseStep, CorrectionCase, Report
from reporting.permissions import CORRECT, REVIEW
from reporting.rollup import store_totals
from reporting.rules.filling import Entry, problems_at_submission
from reporting.selectors.beside import beside_of
from reporting.selectors.cases import forget_waiting_cases
from reporting.selectors.history import histories
from reporting.selectors.layout import (
    Layout,
    figures_of,
    frozen_entries,
    layout_of,
    shape_of,
    sheet_for_rules,
)
from reporting.services.freezing import freeze
from reporting.services.issues import sync_issues
from reporting.services.mirroring import take_out_of_form, write_into_form
from reporting.services.settlement import path_above
from reporting.services.transition import demand, lock
from reporting.workflow import OPEN_CASE


def _steps_above(report: Report) -> list[int]:
    """Who must confirm: the reviewer, and each further superior that has already accepted what it summed."""
    path = path_above(report)
    states = dict(
        Report.objects.filter(cycle=report.cycle_id, unit_id__in=path).values_list("unit_id", "state")
    )
    steps = [path[0]]
    for below, unit_id in itertools.pairwise(path):
        if states.get(below, ReportState.ACCEPTED) != ReportState.ACCEPTED:
            break
        steps.append(unit_id)
    return steps


@transaction.atomic
def open_case(
    *, report: Report, changes: Mapping[str, str], reason: str, by: Actor, evidence_id: UUID | None = None
) -> CorrectionCase:
    """提出更正 of an accepted report: new values by indicator key, raw as typed.

    Raises:
        DomainError: no reason, nothing changed, or the corrected report breaks a rule.
        Conflict: not accepted, or another case is open.
    """
    fresh = lock(report)
    demand(OPEN_CASE, report=fresh, by=by)
    if not reason.strip():
        raise DomainError.of("reason_wanted", "请写明更正原因。", "reason")
    layout = layout_of(fresh.cycle.form_version)
    old = frozen_entries(figures_of(fresh.live_version_id).values())
    new = _corrected(fresh, layout, old, changes, reason)
    changed = {
        key
        for key in new
        if (new[key].value, new[key].text) != (old.get(key, Entry()).value, old.get(key, Entry()).text)
    }
    if not changed:
        raise DomainError.of("nothing_changed", "没有改动任何数据。")
    indicators = layout.kept_at(fresh.level)
    base = fresh.live_version
    version = freeze(report=fresh, entries=new, indicators=indicators, by=by)
    fresh.last_version = base
    case = CorrectionCase.objects.create(
        report=fresh,
        kind=CaseKind.CORRECTION,
        reason=reason.strip()[:500],
        evidence_id=evidence_id,
        base_version=base,
        new_version=version,
        opened_by_id=by.pk,
        opened_by=by.actor_label,
    )
    CaseItem.objects.bulk_create(
        CaseItem(
            case=case,
            indicator=indicators[key],
            old_value=old.get(key, Entry()).value,
            new_value=new[key].value,
            old_text=old.get(key, Entry()).text,
            new_text=new[key].text,
        )
        for key in sorted(changed)
    )
    _make_steps(case, fresh)
    record(
        kind="case.open",
        by=by,
        unit=fresh.unit,
        obj=case,
        summary=f"提出更正：{fresh.unit_name}{fresh.cycle.title}（{len(changed)}项）",
        data={key: [_text(old.get(key, Entry())), _text(new[key])] for key in sorted(changed)}
        | {"reason": reason},
    )
    if fresh.reviewer_id == fresh.unit_id:
        _confirm_step(case, case.steps.get(order=1), by, "")
    return case


def _text(entry: Entry) -> str:
    return entry.text if entry.value is None else str(entry.value)


def _corrected(
    report: Report, layout: Layout, old: Mapping[str, Entry], changes: Mapping[str, str], reason: str
) -> dict[str, Entry]:
    items = {item.indicator.key: item for item in layout.owed_at(report.level)}
    problems: list[Problem] = []
    new = dict(old)
    for key, raw in changes.items():
        item = items.get(key)
        if item is None:
            problems.append(Problem("unknown_cell", "没有这个填报项。", key))
            continue
        explanation = old.get(key, Entry()).explanation or f"更正：{reason.strip()}"[:300]
        try:
            value, text = read_answer(raw, shape_of(item), key=key)
            new[key] = Entry(value, text, explanation, _recorded_within(old.get(key), value))
        except DomainError as error:
            problems.extend(error.problems)
    sheet = sheet_for_rules(
        report=report,
        layout=layout,
        entries=new,
        history=histories(report.cycle, [report.unit_id])[report.unit_id],
        beside=beside_of([report], layout)[report.pk],
    )
    problems += [
        problem
        for problem in problems_at_submission(sheet)
        if problem.code not in ("unusually_high", "fallen")
    ]
    if problems:
        raise DomainError(problems)
    return dict(sheet.entries)


def _recorded_within(old: Entry | None, value: Decimal | None) -> Decimal | None:
    """The ledger's part of a corrected figure: as it was frozen, at most the whole."""
    if old is None or old.recorded is None or value is None:
        return None
    return min(old.recorded, value)


def _make_steps(case: CorrectionCase, report: Report) -> None:
    path = _steps_above(report)
    desks = carried_on_by(path)
    CaseStep.objects.bulk_create(
        CaseStep(case=case, order=number, unit_id=desks[unit_id])
        for number, unit_id in enumerate(path, start=1)
    )
    forget_waiting_cases(case)


def open_belated_case(*, report: Report, by: Actor) -> CorrectionCase:
    """补报: the reviewer has accepted a report that its own superior never saw; the first step is thereby done."""
    case = CorrectionCase.objects.create(
        report=report,
        kind=CaseKind.BELATED,
        reason="上级汇总上报之后补报",
        new_version=report.live_version,
        opened_by_id=by.pk,
        opened_by=by.actor_label,
    )
    _make_steps(case, report)
    record(
        kind="case.open",
        by=by,
        unit=report.unit,
        obj=case,
        summary=f"补报：{report.unit_name}{report.cycle.title}",
    )
    _confirm_step(case, case.steps.get(order=1), by, "审核通过")
    return case


def _pending(case: CorrectionCase, by: Actor) -> tuple[CorrectionCase, CaseStep]:
    """The locked case and the step that waits, if it waits for ``by``."""
    Report.objects.select_for_update().get(pk=case.report_id)
    fresh = CorrectionCase.objects.select_for_update().get(pk=case.pk)
    step = fresh.steps.select_related("unit").filter(confirmed__isnull=True).order_by("order").first()
    if fresh.state != CaseState.OPEN or step is None:
        raise Conflict.of(
            "case_closed", f"这件{fresh.get_kind_display()}已办结（{fresh.get_state_display()}）。"
        )
    if not by.can(REVIEW, step.unit):
        raise Forbidden.for_action(f"确认{fresh.get_kind_display()}")
    return fresh, step


@transaction.atomic
def confirm(*, case: CorrectionCase, by: Actor, note: str = "") -> CorrectionCase:
    """确认 by the superior whose turn it is."""
    fresh, step = _pending(case, by)
    _confirm_step(fresh, step, by, note)
    return fresh


def _confirm_step(case: CorrectionCase, step: CaseStep, by: Actor, note: str) -> None:
    step.confirmed, step.note = True, note.strip()[:300]
    step.at, step.by_id, step.by = clock.now(), by.pk, by.actor_label
    step.save()
    report = Report.objects.select_related("cycle", "unit").get(pk=case.report_id)
    if step.order == 1:
        report.live_version = case.new_version
        report.last_version = case.new_version
        if case.kind == CaseKind.CORRECTION:
            write_into_form(case, by=by)
    is_last = not case.steps.filter(confirmed__isnull=True).exists()
    if is_last:
        case.state, case.closed_at = CaseState.CONFIRMED, clock.now()
        case.save()
        if _counts_officially(report, step):
            report.official_version = case.new_version
    report.revision += 1
    report.save()
    if step.order == 1:
        sync_issues([report])
    if is_last and report.cycle.is_locked:
        store_totals(report.cycle)
    record(
        kind="case.confirmed" if is_last else "case.step",
        by=by,
        unit=report.unit,
        obj=case,
        summary=f"确认{case.get_kind_display()}：{report.unit_name}{report.cycle.title}",
        data={"step": step.order, "last": is_last, "note": note},
    )
    forget_waiting_cases(case)


def _counts_officially(report: Report, last_step: CaseStep) -> bool:
    """The last to confirm was the province, or the report was official already."""
    return report.official_version_id is not None or last_step.unit_id == report.province_id


@transaction.atomic
def refuse(*, case: CorrectionCase, note: str, by: Actor) -> CorrectionCase:
    """不同意, with a reason: what the first steps moved is moved back."""
    fresh, step = _pending(case, by)
    if not note.strip():
        raise DomainError.of("note_wanted", "不同意请写明原因。", "note")
    step.confirmed, step.note = False, note.strip()[:300]
    step.at, step.by_id, step.by = clock.now(), by.pk, by.actor_label
    step.save()
    _undo(fresh, CaseState.REFUSED, by)
    report = fresh.report
    record(
        kind="case.refused",
        by=by,
        unit=report.unit,
        obj=fresh,
        summary=f"不同意{fresh.get_kind_display()}：{report.unit_name}{report.cycle.title}",
        data={"step": step.order, "note": note},
    )
    return fresh


@transaction.atomic
def withdraw_case(*, case: CorrectionCase, by: Actor) -> CorrectionCase:
    """撤回 a correction while nobody has confirmed it."""
    report = Report.objects.select_for_update(of=("self",)).select_related("custodian").get(pk=case.report_id)
    fresh = CorrectionCase.objects.select_for_update().get(pk=case.pk)
    if not by.can(CORRECT, report.custodian):
        raise Forbidden.for_action("撤回更正")
    if fresh.state != CaseState.OPEN or fresh.steps.filter(confirmed__isnull=False).exists():
        raise Conflict.of("case_moved", "上级已经处理，不能撤回。")
    _undo(fresh, CaseState.WITHDRAWN, by)
    record(
        kind="case.withdrawn",
        by=by,
        unit=report.unit,
        obj=fresh,
        summary=f"撤回更正：{report.unit_name}",
    )
    return fresh


def _undo(case: CorrectionCase, state: CaseState, by: Actor) -> None:
    report = Report.objects.get(pk=case.report_id)
    if case.kind == CaseKind.CORRECTION:
        if _has_moved_live(case):
            take_out_of_form(case, by=by)
        report.live_version = case.base_version
        report.last_version = case.base_version
        report.revision += 1
        report.save()
        sync_issues([report])
    _close(case, state)


def _has_moved_live(case: CorrectionCase) -> bool:
    return case.steps.filter(order=1, confirmed=True).exists()


def _close(case: CorrectionCase, state: CaseState) -> None:
    case.state, case.closed_at = state, clock.now()
    case.save()
    forget_waiting_cases(case)


def let_fall(reports: Sequence[Report], *, by: Actor) -> None:
    """The locked ``reports`` come back to the desk, so that nothing is left to confirm: their open cases end, and what
    these would have corrected stands in the form."""
    cases = CorrectionCase.objects.select_for_update(of=("self",)).select_related("report__unit")
    for case in cases.filter(report__in=reports, state=CaseState.OPEN):
        if case.kind == CaseKind.CORRECTION and not _has_moved_live(case):
            write_into_form(case, by=by)
        _close(case, CaseState.WITHDRAWN)
        record(
            kind="case.fallen",
            by=by,
            unit=case.report.unit,
            obj=case,
            summary=f"{case.report.unit_name}{case.report.cycle.title}退回填报，{case.get_kind_display()}随之终止，更正的数据已写入表内",
        )
