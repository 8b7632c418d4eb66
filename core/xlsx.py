"""Sheets out: long lists row by row in constant memory, and styled workbooks for people to read and print.

Every text cell is a string with the quote mark set, so that ``=``, ``+``, ``-`` and ``@`` stay text wherever the sheet
is opened or edited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal

import rustpy_xlsxwriter as rust
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LIMIT = 32_767
Kind = Literal["text", "number", "days", "money", "percent", "points", "day", "moment"]
Progress = Callable[[int, int, str], None]

NUMBER_FORMATS = {
    "number": "#,##0",
    "days": "#,##0.0",
    "money": "#,##0.00",
    "percent": "0.0%",
    "points": "+0.0;-0.0;0.0",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
PROGRESS_EVERY = 500
#: Types that a cell holds as they are.
PLAIN = frozenset({type(None), bool, int, float, Decimal, dt.date})


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet; labels are unique within one sheet. ``percent`` takes a ratio,
    ``points`` a difference of ratios in points of a hundred."""

    label: str
    kind: Kind = "text"
    width: float = 14.0


def inert(value: Any) -> Any:
    """A value as a cell may hold it: text at most as long as a cell, instants as Shanghai wall-clock time."""
    if type(value) is str:
        return value if len(value) <= CELL_LIMIT else value[:CELL_LIMIT]
    if isinstance(value, dt.datetime):
        return value.astimezone(clock.SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, bool | int | float | Decimal | dt.date | None):
        return value
    return str(value)[:CELL_LIMIT]


def write_rows(
    target: str | Path | BinaryIO,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "名册",
    title: str = "",
    note: str = "",
    total: int = 0,
    progress: Progress | None = None,
) -> int:
    """Write ``rows`` (values in the order of ``columns``) as one sheet to a path or a binary file; how many there were.

    ``title`` and ``note`` (basis, filters, who made it) stand above the head. ``progress`` is called every few
    hundred rows and may stop the writing by raising.
    """
    counted = _Counted(columns, rows, total, progress)
    above = [text for text in (title, note) if text]
    last = max(len(columns) - 1, 1)
    rust.write_worksheet(
        counted,
        str(target) if isinstance(target, Path) else target,
        sheet_name=sheet,
        header_row=len(above),
        merge_ranges=[(row, 0, row, last, text, _above(text == title)) for row, text in enumerate(above)]
        or None,
        freeze_row=len(above) + 1,
        header_format=rust.Format().set_bold().set_background_color("#E8EDF4").set_border_bottom("thin"),
        column_widths={column.label: column.width for column in columns},
        column_formats={column.label: _format(column.kind) for column in columns},
        page_setup={"landscape": True, "paper_size": 9, "repeat_rows": len(above), "fit_to_pages": (1, 0)},
        autofilter=True,
    )
    return counted.done


class _Counted:
    """Rows as the writer wants them, counted as they pass; an empty list becomes one empty row under the head."""

    def __init__(
        self,
        columns: Sequence[SheetColumn],
        rows: Iterable[Sequence[Any]],
        total: int,
        progress: Progress | None,
    ) -> None:
        self.labels = [column.label for column in columns]
        self.rows = rows
        self.total = total
        self.progress = progress
        self.done = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        labels = self.labels
        for row in self.rows:
            self.done += 1
            if self.progress is not None and self.done % PROGRESS_EVERY == 0:
                self.progress(self.done, max(self.total, self.done), "正在写入表格")
            cells = [
                value
                if (kind := type(value)) in PLAIN or (kind is str and len(value) <= CELL_LIMIT)
                else inert(value)
                for value in row
            ]
            yield dict(zip(labels, cells, strict=True))
        if not self.done:
            yield dict.fromkeys(labels)


def _format(kind: Kind) -> rust.Format:
    if kind == "text":
        return rust.Format().set_quote_prefix()
    return rust.Format().set_num_format(NUMBER_FORMATS[kind])


def _above(is_title: bool) -> rust.Format:
    if is_title:
        return rust.Format().set_bold().set_font_size(14)
    return rust.Format().set_font_color("#5A6472")


HEAD_FILL = PatternFill("solid", start_color="FFE8EDF4")
THIN = Side(style="thin", color="FFB8C2CF")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def put(cell: Cell, value: Any, kind: Kind = "text", *, bold: bool = False) -> None:
    """Write one value into an openpyxl cell, inert and formatted; absent values stay empty."""
    value = inert(value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = True
    elif value is not None and kind != "text":
        cell.number_format = NUMBER_FORMATS[kind]
    cell.font = Font(bold=bold)
    cell.border = GRID
    across = "left" if kind == "text" else "right"
    cell.alignment = Alignment(horizontal=across, vertical="center", wrap_text=kind == "text")


def new_book() -> Workbook:
    """An empty workbook without its first sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def add_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    notes: Sequence[str] = (),
    totals: Sequence[Any] | None = None,
) -> Worksheet:
    """A styled table: title, notes, frozen head, rows, an optional bold line of totals; A4 landscape, one page wide."""
    sheet = book.create_sheet(name[:31])
    for line, text in enumerate([title, *notes], start=1):
        put(sheet.cell(line, 1), text)
        sheet.cell(line, 1).border = Border()
        sheet.cell(line, 1).alignment = Alignment(vertical="center")
        sheet.cell(line, 1).font = Font(bold=True, size=14) if line == 1 else Font(color="FF5A6472")
    head = len(notes) + 2
    for place, column in enumerate(columns, start=1):
        put(sheet.cell(head, place), column.label, bold=True)
        sheet.cell(head, place).fill = HEAD_FILL
        sheet.cell(head, place).alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    line = head
    for line, row in enumerate(rows, start=head + 1):
        _put_row(sheet, line, columns, row, bold=False)
    if totals is not None:
        _put_row(sheet, line + 1, columns, totals, bold=True)
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return sheet


def _put_row(
    sheet: Worksheet, line: int, columns: Sequence[SheetColumn], row: Sequence[Any], *, bold: bool
) -> None:
    for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
        put(sheet.cell(line, place), value, column.kind, bold=bold)
