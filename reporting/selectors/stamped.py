"""A report as sheets to be stamped: one for each section, each with a code of exactly what stands on it.

One changed figure changes the code of its own sheet only, so that the others stay stamped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from files.models import Attachment
from orgs.choices import Level
from reporting.choices import EntryMode, ValueKind
from reporting.models import Cell, FormItem, Report, StampedSheet
from reporting.rules.filling import Entry
from reporting.selectors.layout import Layout, entries_of, layout_of
from reporting.selectors.ledger import ledger_of

#: The sheet that holds what was typed for the townships.
TOWNSHIPS = "townships"
_CODE = re.compile(r"\b(\d{1,2})-([0-9A-F]{6})\b")


@dataclass(slots=True)
class StampSheet:
    """One sheet: what it is called, its code, and the scan that shows it as it stands."""

    number: int
    key: str
    name: str
    digest: str
    items: list[FormItem] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    scan: StampedSheet | None = None
    outdated: StampedSheet | None = None

    @property
    def code(self) -> str:
        """As printed: ``1-3F9A01``."""
        return f"{self.number}-{self.digest[:6].upper()}"


@dataclass(slots=True)
class StampPaper:
    """The sheets of a report in order; the townships typed with it, each with its entries."""

    report: Report
    sheets: list[StampSheet]
    townships: list[tuple[Report, dict[str, Entry]]]
    layout: Layout

    @property
    def missing(self) -> list[StampSheet]:
        """Sheets without a scan of what stands in the form now."""
        return [sheet for sheet in self.sheets if sheet.scan is None]

    def by_code(self, code: str) -> StampSheet | None:
        return next((sheet for sheet in self.sheets if sheet.code == code), None)


def read_stamp_paper(report: Report) -> StampPaper:
    """The report as it stands, cut into sheets; a constant number of queries."""
    layout = layout_of(report.cycle.form_version)
    townships = _townships_typed_with(report)
    entries = _entries([report, *townships], layout)
    files = _files(report)
    sheets: list[StampSheet] = []
    for section, items in layout.sections():
        shown = [item for item in items if report.level in item.owed_by and item.indicator.is_reported]
        if shown:
            sheets.append(_sheet(len(sheets) + 1, report, section.key, section.name, shown, entries, files))
    typed = [(one, entries[one.pk]) for one in townships]
    if typed:
        sheets.append(_townships_sheet(len(sheets) + 1, report, typed))
    _put_scans(report, sheets)
    return StampPaper(report, sheets, typed, layout)


def _townships_typed_with(report: Report) -> list[Report]:
    if report.level != Level.COUNTY:
        return []
    rows = Report.objects.filter(
        Q(custodian=report.unit_id) | Q(custodian=report.custodian_id, county=report.unit_id),
        cycle=report.cycle_id,
        entry_mode=EntryMode.ON_BEHALF,
        level__gt=report.level,
        exempted_at__isnull=True,
    )
    return list(rows.select_related("unit", "cycle").order_by("unit__division_code"))


def _entries(reports: Sequence[Report], layout: Layout) -> dict[int, dict[str, Entry]]:
    cells: dict[int, list[Cell]] = {report.pk: [] for report in reports}
    for cell in Cell.objects.filter(report__in=cells).select_related("indicator"):
        cells[cell.report_id].append(cell)
    ledger = ledger_of(reports, layout)
    return {
        report.pk: layout.completed(entries_of(cells[report.pk], ledger.of(report.pk)), report.level)
        for report in reports
    }


def _files(report: Report) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for file in Attachment.objects.of(report):
        found.setdefault(file.kind, []).append((file.name, file.sha256))
    return found


def _sheet(
    number: int,
    report: Report,
    key: str,
    name: str,
    items: list[FormItem],
    entries: Mapping[int, Mapping[str, Entry]],
    files: Mapping[str, list[tuple[str, str]]],
) -> StampSheet:
    keys = {item.indicator.key for item in items}
    own = {key: entry for key, entry in entries[report.pk].items() if key in keys}
    heaps = {
        item.indicator.key: files.get(item.indicator.key, [])
        for item in items
        if item.indicator.value_kind == ValueKind.FILE
    }
    content = [_content(own), sorted(heaps.items())]
    return StampSheet(
        number=number,
        key=key,
        name=name,
        digest=_digest(report, key, content),
        items=items,
        entries=own,
        files={heap: [name for name, _digest_of_file in rows] for heap, rows in heaps.items()},
    )


def _townships_sheet(number: int, report: Report, typed: list[tuple[Report, dict[str, Entry]]]) -> StampSheet:
    content = [[one.pk, _content(entries)] for one, entries in typed]
    return StampSheet(number, TOWNSHIPS, "代填乡镇（街道）数据", _digest(report, TOWNSHIPS, content))


def _content(entries: Mapping[str, Entry]) -> list[list[str]]:
    return [
        [key, "" if entry.value is None else f"{entry.value:.2f}", entry.text, entry.explanation]
        for key, entry in sorted(entries.items())
        if entry.value is not None or entry.text or entry.explanation
    ]


def _digest(report: Report, key: str, content: object) -> str:
    """Of one sheet of one report, so that a sheet of another unit or period is noticed too."""
    whole = json.dumps([report.pk, key, content], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def _put_scans(report: Report, sheets: list[StampSheet]) -> None:
    newest: dict[tuple[str, str], StampedSheet] = {}
    last: dict[str, StampedSheet] = {}
    for row in StampedSheet.objects.filter(report=report).order_by("at", "id"):
        newest[row.sheet, row.digest] = row
        last[row.sheet] = row
    for sheet in sheets:
        sheet.scan = newest.get((sheet.key, sheet.digest))
        if sheet.scan is None:
            sheet.outdated = last.get(sheet.key)


def codes_in(text: str) -> list[str]:
    """The codes that somebody typed or a reader found, in the order given, each once."""
    plain = text.upper().replace("－", "-").replace("—", "-")
    return list(dict.fromkeys(f"{int(number)}-{digits}" for number, digits in _CODE.findall(plain)))
