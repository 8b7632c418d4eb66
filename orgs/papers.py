"""The contact roster as a Word table for the office system: A4, a repeated head, one line a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from orgs.selectors.roster import RosterLine

HEADS = ("单位", "身份", "姓名", "职务", "联系电话")
#: Millimetres; together the width between the margins.
WIDTHS = (50, 26, 20, 42, 32)
FACE = "仿宋_GB2312"
_TWIPS = 56.7


def write_roster(
    path: str, lines: Iterable[RosterLine], *, title: str, note: str, tick: Callable[[int], None]
) -> int:
    """Write ``lines`` to ``path``; how many there were. ``tick`` is told of every hundred.

    Rows are written as XML: python-docx would take seconds for a hundred of them.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(25)
    _line(document, title, Pt(18), WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    _line(document, note, Pt(10.5), WD_ALIGN_PARAGRAPH.LEFT)
    table = document.add_table(rows=0, cols=len(HEADS))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    body = table._tbl
    body.append(_row(HEADS, is_head=True))
    count = 0
    for count, line in enumerate(lines, start=1):
        role = f"{line.role}（兼主席）" if line.is_chair else line.role
        body.append(_row((line.unit, role, line.name, line.post, line.phone)))
        if count % 100 == 0:
            tick(count)
    document.core_properties.title = title
    document.save(path)
    return count


def _line(document: object, text: str, size: Pt, align: WD_ALIGN_PARAGRAPH, *, bold: bool = False) -> None:
    paragraph = document.add_paragraph()  # type: ignore[attr-defined]
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.bold = size, FACE, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), FACE)


def _row(texts: Iterable[str], *, is_head: bool = False) -> object:
    cells = "".join(_cell(text, width, is_head) for text, width in zip(texts, WIDTHS, strict=True))
    head = "<w:tblHeader/>" if is_head else ""
    return parse_xml(f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>")


def _cell(text: str, width: int, is_head: bool) -> str:
    fonts = f'<w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" w:eastAsia="{FACE}"/>'
    bold = "<w:b/>" if is_head else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{round(width * _TWIPS)}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr><w:r><w:rPr>{fonts}{bold}<w:sz w:val="21"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )
