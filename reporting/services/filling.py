"""Typing: cells are saved one by one as they are typed, each with its own revision."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.copying import update_rows
from core.errors import DomainError, Problem
from reporting.answers import digits, read_answer
from reporting.choices import ValueKind
from reporting.models import Cell, FormItem, Report
from reporting.rules.filling import TEXT_LIMIT, Entry, problems_while_typing
from reporting.selectors.beside import beside_of
from reporting.selectors.history import History, histories
from reporting.selectors.layout import Layout, entries_of, layout_of, shape_of, sheet_for_rules
from reporting.selectors.ledger import Ledger, ledger_of
from reporting.selectors.situation import situations_of
from reporting.services.transition import demand
from reporting.workflow import SAVE

#: What saving writes of a cell that is there already.
WRITTEN = ("value", "text", "explanation", "revision", "updated_at", "updated_by_id", "updated_by")


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell as the browser sends it: ``value`` raw as typed, ``revision`` that of the cell it was typed over."""

    report_id: int
    key: str
    value: str
    revision: int = 0
    explanation: str | None = None


@dataclass(slots=True)
class SavedCell:
    report_id: int
    key: str
    revision: int
    problems: list[Problem]


@dataclass(slots=True)
class CellConflict:
    """Somebody else has written the cell since: both values are shown, nothing is overwritten."""

    report_id: int
    key: str
    value: str
    explanation: str
    revision: int
    by: str


@dataclass(frozen=True, slots=True)
class CellResult:
    """What a formula now gives, ``None`` while it lacks a figure."""

    report_id: int
    key: str
    value: Decimal | None


@dataclass(slots=True)
class SaveOutcome:
    """What became of each change; a refused one keeps its problem and was not written. ``results`` are those of the
    formulas of the reports that were written."""

    saved_at: dt.datetime
    saved: list[SavedCell] = field(default_factory=list)
    refused: list[SavedCell] = field(default_factory=list)
    conflicts: list[CellConflict] = field(default_factory=list)
    results: list[CellResult] = field(default_factory=list)


@transaction.atomic
def save_cells(*, reports: Sequence[Report], changes: Sequence[CellChange], by: Actor) -> SaveOutcome:
    """Save what was typed into one or many reports of one cycle (the grid of a county).

    ``reports`` are the reports in the caller's scope; a change to any other is refused as unknown. A repeated message
    changes nothing. Values that are no figures are not written and come back with their problem.

    Raises:
        Forbidden, Conflict: none of the reports is at this person's desk, or can still be edited; where only some
            are not, their cells come back refused and the others are saved.
    """
    by_id = {report.pk: report for report in locked(reports, changes)}
    blocked = _blocked(by_id, by)
    layouts = {report.cycle_id: layout_of(report.cycle.form_version) for report in by_id.values()}
    cells = {
        (cell.report_id, cell.indicator.key): cell
        for cell in Cell.objects.select_for_update(of=("self",))
        .filter(report__in=by_id)
        .select_related("indicator")
    }
    ledger = ledger_of(by_id.values(), layouts[next(iter(layouts))]) if layouts else Ledger()
    outcome = SaveOutcome(saved_at=clock.now())
    written: dict[tuple[int, str], Cell] = {}
    for change in changes:
        report = by_id.get(change.report_id)
        if change.report_id in blocked:
            problems = blocked[change.report_id].problems
            outcome.refused.append(SavedCell(change.report_id, change.key, change.revision, problems))
            continue
        item = layouts[report.cycle_id].item(change.key) if report else None
        if report is None or item is None or not _can_be_typed(item, report):
            problem = Problem("unknown_cell", "没有这个填报项，或不在您的填报范围内。", change.key)
            outcome.refused.append(SavedCell(change.report_id, change.key, change.revision, [problem]))
            continue
        _save_one(
            report=report, item=item, change=change, cells=cells, written=written, outcome=outcome, by=by
        )
    write_cells(written.values())
    _judge(by_id=by_id, layouts=layouts, cells=cells, ledger=ledger, outcome=outcome)
    return outcome


def _can_be_typed(item: FormItem, report: Report) -> bool:
    indicator = item.indicator
    return report.level in item.owed_by and indicator.is_typed and indicator.value_kind != ValueKind.FILE


def _blocked(by_id: dict[int, Report], by: Actor) -> dict[int, DomainError]:
    """The reports that cannot be edited, each with its refusal; raises it where there is no other report."""
    blocked: dict[int, DomainError] = {}
    situations = situations_of(by_id.values())
    for pk, report in by_id.items():
        try:
            demand(SAVE, report=report, by=by, situation=situations[pk])
        except DomainError as refusal:
            blocked[pk] = refusal
    if blocked and len(blocked) == len(by_id):
        raise next(iter(blocked.values()))
    return blocked


def locked(reports: Sequence[Report], changes: Sequence[CellChange]) -> list[Report]:
    """The reports that the changes are about, locked in order of key, with what saving reads of them."""
    wanted = {change.report_id for change in changes}
    return list(
        Report.objects.select_for_update(of=("self",))
        .select_related("cycle", "cycle__form_version", "unit", "custodian", "reviewer")
        .filter(pk__in=[report.pk for report in reports if report.pk in wanted])
        .order_by("pk")
    )


def _save_one(
    *,
    report: Report,
    item: FormItem,
    change: CellChange,
    cells: dict[tuple[int, str], Cell],
    written: dict[tuple[int, str], Cell],
    outcome: SaveOutcome,
    by: Actor,
) -> None:
    cell = cells.get((report.pk, change.key))
    try:
        entry = _entry(item, change, cell)
    except DomainError as error:
        outcome.refused.append(SavedCell(report.pk, change.key, change.revision, error.problems))
        return
    if cell is not None and _same(cell, entry):
        outcome.saved.append(SavedCell(report.pk, change.key, cell.revision, []))
        return
    if (cell.revision if cell else 0) != change.revision:
        outcome.conflicts.append(_conflict(report, change.key, item, cell))
        return
    cell = cell or Cell(report=report, indicator=item.indicator, revision=0)
    cell.value, cell.text, cell.explanation = entry.value, entry.text, entry.explanation
    cell.revision += 1
    cell.updated_at, cell.updated_by_id, cell.updated_by = outcome.saved_at, by.pk, by.actor_label
    cells[(report.pk, change.key)] = cell
    written[(report.pk, change.key)] = cell
    if report.is_nil and item.indicator.is_flow and entry.value:
        Report.objects.filter(pk=report.pk).update(is_nil=False)
        report.is_nil = False
    outcome.saved.append(SavedCell(report.pk, change.key, cell.revision, []))


def write_cells(cells: Collection[Cell]) -> None:
    """New and changed cells in one statement each; their reports are locked."""
    update_rows([cell for cell in cells if cell.pk is not None], WRITTEN)
    Cell.objects.bulk_create(cell for cell in cells if cell.pk is None)


def _entry(item: FormItem, change: CellChange, cell: Cell | None) -> Entry:
    explanation = change.explanation if change.explanation is not None else (cell.explanation if cell else "")
    if len(explanation) > 300:
        raise DomainError.of("too_long", "说明请控制在300字以内。", change.key)
    shape = shape_of(item)
    if shape.kind == ValueKind.TEXT and len(change.value) > TEXT_LIMIT * 5:
        raise DomainError.of(
            "too_long", f"内容过长，请控制在{item.max_length or TEXT_LIMIT}字以内。", change.key
        )
    value, text = read_answer(change.value, shape, key=change.key)
    return Entry(value=value, text=text, explanation=explanation)


def _same(cell: Cell, entry: Entry) -> bool:
    return (cell.value, cell.text, cell.explanation) == (entry.value, entry.text, entry.explanation)


def _conflict(report: Report, key: str, item: FormItem, cell: Cell | None) -> CellConflict:
    if cell is None:
        return CellConflict(report.pk, key, "", "", 0, "")
    shown = digits(cell.value) if cell.value is not None else cell.text
    return CellConflict(report.pk, key, shown, cell.explanation, cell.revision, cell.updated_by)


def _judge(
    *,
    by_id: dict[int, Report],
    layouts: dict[int, Layout],
    cells: dict[tuple[int, str], Cell],
    ledger: Ledger,
    outcome: SaveOutcome,
) -> None:
    """Put on every saved cell what the rules now say about it."""
    if not outcome.saved:
        return
    touched = {saved.report_id for saved in outcome.saved}
    cycle = by_id[next(iter(touched))].cycle
    past = histories(cycle, [by_id[pk].unit_id for pk in touched])
    beside = beside_of([by_id[pk] for pk in touched], layouts[cycle.pk])
    problems: dict[tuple[int, str], list[Problem]] = defaultdict(list)
    for pk in touched:
        report = by_id[pk]
        sheet = sheet_for_rules(
            report=report,
            layout=layouts[report.cycle_id],
            entries=entries_of(
                [cell for (report_id, _key), cell in cells.items() if report_id == pk], ledger.of(pk)
            ),
            history=past[report.unit_id],
            beside=beside[pk],
        )
        outcome.results += [
            CellResult(pk, line.key, sheet.value(line.key)) for line in sheet.lines if line.is_computed
        ]
        for problem in problems_while_typing(sheet):
            problems[(pk, problem.field or "")].append(problem)
    known = {(saved.report_id, saved.key) for saved in outcome.saved}
    for saved in outcome.saved:
        saved.problems = problems.get((saved.report_id, saved.key), [])
    for (pk, key), found in problems.items():
        if (pk, key) not in known and (pk, key) in cells:
            outcome.saved.append(SavedCell(pk, key, cells[(pk, key)].revision, found))


