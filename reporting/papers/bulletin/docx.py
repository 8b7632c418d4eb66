"""The bulletin as docx, the editable twin of the PDF for the office system: same words, same tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as DocxParagraph

from reporting.papers.bulletin import ooxml
from reporting.papers.bulletin.drafting import Bulletin
from reporting.papers.bulletin.heads import heads_of, widths_of
from reporting.papers.official import OfficialText
from reporting.papers.tables import Line, PaperTable, shown

FANG, SONG, HEI, KAI, TITLE = "仿宋_GB2312", "宋体", "黑体", "楷体_GB2312", "方正小标宋简体"
BODY = Pt(16)
#: 22 lines in 225 mm.
PITCH = Pt(28.95)
RED = "D7000F"
#: 发文机关标志 begins so far below the type area's upper edge.
MASTHEAD_TOP, NOTE_LINE = Mm(35), Pt(16)
IMPRINT_LINE = Pt(24)
IMPRINT_HEIGHT = Pt(50)
CENTRE, LEFT, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def write_docx(bulletin: Bulletin, path: Path) -> None:
    """Write the bulletin to ``path``."""
    document = Document()
    set_page(document)
    _head(document, bulletin)
    add_paragraph(document, bulletin.recipients, indent=0)
    add_body(document, bulletin)
    _imprint(document, bulletin)
    document.core_properties.title = bulletin.title
    document.core_properties.author = bulletin.issuer
    document.save(str(path))


def set_page(document: DocumentObject) -> None:
    """The page, the footers and the body type of GB/T 9704-2012."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(24)
    document.settings.odd_and_even_pages_header_footer = True
    ooxml.line_grid(section, PITCH)
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        ooxml.indent(paragraph, left=14 if align == LEFT else 0, right=14 if align == RIGHT else 0)
        ooxml.page_number(paragraph, SONG, Pt(14))
    style = document.styles["Normal"]
    style.font.size = BODY
    ooxml.typeface(style, FANG)
    ooxml.character_spacing(style, -0.25)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    ooxml.exact_lines(style.paragraph_format, PITCH)


def add_paragraph(
    where: Any, text: str = "", face: str = FANG, *, align: Any = JUSTIFY, indent: int = 2, **look: Any
) -> DocxParagraph:
    """One paragraph; ``indent`` in characters of the first line."""
    paragraph = where.add_paragraph()
    paragraph.alignment = align
    if indent:
        ooxml.first_line(paragraph, indent)
    if text:
        add_run(paragraph, text, face, **look)
    return paragraph


def add_run(
    paragraph: DocxParagraph, text: str, face: str, *, size: Any = None, colour: str = "", bold: bool = False
) -> None:
    run = paragraph.add_run(text)
    ooxml.typeface(run, face)
    if size is not None:
        run.font.size = size
    if colour:
        ooxml.colour(run, colour)
    run.bold = bold or None


