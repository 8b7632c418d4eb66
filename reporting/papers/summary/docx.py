"""The summary as docx, laid out like a bulletin without its red head."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Pt

from reporting.papers.bulletin.docx import (
    CENTRE,
    FANG,
    HEI,
    KAI,
    LEFT,
    RIGHT,
    SONG,
    TITLE,
    add_paragraph,
    add_run,
    fill,
    set_page,
)
from reporting.papers.summary.drafting import MONTHS_HEAD, Summary


def write_docx(summary: Summary, path: Path) -> None:
    """Write the summary to ``path``."""
    document = Document()
    set_page(document)
    if summary.draft_note:
        add_paragraph(document, summary.draft_note, HEI, align=RIGHT, indent=0, size=Pt(10.5))
    add_paragraph(document, summary.issuer, TITLE, align=CENTRE, indent=0, size=Pt(22))
    add_paragraph(document, summary.title, TITLE, align=CENTRE, indent=0, size=Pt(22))
    add_paragraph(document, indent=0)
    add_paragraph(document, summary.opening)
    for section in summary.sections:
        add_paragraph(document, section.heading, HEI).paragraph_format.keep_with_next = True
        for one in section.paragraphs:
            paragraph = add_paragraph(document, one.lead, KAI)
            add_run(paragraph, one.text, FANG)
    add_paragraph(document, indent=0)
    add_paragraph(document, f"{summary.issuer}　　", align=RIGHT, indent=0)
    add_paragraph(document, f"{summary.date}　　", align=RIGHT, indent=0)
    _annex(document, summary)
    document.core_properties.title = f"{summary.issuer}{summary.title}"
    document.core_properties.author = summary.issuer
    document.save(str(path))


def _annex(document: DocumentObject, summary: Summary) -> None:
    """The year month by month."""
    head = add_paragraph(document, "附：各月主要数据", HEI, align=LEFT, indent=0)
    head.paragraph_format.page_break_before = True
    table = document.add_table(rows=1, cols=len(MONTHS_HEAD))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, words in zip(table.rows[0].cells, MONTHS_HEAD, strict=True):
        fill(cell, words, HEI, CENTRE)
    for row in summary.months:
        cells = table.add_row().cells
        for place, (cell, words) in enumerate(zip(cells, row, strict=True)):
            fill(cell, words, SONG, RIGHT if place else CENTRE)
    add_paragraph(document, summary.source_note, FANG, align=LEFT, indent=0, size=Pt(9))
