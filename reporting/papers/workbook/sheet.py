"""One table as one sheet: title, basis, two-level head, lines, foot; set up for the printer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core import formats
from core.formats import ABSENT
from core.xlsx import inert
from reporting.papers.tables import Cell, Column, Kind, Line, PaperTable, decimal_of
from reporting.papers.workbook import styles

FOOT = "单位负责人：　　　　　　　　审核人：　　　　　　　　填表人：　　　　　　　　联系电话：　　　　　　　　报出日期：　　　　年　　月　　日"
FIRST_HEAD = 4
#: In points: a line of one row, and each row more.
LINE_HEIGHT, NEXT_LINE = 18.0, 13.5
#: In characters: what the edges of a cell take.
CELL_MARGIN = 1.5
WRAPPED = ("text", "long")
PAPER_SIZES = {"A4": Worksheet.PAPERSIZE_A4, "A3": Worksheet.PAPERSIZE_A3}


class TableSheet:
    """Writes one :class:`PaperTable`; ``totals`` holds the value of each formula by coordinate."""

    def __init__(self, book: Workbook, table: PaperTable, unit_line: str, basis_line: str) -> None:
        self.table = table
        self.sheet: Worksheet = book.create_sheet(table.name[:31])
        self.width = len(table.columns)
        self.totals: dict[str, Decimal] = {}
        self._above(unit_line, basis_line)
        self.first = self._head()
        self._lines()
        self._below()
        self._print_setup()

    def _text(self, row: int, text: str, font: Any, *, align: Any = styles.PLAIN_LEFT) -> None:
        cell = self.sheet.cell(row, 1)
        put_text(cell, text)
        cell.font, cell.alignment = font, align
        self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=self.width)

    def _above(self, unit_line: str, basis_line: str) -> None:
        self._text(1, self.table.title, styles.TITLE, align=styles.CENTRE)
        self._text(2, unit_line, styles.NOTE)
        self._text(3, basis_line, styles.NOTE)
        self.sheet.row_dimensions[1].height = 30

    def _head(self) -> int:
        """The head with merged groups; the first row of figures."""
        two = self.table.has_groups
        last = FIRST_HEAD + 1 if two else FIRST_HEAD
        for row in range(FIRST_HEAD, last + 1):
            for place in range(1, self.width + 1):
                cell = self.sheet.cell(row, place)
                cell.font, cell.fill, cell.border = styles.HEAD, styles.HEAD_FILL, styles.GRID
                cell.alignment = styles.CENTRE
        place = 1
        for group, span in self.table.groups:
            if group:
                self._merge_head(FIRST_HEAD, place, FIRST_HEAD, place + span - 1, group)
            for offset in range(span):
                label = self.table.columns[place + offset - 1].label
                start = last if group else FIRST_HEAD
                self._merge_head(start, place + offset, last, place + offset, label)
            place += span
        for number, column in enumerate(self.table.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = column.width
        if two:
            self.sheet.row_dimensions[FIRST_HEAD].height = 20
        self.sheet.row_dimensions[last].height = 44 if two else 30
        return last + 1

    def _merge_head(self, top: int, left: int, bottom: int, right: int, text: str) -> None:
        width = sum(column.width for column in self.table.columns[left - 1 : right])
        put_text(self.sheet.cell(top, left), broken_head(text, width))
        if (top, left) != (bottom, right):
            self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def _lines(self) -> None:
        for row, line in enumerate(self.table.lines, start=self.first):
            self.sheet.row_dimensions[row].height = self._height(line)
            if line.role == "band":
                self._band(row, line)
                continue
            for place, (column, cell) in enumerate(zip(self.table.columns, line.cells, strict=True), start=1):
                self._put(row, place, column, cell, line)
        if not self.table.lines:
            self._text(self.first, "（无）", styles.BODY, align=styles.CENTRE)

    def _height(self, line: Line) -> float:
        """Room for the longest text of a line; not every office program fits rows to their texts."""
        if line.role == "band":
            return LINE_HEIGHT
        texts = zip(self.table.columns, line.cells, strict=True)
        rows = [
            rows_of(str(cell.value or ""), column.width) for column, cell in texts if column.kind in WRAPPED
        ]
        return LINE_HEIGHT + NEXT_LINE * (max(rows, default=1) - 1)

    def _band(self, row: int, line: Line) -> None:
        for place in range(1, self.width + 1):
            self.sheet.cell(row, place).border = styles.GRID
            self.sheet.cell(row, place).fill = styles.BAND_FILL
        put_text(self.sheet.cell(row, 1), str(line.cells[0].value))
        self.sheet.cell(row, 1).font = styles.BOLD
        self.sheet.cell(row, 1).alignment = styles.PLAIN_LEFT
        self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=self.width)

    def _put(self, row: int, place: int, column: Column, cell: Cell, line: Line) -> None:
        target = self.sheet.cell(row, place)
        kind = cell.kind or column.kind
        target.border = styles.GRID
        target.font = styles.BOLD if line.role == "whole" else styles.BODY
        target.alignment = styles.ALIGNMENTS.get(kind, styles.RIGHT)
        if line.role == "whole":
            target.fill = styles.WHOLE_FILL
        value = 0 if shows_no_change(cell, kind) else sheet_value(cell)
        if value is None and kind not in ("text", "long", "index"):
            value = ABSENT
        if isinstance(value, str):
            put_text(target, value)
            if column.kind not in ("text", "long"):
                target.alignment = styles.CENTRE
            return
        if value is None:
            return
        target.number_format = styles.number_format(kind, cell.mark)
        total = self._total(place, column, line)
        if total is None:
            target.value = value
            return
        letter = get_column_letter(place)
        target.value = f"=SUM({letter}{row + 1}:{letter}{self.first + len(self.table.lines) - 1})"
        self.totals[target.coordinate] = total

    def _total(self, place: int, column: Column, line: Line) -> Decimal | None:
        """The value of a whole that is the sum of the lines under it; ``None`` where it is not, as with heads that
        are counted once."""
        if line.role != "whole" or not column.is_summed or line is not self.table.lines[0]:
            return None
        below = [one.cells[place - 1].value for one in self.table.lines[1:] if one.role != "band"]
        parts = [number for value in below if (number := decimal_of(value)) is not None]
        whole = decimal_of(line.cells[place - 1].value)
        return whole if parts and sum(parts) == whole else None

    def _below(self) -> None:
        row = self.first + max(len(self.table.lines), 1)
        for number, note in enumerate(self.table.notes, start=1):
            self._text(
                row, f"注{number}：{note}" if len(self.table.notes) > 1 else f"注：{note}", styles.NOTE
            )
            row += 1
        if self.table.source:
            self._text(row, f"数据来源：{self.table.source}。", styles.NOTE)
            row += 1
        self._text(row + 1, FOOT, styles.BODY)

    def _print_setup(self) -> None:
        sheet, table = self.sheet, self.table
        sheet.freeze_panes = f"{get_column_letter(table.label_columns + 1)}{self.first}"
        sheet.print_title_rows = f"{FIRST_HEAD}:{self.first - 1}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = PAPER_SIZES[table.paper]
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top = sheet.page_margins.bottom = 0.7
        sheet.oddHeader.left.text = table.name
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
        sheet.sheet_view.showGridLines = False


def breadth(text: str) -> int:
    """In the characters that column widths are told in: a Chinese one takes two."""
    return sum(2 if ord(letter) > 0x2000 else 1 for letter in text)


def rows_of(text: str, width: float) -> int:
    """How many rows a text fills in a column, each of its own lines wrapped."""
    return sum(max(ceil(breadth(line) / (width - CELL_MARGIN)), 1) for line in text.split("\n"))


def broken_head(text: str, width: float) -> str:
    """A head that is too long for one row with its unit in the next, not parted within."""
    return (
        text.replace("（", "\n（", 1) if text.endswith("）") and breadth(text) > width - CELL_MARGIN else text
    )


def put_text(cell: SheetCell, text: str) -> None:
    """Text that stays text, whatever it begins with."""
    cell.value = inert(text)
    cell.data_type = "s"
    cell.quotePrefix = True


def shows_no_change(cell: Cell, kind: Kind) -> bool:
    """Whether a difference is too small to be seen: a number format would leave its sign before the zero."""
    number = decimal_of(cell.value)
    if number is None or kind not in ("change", "points"):
        return False
    return formats.signed(number * 100 if kind == "change" else number, 1) == "0.0"


def sheet_value(cell: Cell) -> str | int | float | Decimal | dt.date | dt.datetime | None:
    """A value as the workbook keeps it: figures unrounded, instants as Shanghai wall-clock time."""
    number = decimal_of(cell.value)
    if number is not None:
        return int(number) if number == number.to_integral_value() else float(number)
    return inert(cell.value)