def _head(document: DocumentObject, bulletin: Bulletin) -> None:
    note = add_paragraph(document, bulletin.draft_note, HEI, align=RIGHT, indent=0, size=Pt(10.5))
    ooxml.exact_lines(note.paragraph_format, NOTE_LINE)
    ooxml.off_grid(note)
    size = Pt(min(62, 436 // len(bulletin.masthead)))
    masthead = add_paragraph(
        document, bulletin.masthead, TITLE, align=CENTRE, indent=0, size=size, colour=RED
    )
    ooxml.exact_lines(masthead.paragraph_format, Pt(size.pt * 1.2))
    masthead.paragraph_format.space_before = Pt(MASTHEAD_TOP.pt - NOTE_LINE.pt - size.pt / 10)
    add_paragraph(document, indent=0)
    number = add_paragraph(document, bulletin.number, align=CENTRE, indent=0)
    ooxml.line(number, "bottom", colour=RED, eighths=16)
    add_paragraph(document, indent=0)
    add_title(document, bulletin.title_lines)


def add_title(document: DocumentObject, lines: Iterable[str]) -> None:
    """The title in 二号小标宋, and the empty line below it."""
    for line in lines:
        title = add_paragraph(document, line, TITLE, align=CENTRE, indent=0, size=Pt(22))
        ooxml.exact_lines(title.paragraph_format, Pt(34.8))
        title.paragraph_format.keep_with_next = True
    add_paragraph(document, indent=0)


def add_body(document: DocumentObject, paper: OfficialText) -> None:
    """From the opening to the last annex."""
    add_paragraph(document, paper.opening)
    for section in paper.sections:
        add_paragraph(document, section.heading, HEI).paragraph_format.keep_with_next = True
        for one in section.paragraphs:
            paragraph = add_paragraph(document)
            if one.lead:
                add_run(paragraph, one.lead, KAI)
            add_run(paragraph, one.text, FANG)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _close(document, paper)
    for table in paper.annexes:
        _annex(document, table, paper.source_note)


def _close(document: DocumentObject, paper: OfficialText) -> None:
    """附件说明, 署名 and 成文日期, kept together with room for the seal and with the end of the text before them."""
    kept = [add_paragraph(document, indent=0)]
    for number, table in enumerate(paper.annexes, start=1):
        head = "附件：" if number == 1 else ""
        place = f"{number}." if len(paper.annexes) > 1 else ""
        paragraph = add_paragraph(document, f"{head}{place}{table.title}", align=LEFT, indent=0)
        ooxml.indent(paragraph, left=32 if head else 80)
        kept.append(paragraph)
    kept += [add_paragraph(document, indent=0), add_paragraph(document, indent=0)]
    signed = add_paragraph(document, paper.issuer, align=RIGHT, indent=0)
    dated = add_paragraph(document, paper.date, align=RIGHT, indent=0)
    wider = (_length(paper.issuer) - _length(paper.date)) * 8
    ooxml.indent(dated, right=64 + max(wider, 0))
    ooxml.indent(signed, right=64 + max(-wider, 0))
    for paragraph in [*kept, signed]:
        paragraph.paragraph_format.keep_with_next = True


def _length(text: str) -> float:
    """Characters of a line, digits as halves."""
    return sum(1 if ord(letter) > 0x2000 else 0.5 for letter in text)


def _annex(document: DocumentObject, table: PaperTable, source_note: str) -> None:
    number = add_paragraph(document, table.name, HEI, indent=0)
    number.paragraph_format.page_break_before = True
    title = add_paragraph(document, table.title, TITLE, align=CENTRE, indent=0, size=Pt(16))
    title.paragraph_format.keep_with_next = True
    _table(document, table)
    note = add_paragraph(document, f"注：{''.join([*table.notes, source_note])}", SONG, indent=0, size=Pt(9))
    ooxml.exact_lines(note.paragraph_format, Pt(14))
    ooxml.off_grid(note)


def _table(document: DocumentObject, table: PaperTable) -> None:
    heads = heads_of(table)
    sheet = document.add_table(rows=len(heads) + len(table.lines), cols=len(table.columns))
    sheet.style = "Table Grid"
    sheet.alignment = WD_TABLE_ALIGNMENT.CENTER
    ooxml.fixed_widths(sheet, [Mm(width) for width in widths_of(table)])
    grid = [list(row.cells) for row in sheet.rows]
    for row, line_of_heads in enumerate(heads):
        ooxml.repeat_head(sheet.rows[row])
        for head in line_of_heads:
            first = grid[row][head.column]
            last = grid[row + head.down - 1][head.column + head.across - 1]
            fill(first.merge(last) if first is not last else first, head.text, HEI, CENTRE)
    for row, line in enumerate(table.lines, start=len(heads)):
        ooxml.unbroken(sheet.rows[row])
        _line(grid[row], table, line)


def _line(cells: list[Any], table: PaperTable, line: Line) -> None:
    if line.role == "band":
        fill(cells[0].merge(cells[-1]), str(line.cells[0].value), SONG, LEFT)
        return
    for place, (cell, column) in enumerate(zip(line.cells, table.columns, strict=True)):
        kind = cell.kind or column.kind
        align = RIGHT if kind in ("number", "money", "percent") else CENTRE
        fill(cells[place], shown(cell, column), SONG, align, bold=line.role == "whole")


def fill(cell: Any, text: str, face: str, align: Any, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    ooxml.exact_lines(paragraph.paragraph_format, Pt(12))
    ooxml.off_grid(paragraph)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    add_run(paragraph, text, face, size=Pt(8.5), bold=bold)


def _imprint(document: DocumentObject, bulletin: Bulletin) -> None:
    """版记, a table that floats at the foot of the page on which the annexes end."""
    copies, office, printed = bulletin.imprint
    sheet = document.add_table(rows=2, cols=2)
    ooxml.fixed_widths(sheet, [Mm(90), Mm(66)])
    ooxml.float_at(sheet, top=Mm(297 - 35) - IMPRINT_HEIGHT)
    ooxml.rules(sheet, outer=8, inner=6)
    first, (left, right) = sheet.rows[0].cells, sheet.rows[1].cells
    for cell, text, align in (
        (first[0].merge(first[1]), copies, LEFT),
        (left, office, LEFT),
        (right, printed, RIGHT),
    ):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = align
        ooxml.indent(paragraph, left=14, right=14)
        ooxml.exact_lines(paragraph.paragraph_format, IMPRINT_LINE)
        ooxml.off_grid(paragraph)
        add_run(paragraph, text, FANG, size=Pt(14))
    last = add_paragraph(document, indent=0)
    ooxml.exact_lines(last.paragraph_format, Pt(1))
    ooxml.off_grid(last)