@transaction.atomic
def set_nil(*, report: Report, is_nil: bool, by: Actor) -> Report:
    """零报告, a deliberate act: every flow becomes 0, states stay as they were last month; taking it back leaves the zeros to be typed over.

    Raises:
        Forbidden, Conflict: as for saving.
        DomainError: the ledger has records of this month.
    """
    [fresh] = locked([report], [CellChange(report.pk, "", "")])
    demand(SAVE, report=fresh, by=by)
    if is_nil:
        _demand_empty_ledger(fresh)
        fill_with_zero(report=fresh, by=by, only_empty=False)
    fresh.is_nil = is_nil
    fresh.revision += 1
    fresh.save(update_fields=["is_nil", "revision"])
    record(
        kind="report.nil",
        by=by,
        unit=fresh.unit,
        obj=fresh,
        summary=f"{'零报告' if is_nil else '取消零报告'}：{fresh.unit_name}{fresh.cycle.label}",
    )
    return fresh


def _demand_empty_ledger(report: Report) -> None:
    layout = layout_of(report.cycle.form_version)
    flows = {item.indicator.key for item in layout.owed_at(report.level) if item.indicator.is_flow}
    recorded = ledger_of([report], layout).of(report.pk)
    if any(number for key, number in recorded.items() if key in flows):
        raise DomainError.of(
            "ledger_not_empty",
            f"{report.unit_name}本期台账已有履职或支持记录，不能零报告；其余空格可用“空白填 0”。",
        )


@transaction.atomic
def zero_the_rest(*, report: Report, by: Actor) -> int:
    """“其余填 0”: every owed figure still empty becomes 0. Returns how many."""
    [fresh] = locked([report], [CellChange(report.pk, "", "")])
    demand(SAVE, report=fresh, by=by)
    return fill_with_zero(report=fresh, by=by, only_empty=True)


@transaction.atomic
def zero_the_rest_of(*, reports: Sequence[Report], by: Actor) -> int:
    """“空白填 0” in several reports at once, all or none. Returns how many cells."""
    return sum(
        zero_the_rest(report=report, by=by) for report in sorted(reports, key=lambda report: report.pk)
    )


def fill_with_zero(*, report: Report, by: Actor, only_empty: bool) -> int:
    """Write zeros into the owed flows of a locked report, and last month's value into its states (they do not vanish in
    a month without work; zero where there was none). Returns how many cells changed."""
    layout = layout_of(report.cycle.form_version)
    cells = {cell.indicator_id: cell for cell in report.cells.select_for_update()}
    last = histories(report.cycle, [report.unit_id])[report.unit_id]
    recorded = ledger_of([report], layout).of(report.pk)
    written = []
    for item in layout.numeric_owed_at(report.level):
        indicator = item.indicator
        value = Decimal(0) if indicator.is_flow else standing_value(indicator.key, last, recorded)
        cell = cells.get(indicator.pk) or Cell(report=report, indicator=indicator, revision=0)
        if cell.value is not None and (only_empty or cell.value == value):
            continue
        cell.value, cell.explanation = value, ""
        cell.revision += 1
        cell.updated_at, cell.updated_by_id, cell.updated_by = clock.now(), by.pk, by.actor_label
        written.append(cell)
    write_cells(written)
    return len(written)


def standing_value(key: str, last: History, recorded: Mapping[str, Decimal]) -> Decimal:
    """What is typed of a state that stays as it was: beside a ledger's number last month's 补充数, or what the ledger
    still lacks of last month's figure."""
    whole = last.last_month.get(key, Decimal(0))
    if key not in recorded:
        return whole
    known = last.last_recorded.get(key) or recorded[key]
    return max(whole - known, Decimal(0))


@transaction.atomic
def note_telling(*, report: Report, told_by: str, told_at: dt.datetime | None, by: Actor) -> Report:
    """“电话报数：某某，时间”: who gave the figures that somebody else types."""
    [fresh] = locked([report], [CellChange(report.pk, "", "")])
    demand(SAVE, report=fresh, by=by)
    if len(told_by) > 60:
        raise DomainError.of("too_long", "报数人请控制在60字以内。", "told_by")
    fresh.told_by = told_by.strip()
    fresh.told_at = (told_at or clock.now()) if fresh.told_by else None
    fresh.save(update_fields=["told_by", "told_at"])
    return fresh
