"""离线填报: the form of one report, or all the townships that a desk types for, as a sheet that goes out and comes back.

The sheet is prefilled and protected. Which reports it is about stands in its hidden keys. What it would change is tried out
by the very service that saves what is typed on the page, so that a sheet and a page are judged alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from core import formats
from core.errors import DomainError, Problem
from core.keys import keys_in
from core.roundtrip import Plan, RowChange, compare, read_book, write_book
from core.xlsx import XLSX
from files.lists import note_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Importer, Progress
from reporting.layouts.offline import (
    LINES,
    TOWNSHIP_KEY,
    explanation_column,
    item_of_column,
    results_of_lines,
    results_of_townships,
    township_layout,
)
from reporting.models import Cycle, Report
from reporting.permissions import FILL
from reporting.selectors.deadline import due_day
from reporting.selectors.offline import (
    RELATED,
    OfflineLine,
    OfflineReport,
    lines_of,
    read_offline,
    townships_of,
)
from reporting.services.filling import CellChange, SaveOutcome, save_cells
from reporting.services.freezing import digest_of
from reporting.workflow import EDITABLE

REPORT, TOWNSHIPS = "reporting.offline_report", "reporting.offline_townships"
MOST_KEYS = 20_000


def _may_fill(user: Any, params: dict[str, Any]) -> bool:
    return user.unit is not None and bool(user.can(FILL, user.unit))


def _reports(user: Any, keys: Iterable[Any]) -> list[Report]:
    """Reports in reach, of the newest cycle among them."""
    wanted = set(keys_in(keys))
    rows = Report.objects.visible_to(user, FILL).filter(pk__in=list(wanted)[:MOST_KEYS])
    found = list(rows.select_related(*RELATED).order_by("unit__division_code"))
    newest = max((report.cycle_id for report in found), default=None)
    return [report for report in found if report.cycle_id == newest]


def _own_report(user: Any, params: dict[str, Any]) -> Report | None:
    found = _reports(user, [params.get("report", "")])
    return found[0] if found else None


def _may_have_report(user: Any, params: dict[str, Any]) -> bool:
    report = _own_report(user, params)
    if report is None or report.state not in EDITABLE or report.is_exempt:
        return False
    return bool(user.can(FILL, report.custodian) and user.can(EXPORT, user.unit))


def _may_have_townships(user: Any, params: dict[str, Any]) -> bool:
    return _may_fill(user, params) and bool(user.can(EXPORT, user.unit))


def _content_code(offlines: Iterable[OfflineReport]) -> str:
    """Six signs of what stood in the reports when the sheet was made: equal content, equal code."""
    entries = {f"{one.report.pk}/{key}": entry for one in offlines for key, entry in one.entries().items()}
    return digest_of(entries)[:6].upper()


def _note(reports: Sequence[Report], offlines: Sequence[OfflineReport], user: Any) -> str:
    cycle = reports[0].cycle
    return note_of(
        user,
        f"统计期：{formats.short_day(cycle.window_first)}至{formats.short_day(cycle.window_last)}",
        f"截止：{formats.day(due_day(min(report.due_now for report in reports)))}",
        f"表样第{cycle.form_version.number}版",
        f"内容校验码 {_content_code(offlines)}",
    )


def _build_report(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    report = _own_report(user, params)
    if report is None:
        raise DomainError.of("no_report", "没有找到这份报表，或不在您的填报范围内。")
    [offline] = read_offline([report])
    lines = lines_of(offline)
    title = f"{report.unit.association}{report.cycle.title}"
    note = _note([report], [offline], user)
    write_book(
        Path(path),
        LINES,
        lines,
        title=title,
        note=note,
        total=len(lines),
        progress=progress,
        results_of=results_of_lines(offline),
    )
    return Built(f"{title}-离线填报.xlsx", {"单位": report.unit_name, "行数": len(lines)})


def _build_townships(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    owner = user.unit.province_id or user.unit.pk
    cycle = Cycle.objects.select_related("form_version").filter(
        pk=params.get("cycle") or 0, collection__owner=owner
    )
    reports = townships_of(cycle.get(), user.unit) if cycle else []
    if not reports:
        raise DomainError.of("nothing_to_fill", "没有可以填报的乡镇（街道）：都已上报、免报，或自行填报。")
    offlines = read_offline(reports)
    layout = township_layout(reports[0].cycle, reports[0].level)
    title = f"{user.unit.association}{reports[0].cycle.title}乡镇数据"
    note = _note(reports, offlines, user)
    write_book(
        Path(path),
        layout,
        offlines,
        title=title,
        note=note,
        total=len(offlines),
        progress=progress,
        results_of=results_of_townships(offlines),
    )
    return Built(f"{title}-离线填报.xlsx", {"单位": user.unit.name, "行数": len(offlines)})


def _read_report(
    user: Any, params: dict[str, Any], file: IO[bytes], progress: Progress, locking: bool
) -> Plan:
    incoming = read_book(file, LINES)
    reports = _reports(user, {row.key.partition("/")[0] for row in incoming.rows})
    present = {line.key: line for one in read_offline(reports) for line in lines_of(one)}
    plan = compare(LINES, incoming, present)
    _try_out(plan, reports, by=user)
    return plan


def _read_townships(
    user: Any, params: dict[str, Any], file: IO[bytes], progress: Progress, locking: bool
) -> Plan:
    reports = _reports(user, read_book(file, TOWNSHIP_KEY).keys())
    if not reports:
        raise DomainError.of("no_report", "表中的乡镇（街道）不在您的填报范围内，请重新下载表格。", "file")
    file.seek(0)
    layout = township_layout(reports[0].cycle, reports[0].level)
    incoming = read_book(file, layout)
    plan = compare(layout, incoming, {str(one.report.pk): one for one in read_offline(reports)})
    _try_out(plan, reports, by=user)
    return plan


def _raw(value: Any) -> str:
    """A value as somebody would type it."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _cells_of(change: RowChange) -> list[tuple[str, CellChange]]:
    """The cells of one row with the column that each stands in."""
    if isinstance(change.record, OfflineLine):
        line = change.record
        key = line.indicator.key
        value = change.values.get("value", line.value)
        words = change.values.get("explanation", line.explanation)
        one = CellChange(line.offline.report.pk, key, _raw(value), line.offline.revision(key), words)
        return [("value" if "value" in change.values else "explanation", one)]
    offline: OfflineReport = change.record
    touched = dict.fromkeys(map(item_of_column, change.values))
    return [_township_cell(offline, key, change.values) for key in touched]


