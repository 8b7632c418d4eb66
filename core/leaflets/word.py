"""A leaflet as docx, to be edited and passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core import qr
from core.leaflets.blocks import Form, Leaflet, Listing, Mark, Text

FANG, SONG, HEI, TITLE = "仿宋_GB2312", "宋体", "黑体", "方正小标宋简体"
CENTRE, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
BODY, CELL = Pt(16), Pt(10.5)
MARGIN = Mm(22)


def write_docx(leaflet: Leaflet, path: Path) -> None:
    """Write ``leaflet`` to ``path``."""
    document = Document()
    inner = _page(document, leaflet)
    _line(document, leaflet.title, TITLE, Pt(20), CENTRE)
    if leaflet.lead:
        _line(document, leaflet.lead, FANG, Pt(12), CENTRE)
    for block in leaflet.blocks:
        if isinstance(block, Text):
            _text(document, block)
        elif isinstance(block, Form):
            _form(document, block, inner)
        elif isinstance(block, Mark):
            _mark(document, block)
        else:
            _listing(document, block, inner)
    if leaflet.note:
        _line(document, leaflet.note, SONG, Pt(9), LEFT)
    document.core_properties.title = leaflet.title
    document.core_properties.author = leaflet.author
    document.save(str(path))


def _page(document: Any, leaflet: Leaflet) -> int:
    """A4, upright or across; the width between the margins."""
    section = document.sections[0]
    width, height = Mm(210), Mm(297)
    if leaflet.is_landscape:
        section.orientation, width, height = WD_ORIENT.LANDSCAPE, height, width
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    style = document.styles["Normal"]
    _face(style, FANG)
    style.font.size = BODY
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    return width - 2 * MARGIN


def _face(target: Any, name: str) -> None:
    target.font.name = name
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def _line(document: Any, text: str, face: str, size: Any, align: Any) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(6)
    run = paragraph.add_run(text)
    run.font.size = size
    _face(run, face)
    return paragraph


def _text(document: Any, block: Text) -> None:
    if block.heading:
        heading = _line(document, block.heading, HEI, BODY, LEFT)
        _indent(heading)
        heading.paragraph_format.keep_with_next = True
        _set_as_text(heading)
    for text in block.paragraphs:
        paragraph = _line(document, text, FANG, BODY, WD_ALIGN_PARAGRAPH.JUSTIFY)
        _set_as_text(paragraph)
        _indent(paragraph)


def _set_as_text(paragraph: Any) -> None:
    """28 points a line and nothing between, as on official paper."""
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(28)


def _mark(document: Any, block: Mark) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.page_break_before = block.starts_page
    paragraph.add_run().add_picture(qr.png(block.code), width=Mm(22))
    for text in block.lines:
        _line(document, text, SONG, CELL, LEFT).paragraph_format.space_after = Pt(0)
    _gap(document)


def _indent(paragraph: Any) -> None:
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")


def _table(document: Any, rows: int, widths: Any, inner: int) -> Any:
    table = document.add_table(rows=rows, cols=len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    shares = [inner * width // sum(widths) for width in widths]
    for column, share in zip(table.columns, shares, strict=True):
        column.width = share
    for row in table.rows:
        for cell, share in zip(row.cells, shares, strict=True):
            cell.width = share
    return table


def _form(document: Any, block: Form, inner: int) -> None:
    table = _table(document, len(block.rows), block.widths, inner)
    for row, boxes in zip(table.rows, block.rows, strict=True):
        cells, place = list(row.cells), 0
        for box in boxes:
            first, last = cells[place], cells[place + box.across - 1]
            cell = first.merge(last) if box.across > 1 else first
            align = CENTRE if box.is_label or (box.across == 1 and box.lines == 1) else LEFT
            room = "\n" * (box.lines - 1 - box.text.count("\n"))
            _fill(cell, box.text + room, HEI if box.is_label else SONG, align)
            place += box.across
    _gap(document)


def _listing(document: Any, block: Listing, inner: int) -> None:
    if block.heading:
        _line(document, block.heading, HEI, Pt(12), LEFT).paragraph_format.keep_with_next = True
    rows = block.rows or [[block.empty, *[""] * (len(block.heads) - 1)]]
    table = _table(document, len(rows) + 1, block.widths, inner)
    for cell, head in zip(table.rows[0].cells, block.heads, strict=True):
        _fill(cell, head, HEI, CENTRE)
    _repeat(table.rows[0])
    for place, values in enumerate(rows, start=1):
        row = table.rows[place]
        _unbroken(row)
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            _fill(cell, value, SONG, LEFT if column in block.left else CENTRE)
    _gap(document)


def _fill(cell: Any, text: str, face: str, align: Any) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    run = paragraph.add_run(text)
    run.font.size = CELL
    _face(run, face)


def _gap(document: Any) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(6)


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _unbroken(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
