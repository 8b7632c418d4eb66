"""Sign-off, submission and withdrawal: the desk that types lets the report go up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from accounts.delegating import acting_for
from accounts.roles import Role
from core import clock
from core.actor import Actor
from core.errors import DomainError, Problem
from orgs.choices import Level
from reporting.choices import EntryMode, ReportState, SignOffMode
from reporting.models import Cell, Report, ReportVersion, SignOff
from reporting.rules.filling import Entry, problems_at_submission
from reporting.selectors.beside import Beside, beside_of
from reporting.selectors.history import History, histories
from reporting.selectors.layout import Layout, entries_typed, layout_of, sheet_for_rules
from reporting.selectors.ledger import ledger_of
from reporting.selectors.situation import situations_of
from reporting.services.corrections import let_fall, open_belated_case
from reporting.services.freezing import Content, digest_of, freeze_many
from reporting.services.issues import sync_issues
from reporting.services.settlement import has_top_reviewer, settle
from reporting.services.transition import demand, lock, move, move_many
from reporting.workflow import (
    AGREE,
    ASK_SIGN_OFF,
    DISAGREE,
    EDITABLE,
    REOPEN,
    SUBMIT_REPORT,
    UPLOAD_SCAN,
    WITHDRAW,
    Situation,
)


def _entries(*reports: Report) -> dict[int, dict[str, Entry]]:
    """What stands in the cells of the reports, on top of what the ledgers know, by primary key."""
    typed: dict[int, list[tuple[str, Decimal | None, str, str]]] = {report.pk: [] for report in reports}
    cells = Cell.objects.filter(report__in=typed)
    for pk, key, value, text, explanation in cells.values_list(
        "report_id", "indicator__key", "value", "text", "explanation"
    ):
        typed[pk].append((key, value, text, explanation))
    layout = layout_of(reports[0].cycle.form_version)
    ledger = ledger_of(reports, layout)
    levels = {report.pk: report.level for report in reports}
    return {
        pk: layout.completed(entries_typed(found, ledger.of(pk)), levels[pk]) for pk, found in typed.items()
    }


def _entries_of(report: Report) -> dict[str, Entry]:
    return _entries(report)[report.pk]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the rules look at beside the cells of some reports: earlier values by unit, facts and files by report."""

    past: Mapping[int, History]
    beside: Mapping[int, Beside]


def _around(reports: Sequence[Report], layout: Layout) -> _Around:
    past = histories(reports[0].cycle, [report.unit_id for report in reports])
    return _Around(past, beside_of(reports, layout))


def _obstacles(report: Report, layout: Layout, entries: dict[str, Entry], around: _Around) -> list[Problem]:
    """Everything that still stands in the way of a submission."""
    return problems_at_submission(
        sheet_for_rules(
            report=report,
            layout=layout,
            entries=entries,
            history=around.past[report.unit_id],
            beside=around.beside[report.pk],
        )
    )


def _complete(report: Report, layout: Layout, entries: dict[str, Entry]) -> None:
    """Raise with everything that still stands in the way of a submission."""
    problems = _obstacles(report, layout, entries, _around([report], layout))
    if problems:
        raise DomainError(problems)


def demand_complete(report: Report) -> None:
    """Raise :class:`DomainError` with everything that still stands in the way of signing ``report``."""
    _complete(report, layout_of(report.cycle.form_version), _entries_of(report))


def townships_typed_by(report: Report) -> list[Report]:
    """The townships that this county types for, of the same cycle, locked in order of key; for a county that is no more
    those that its successor types."""
    if report.level != Level.COUNTY:
        return []
    townships = list(
        Report.objects.select_for_update()
        .filter(
            Q(custodian=report.unit_id) | Q(custodian=report.custodian_id, county=report.unit_id),
            cycle=report.cycle_id,
            entry_mode=EntryMode.ON_BEHALF,
            level__gt=report.level,
        )
        .exclude(pk=report.pk)
        .order_by("pk")
    )
    for township in townships:
        township.cycle = report.cycle
    return townships


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
    situations = situations_of([fresh, *townships])
    situation = demand(SUBMIT_REPORT, report=fresh, by=by, situation=situations[fresh.pk])
    layout = layout_of(fresh.cycle.form_version)
    entries = _entries(fresh, *townships)
    around = _around([fresh, *townships], layout)
    going_along = [township for township in townships if _is_typed(township, entries[township.pk])]
    _demand_completeness(fresh, going_along, layout, entries, around)
    _demand_signature(fresh, entries, situation.sign_off)
    for one in (*going_along, fresh):
        _drop_nil(one, entries[one.pk])
    version = _freeze_family(fresh, going_along, layout, entries, by)
    for one in (*going_along, fresh):
        _stamp(one)
    _take_along(going_along, situations, by)
    fresh.is_belated = fresh.is_belated or not situation.superior_is_open
    if situation.reviews_itself:
        _accepted_by_itself(fresh)
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


def _drop_nil(report: Report, entries: Mapping[str, Entry]) -> None:
    """A nil return is none once the ledger has a record of the month."""
    if report.is_nil and any(entry.recorded for entry in entries.values()):
        report.is_nil = False


def _is_typed(township: Report, entries: dict[str, Entry]) -> bool:
    """Whether a township goes along: still open, owed, and something was typed into it."""
    return (
        township.state in EDITABLE
        and not township.is_exempt
        and any(entry.value is not None or entry.text for entry in entries.values())
    )