def _township_cell(offline: OfflineReport, key: str, values: dict[str, Any]) -> tuple[str, CellChange]:
    """What a row says of one item: its figure, its explanation, or both."""
    why = explanation_column(key)
    value = values[key] if key in values else offline.typed(key)
    words = values.get(why, offline.explanation(key))
    return key if key in values else why, CellChange(
        offline.report.pk, key, _raw(value), offline.revision(key), words
    )


#: A changed row, the column and the cell that is saved of it.
Placed = tuple[RowChange, str, CellChange]


class _TriedOut(Exception):
    """Carries the outcome out of the transaction that is undone."""

    def __init__(self, outcome: SaveOutcome) -> None:
        self.outcome = outcome


def _try_out(plan: Plan, reports: Sequence[Report], *, by: Any) -> None:
    """Save and undo: what is refused becomes a problem at its cell, what wants an explanation a note."""
    cells = [(change, column, cell) for change in plan.changes for column, cell in _cells_of(change)]
    if not cells:
        return
    try:
        with transaction.atomic():
            changes = [cell for _change, _column, cell in cells]
            raise _TriedOut(save_cells(reports=reports, changes=changes, by=by))
    except _TriedOut as tried:
        outcome = tried.outcome
    except DomainError as refusal:
        for change in plan.changes:
            plan.refuse(change, refusal.problems[0].message, code=refusal.problems[0].code)
        return
    _tell(plan, cells, outcome)
    plan.problems.sort(key=lambda problem: problem.row)


def _tell(plan: Plan, cells: Sequence[Placed], outcome: SaveOutcome) -> None:
    """Errors at the cells of the file are problems; those at cells it leaves alone, and what lacks its line of
    explanation, are told and stop nothing."""
    placed = {(cell.report_id, cell.key): (change, column, cell) for change, column, cell in cells}
    rows = {cell.report_id: change for change, _column, cell in cells}
    for saved in [*outcome.refused, *outcome.saved]:
        change, column, cell = placed.get((saved.report_id, saved.key), (rows[saved.report_id], "", None))
        for problem in saved.problems:
            if problem.is_error and cell is not None:
                plan.refuse(change, problem.message, key=column, code=problem.code)
            elif problem.is_error:
                plan.notes.append(_told(change, cell, f"上报前还要改正：{problem.message}"))
            elif cell is not None and not cell.explanation:
                plan.notes.append(_told(change, cell, problem.message))


def _told(change: RowChange, cell: CellChange | None, message: str) -> str:
    """With the line that it is at: of one item where that was changed, or of one township with all its items."""
    if cell is None and isinstance(change.record, OfflineLine):
        return message
    return f"第 {change.row} 行“{change.name}”：{message}"


def _apply(user: Any, params: dict[str, Any], plan: Plan, progress: Progress) -> str:
    cells = [cell for change in plan.changes for _column, cell in _cells_of(change)]
    reports = _reports(user, {cell.report_id for cell in cells})
    outcome = save_cells(reports=reports, changes=cells, by=user)
    left = [problem for refused in outcome.refused for problem in refused.problems]
    if left or outcome.conflicts:
        raise DomainError(left or [Problem("conflict", "核对之后又有人改了其中的数据，请重新上传核对。")])
    places = len({cell.report_id for cell in cells})
    return f"已填入{places}份报表的{len(cells)}格。请在填报页核对后上报。"


def _title(words: str) -> Any:
    return lambda params: words


OFFLINE_SHEETS = (
    Exporter(
        kind=REPORT,
        title=_title("离线填报表"),
        allowed=_may_have_report,
        build=_build_report,
        content_type=XLSX,
    ),
    Exporter(
        kind=TOWNSHIPS,
        title=_title("乡镇数据离线填报表"),
        allowed=_may_have_townships,
        build=_build_townships,
        content_type=XLSX,
    ),
)
OFFLINE_IMPORTERS = (
    Importer(
        kind=REPORT,
        title="离线填报表",
        intro="在填报页下载的表格，用 WPS 或 Excel 填好“本期填报”“说明”两列后在这里上传。",
        allowed=_may_fill,
        read=_read_report,
        apply=_apply,
        back="reporting:mine",
    ),
    Importer(
        kind=TOWNSHIPS,
        title="乡镇数据离线填报表",
        intro="在乡镇数据录入页下载的表格，一行一个乡镇（街道），用 WPS 或 Excel 填好白色的格子后在这里上传；数值异常但属实的，在后面的“说明”列写一句。",
        allowed=_may_fill,
        read=_read_townships,
        apply=_apply,
        back="reporting:grid",
    ),
)
