"""Sign-off, submission and withdrawal: the desk that types lets the report go up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from core import clock
from core.actor import Actor
from core.errors import DomainError, Problem
from orgs.choices import Level
from reporting.choices import EntryMode, ReportState, SignOffMode
from reporting.models import Cell, Report, ReportVersion, SignOff
from reporting.rules import Entry, problems_at_submission
from reporting.selectors.history import histories
from reporting.selectors.layout import Layout, entries_of, layout_of, sheet_for_rules
from reporting.selectors.situation import situation_of
from reporting.services.corrections import open_belated_case
from reporting.services.freezing import digest_of, freeze
from reporting.services.settlement import settle
from reporting.services.transition import demand, lock, move
from reporting.workflow import (
    AGREE,
    ASK_SIGN_OFF,
    DISAGREE,
    REOPEN,
    SUBMIT_REPORT,
    UPLOAD_SCAN,
    WITHDRAW,
)


def _entries(report: Report) -> dict[str, Entry]:
    return entries_of(list(Cell.objects.filter(report=report).select_related("indicator")))


def _complete(report: Report, layout: Layout, entries: dict[str, Entry]) -> None:
    """Raise with everything that still stands in the way of a submission."""
    past = histories(report.cycle, [report.unit_id])[report.unit_id].past
    problems = problems_at_submission(
        sheet_for_rules(report=report, layout=layout, entries=entries, past=past)
    )
    if problems:
        raise DomainError(problems)


def townships_typed_by(report: Report) -> list[Report]:
    """The townships that this county types for, of the same cycle, locked in order of key."""
    if report.level != Level.COUNTY:
        return []
    return list(
        Report.objects.select_for_update(of=("self",))
        .select_related("cycle", "cycle__form_version", "unit", "custodian", "reviewer")
        .filter(cycle=report.cycle_id, custodian=report.unit_id, entry_mode=EntryMode.ON_BEHALF)
        .exclude(pk=report.pk)
        .order_by("pk")
    )


def _lock_family(report: Report, *, revision: int | None = None) -> tuple[Report, list[Report]]:
    """The report and the townships typed with it, locked in one order."""
    fresh = lock(report, revision=revision)
    return fresh, townships_typed_by(fresh)


@transaction.atomic
def submit(*, report: Report, by: Actor, revision: int | None = None) -> Report:
    """上报. A county's submission takes along the townships that it typed for; those left empty are named as missing.

    Freezes a version, decides once whether it was on time, and hands the report to its reviewer; the province's own
    report is accepted by itself. A report whose superior has already passed on becomes a belated case.

    Raises:
        DomainError: cells left out, rules broken, warnings unexplained; each with its cell.
        Conflict, Forbidden: out of order, or not this person's desk.
    """
    fresh, townships = _lock_family(report, revision=revision)
    situation = demand(SUBMIT_REPORT, report=fresh, by=by)
    layout = layout_of(fresh.cycle.form_version)
    entries = _entries(fresh)
    _complete(fresh, layout, entries)
    _demand_signature(fresh, entries, situation.sign_off)
    _submit_townships(townships, layout, by)
    version = _freeze(fresh, layout, entries, by, missing_below=missing_below(fresh))
    _stamp(fresh)
    fresh.is_belated = fresh.is_belated or not situation.superior_is_open
    if situation.reviews_itself:
        _accepted_by_itself(fresh, version)
    move(
        report=fresh,
        action=SUBMIT_REPORT,
        situation=situation,
        by=by,
        note=_missing_note(version),
        data={"version": version.number, "on_time": fresh.on_time},
    )
    if situation.reviews_itself:
        _after_self_acceptance(fresh, by)
    return fresh


def _after_self_acceptance(report: Report, by: Actor) -> None:
    if report.level == Level.PROVINCE:
        settle(report)
    elif report.is_belated:
        open_belated_case(report=report, by=by)


def _accepted_by_itself(report: Report, version: ReportVersion) -> None:
    report.accepted_at = clock.now()
    report.live_version = version
    report.correction_due_at = None


def _stamp(report: Report) -> None:
    """The first submission decides 按时 or 迟报; a resubmission does not."""
    now = clock.now()
    report.submitted_at = now
    if report.first_submitted_at is None:
        report.first_submitted_at = now
        report.on_time = now < report.deadline


def _freeze(
    report: Report, layout: Layout, entries: dict[str, Entry], by: Actor, missing_below: list[dict[str, Any]]
) -> ReportVersion:
    owed = {item.indicator.key: item.indicator for item in layout.owed_at(report.level)}
    kept = {key: entry for key, entry in entries.items() if key in owed}
    return freeze(report=report, entries=kept, indicators=owed, by=by, missing_below=missing_below)


def _submit_townships(townships: list[Report], layout: Layout, by: Actor) -> None:
    """Typed townships go along as accepted; half-typed ones stop the submission, by name."""
    problems: list[Problem] = []
    ready: list[tuple[Report, dict[str, Entry]]] = []
    for township in townships:
        if township.state not in (ReportState.DRAFT, ReportState.RETURNED) or township.is_exempt:
            continue
        entries = _entries(township)
        if not any(entry.value is not None for entry in entries.values()):
            continue
        try:
            _complete(township, layout, entries)
        except DomainError as error:
            problems.extend(
                Problem(p.code, f"{township.unit.name}：{p.message}", p.field, meta={"report": township.pk})
                for p in error.problems
            )
        else:
            ready.append((township, entries))
    if problems:
        raise DomainError(problems)
    for township, entries in ready:
        situation = situation_of(township)
        version = _freeze(township, layout, entries, by, missing_below=[])
        _stamp(township)
        _accepted_by_itself(township, version)
        move(report=township, action=SUBMIT_REPORT, situation=situation, by=by, note="随县级月报代填上报")


def missing_below(report: Report) -> list[dict[str, Any]]:
    """Who is missing below at this moment (带缺上报): unit, name and state, in code order."""
    rows = (
        Report.objects.filter(cycle=report.cycle_id, reviewer=report.unit_id)
        .exclude(unit=report.unit_id)
        .exclude(state=ReportState.ACCEPTED)
        .owed()
        .order_by("unit__division_code")
        .values("unit_id", "unit_name", "state")
    )
    return [
        {"unit": row["unit_id"], "name": row["unit_name"], "state": ReportState(row["state"]).label}
        for row in rows
    ]


def _missing_note(version: ReportVersion) -> str:
    names = [row["name"] for row in version.missing_below]
    if not names:
        return ""
    shown = "、".join(names[:12])
    return f"带缺上报：{shown}{'等' if len(names) > 12 else ''}共{len(names)}个单位未报或未审核"


@transaction.atomic
def withdraw(*, report: Report, by: Actor, revision: int | None = None) -> Report:
    """撤回, until the superior acts. The townships typed along come back to the desk with it."""
    fresh, townships = _lock_family(report, revision=revision)
    situation = demand(WITHDRAW, report=fresh, by=by)
    move(report=fresh, action=WITHDRAW, situation=situation, by=by)
    bring_back(townships, by=by)
    return fresh


def bring_back(townships: list[Report], *, by: Actor) -> None:
    """Put locked townships that went along with their county back into its hands."""
    for township in townships:
        if township.state != ReportState.ACCEPTED:
            continue
        township.live_version = None
        township.official_version = None
        situation = situation_of(township)
        move(report=township, action=WITHDRAW, situation=situation, by=by, note="随县级月报退回填报")


@transaction.atomic
def ask_sign_off(*, report: Report, by: Actor, revision: int | None = None) -> Report:
    """送领导签批: the form must be complete, and stands still until the leader has spoken."""
    fresh = lock(report, revision=revision)
    situation = demand(ASK_SIGN_OFF, report=fresh, by=by)
    _complete(fresh, layout_of(fresh.cycle.form_version), _entries(fresh))
    move(report=fresh, action=ASK_SIGN_OFF, situation=situation, by=by)
    return fresh


@transaction.atomic
def sign(*, report: Report, agreed: bool, by: Actor, note: str = "", revision: int | None = None) -> Report:
    """签批: the leader agrees to exactly what stands in the form, or sends it back to be changed with a word why."""
    fresh = lock(report, revision=revision)
    action = AGREE if agreed else DISAGREE
    situation = demand(action, report=fresh, by=by)
    if not agreed and not note.strip():
        raise DomainError.of("note_wanted", "退回修改请写明意见。", "note")
    SignOff.objects.create(
        report=fresh,
        mode=SignOffMode.PHONE,
        agreed=agreed,
        digest=digest_of(_entries(fresh)),
        note=note.strip()[:300],
        by_id=by.pk,
        by=by.actor_label,
    )
    move(report=fresh, action=action, situation=situation, by=by, note=note)
    return fresh


@transaction.atomic
def record_scan(*, report: Report, attachment_id: UUID, by: Actor, revision: int | None = None) -> Report:
    """上传签字扫描件: the scan is tied to exactly what stands in the form."""
    fresh = lock(report, revision=revision)
    situation = demand(UPLOAD_SCAN, report=fresh, by=by)
    entries = _entries(fresh)
    _complete(fresh, layout_of(fresh.cycle.form_version), entries)
    SignOff.objects.create(
        report=fresh,
        mode=SignOffMode.SCAN,
        agreed=True,
        digest=digest_of(entries),
        attachment_id=attachment_id,
        by_id=by.pk,
        by=by.actor_label,
    )
    move(report=fresh, action=UPLOAD_SCAN, situation=situation, by=by)
    return fresh


@transaction.atomic
def reopen_draft(*, report: Report, by: Actor, revision: int | None = None) -> Report:
    """取消签批并修改: the signature falls with the first change."""
    fresh = lock(report, revision=revision)
    situation = demand(REOPEN, report=fresh, by=by)
    move(report=fresh, action=REOPEN, situation=situation, by=by)
    return fresh


def _demand_signature(report: Report, entries: dict[str, Entry], mode: SignOffMode) -> None:
    """The last signature must be on this very content."""
    if mode == SignOffMode.WAIVED:
        return
    last = report.sign_offs.order_by("-at", "-id").first()
    if last is None or not last.agreed or last.digest != digest_of(entries):
        raise DomainError.of("signature_stale", "签批之后内容有变动，请重新签批后再上报。")