def _demand_completeness(
    report: Report,
    townships: list[Report],
    layout: Layout,
    entries: dict[int, dict[str, Entry]],
    around: _Around,
) -> None:
    """Raise with what is missing or wrong in the report and in the townships that go along, these by name."""
    problems = _obstacles(report, layout, entries[report.pk], around)
    if problems:
        raise DomainError(problems)
    found = [
        (township, one)
        for township in townships
        for one in _obstacles(township, layout, entries[township.pk], around)
    ]
    if found:
        prefetch_related_objects([township for township, _one in found], "unit")
        raise DomainError(
            Problem(one.code, f"{township.unit.name}：{one.message}", one.field, meta={"report": township.pk})
            for township, one in found
        )


def _freeze_family(
    report: Report, townships: list[Report], layout: Layout, entries: dict[int, dict[str, Entry]], by: Actor
) -> ReportVersion:
    """Freeze the report and the typed townships that go along; returns the report's version."""
    below = layout.kept_at(Level.TOWNSHIP)
    contents = [Content(township, entries[township.pk], below) for township in townships]
    missing = missing_below(report, besides=townships)
    contents.append(Content(report, entries[report.pk], layout.kept_at(report.level), missing))
    return freeze_many(contents=contents, by=by)[-1]


def _take_along(townships: list[Report], situations: Mapping[int, Situation], by: Actor) -> None:
    """Accept the frozen townships with their county."""
    if not townships:
        return
    for township in townships:
        _accepted_by_itself(township)
    move_many(
        reports=townships, action=SUBMIT_REPORT, situations=situations, by=by, note="随县级报表代填上报"
    )


def _after_self_acceptance(report: Report, by: Actor) -> None:
    sync_issues([report])
    if has_top_reviewer(report):
        settle(report)
    elif report.is_belated:
        open_belated_case(report=report, by=by)


def _accepted_by_itself(report: Report) -> None:
    report.accepted_at = clock.now()
    report.live_version = report.last_version
    report.correction_due_at = None


def _stamp(report: Report) -> None:
    """The first submission decides 按时 or 迟报; a resubmission does not."""
    now = clock.now()
    report.submitted_at = now
    if report.first_submitted_at is None:
        report.first_submitted_at = now
        report.on_time = now < report.deadline


def missing_below(report: Report, *, besides: Sequence[Report] = ()) -> list[dict[str, Any]]:
    """Who is missing below at this moment (带缺上报) ``besides`` those that go along: unit, name and state, in code
    order."""
    rows = (
        Report.objects.summed_in(report)
        .exclude(state=ReportState.ACCEPTED)
        .exclude(pk__in=[one.pk for one in besides])
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
    went_along = [township for township in townships if township.state == ReportState.ACCEPTED]
    if not went_along:
        return
    let_fall(went_along, by=by)
    situations = situations_of(went_along)
    for township in went_along:
        township.live_version = None
        township.official_version = None
    move_many(reports=went_along, action=WITHDRAW, situations=situations, by=by, note="随县级报表退回填报")


@transaction.atomic
def ask_sign_off(*, report: Report, by: Actor, revision: int | None = None) -> Report:
    """送领导签批: the form must be complete, and stands still until the leader has spoken."""
    fresh = lock(report, revision=revision)
    situation = demand(ASK_SIGN_OFF, report=fresh, by=by)
    _complete(fresh, layout_of(fresh.cycle.form_version), _entries_of(fresh))
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
    acting = acting_for(by, Role.LEADER, fresh.custodian)
    SignOff.objects.create(
        report=fresh,
        mode=SignOffMode.PHONE,
        agreed=agreed,
        digest=signed_digest(fresh, _entries(fresh, *townships_typed_by(fresh))),
        note=note.strip()[:300],
        by_id=by.pk,
        by=f"{by.actor_label}，{acting}"[:120] if acting else by.actor_label,
    )
    note = "；".join(part for part in (note.strip(), acting) if part)
    move(report=fresh, action=action, situation=situation, by=by, note=note)
    return fresh


@transaction.atomic
def record_scan(*, report: Report, attachment_id: UUID, by: Actor, revision: int | None = None) -> Report:
    """上传签字扫描件: the scan is tied to exactly what stands in the form."""
    fresh = lock(report, revision=revision)
    situation = demand(UPLOAD_SCAN, report=fresh, by=by)
    entries = _entries(fresh, *townships_typed_by(fresh))
    _complete(fresh, layout_of(fresh.cycle.form_version), entries[fresh.pk])
    SignOff.objects.create(
        report=fresh,
        mode=SignOffMode.SCAN,
        agreed=True,
        digest=signed_digest(fresh, entries),
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


def signed_digest(report: Report, entries: Mapping[int, Mapping[str, Entry]]) -> str:
    """What a signature covers: the report's own content and that of the townships typed with it."""
    covered = dict(entries[report.pk])
    for pk, found in entries.items():
        if pk != report.pk:
            covered |= {f"{pk}/{key}": entry for key, entry in found.items()}
    return digest_of(covered)


def _demand_signature(report: Report, entries: Mapping[int, Mapping[str, Entry]], mode: SignOffMode) -> None:
    """The last signature must be on this very content, townships included."""
    if mode == SignOffMode.WAIVED:
        return
    last = report.sign_offs.order_by("-at", "-id").first()
    if last is None or not last.agreed or last.digest != signed_digest(report, entries):
        raise DomainError.of("signature_stale", "签批之后内容有变动，请重新签批后再上报。")
