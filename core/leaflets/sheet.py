"""A leaflet as a workbook of one sheet, ready to print on A4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.leaflets.blocks import Block, Form, Leaflet, Listing, Mark, Text
from core.xlsx import GRID, HEAD_FILL, inert

#: Width of the sheet in characters, upright and across.
UPRIGHT, ACROSS = 88, 132
#: A sheet of text alone has several columns, so that office programs scale it to the page's width.
TEXT_COLUMNS = 8
LINE = 18
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def write_sheet(leaflet: Leaflet, path: Path) -> None:
    """Write ``leaflet`` to ``path``."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = leaflet.title[:31].translate(str.maketrans("", "", "[]:*?/\\"))
    writer = _Writer(sheet, _columns(leaflet), ACROSS if leaflet.is_landscape else UPRIGHT)
    writer.band(leaflet.title, Font(bold=True, size=16), CENTRE, 30)
    if leaflet.lead:
        writer.band(leaflet.lead, Font(color="FF5A6472"), CENTRE)
    for block in leaflet.blocks:
        writer.block(block)
    if leaflet.note:
        writer.band(leaflet.note, Font(size=9, color="FF5A6472"), LEFT)
    sheet.page_setup.orientation = "landscape" if leaflet.is_landscape else "portrait"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.properties.creator = leaflet.author or "科协“3+1”工作平台"
    book.save(path)


def _columns(leaflet: Leaflet) -> list[int]:
    """The widths that the sheet's columns take: those of the block with the most columns."""
    widths = [list(block.widths) for block in leaflet.blocks if isinstance(block, Form | Listing)]
    return max(widths, key=len, default=[1] * TEXT_COLUMNS)


class _Writer:
    """Blocks one below another; where a block has fewer columns, its last ones are spread over several."""

    def __init__(self, sheet: Any, widths: list[int], total: int) -> None:
        self.sheet, self.count, self.row = sheet, len(widths), 1
        self.characters = [total * width / sum(widths) for width in widths]
        for place, width in enumerate(self.characters, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = max(width, 4)

    def band(self, text: str, font: Font, align: Alignment, height: float = LINE) -> None:
        """One line over all columns."""
        self._put(1, self.count, text, font, align, Border())
        lines = -(-len(text) * 2 // int(sum(self.characters)))
        self.sheet.row_dimensions[self.row].height = max(height, LINE * lines)
        self.row += 1

    def block(self, block: Block) -> None:
        if isinstance(block, Mark):
            self.band("　".join(block.lines), Font(size=9), LEFT)
        elif isinstance(block, Text):
            if block.heading:
                self.band(block.heading, Font(bold=True), LEFT)
            for text in block.paragraphs:
                self.band(f"　　{text}", Font(), LEFT)
        elif isinstance(block, Form):
            self._form(block)
        else:
            self._listing(block)

    def _form(self, block: Form) -> None:
        places = self._places([1] * len(block.widths))
        for boxes in block.rows:
            at, lines = 0, 1
            for box in boxes:
                first, last = places[at][0], places[at + box.across - 1][1]
                font = Font(bold=box.is_label)
                self._put(first, last, box.text, font, CENTRE if box.is_label or box.across == 1 else LEFT)
                lines = max(lines, box.lines, box.text.count("\n") + 1, self._lines(box.text, first, last))
                at += box.across
            self.sheet.row_dimensions[self.row].height = LINE * lines
            self.row += 1

    def _listing(self, block: Listing) -> None:
        if block.heading:
            self.band(block.heading, Font(bold=True), LEFT)
        places = self._places(list(block.widths))
        for (first, last), head in zip(places, block.heads, strict=True):
            self._put(first, last, head, Font(bold=True), CENTRE, fill=True)
        self.row += 1
        for values in block.rows or [[block.empty, *[""] * (len(block.heads) - 1)]]:
            for column, ((first, last), value) in enumerate(zip(places, values, strict=True)):
                self._put(first, last, value, Font(), LEFT if column in block.left else CENTRE)
            lines = [
                self._lines(value, first, last) for (first, last), value in zip(places, values, strict=True)
            ]
            self.sheet.row_dimensions[self.row].height = LINE * max(1, *lines)
            self.row += 1

    def _lines(self, text: str, first: int, last: int) -> int:
        """How many lines a text takes in the columns from ``first`` to ``last``."""
        return -(-len(text) * 2 // max(int(sum(self.characters[first - 1 : last])), 1))

    def _places(self, widths: list[int]) -> list[tuple[int, int]]:
        """First and last sheet column of each column of a block."""
        spare = self.count - len(widths)
        spans = [1] * len(widths)
        for place in sorted(range(len(widths)), key=lambda place: -widths[place]) * (
            spare // len(widths) + 1
        ):
            if spare <= 0:
                break
            spans[place] += 1
            spare -= 1
        ends = [sum(spans[: place + 1]) for place in range(len(spans))]
        return [(end - span + 1, end) for end, span in zip(ends, spans, strict=True)]

    def _put(
        self,
        first: int,
        last: int,
        text: str,
        font: Font,
        align: Alignment,
        border: Border = GRID,
        *,
        fill: bool = False,
    ) -> None:
        for place in range(first, last + 1):
            self.sheet.cell(self.row, place).border = border
        cell = self.sheet.cell(self.row, first)
        cell.value = inert(text) or None
        if cell.value is not None:
            cell.data_type = "s"
            cell.quotePrefix = True
        cell.font, cell.alignment = font, align
        if fill:
            cell.fill = HEAD_FILL
        if last > first:
            self.sheet.merge_cells(start_row=self.row, start_column=first, end_row=self.row, end_column=last)
