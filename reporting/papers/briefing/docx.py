"""The briefing as docx: same words, same masthead."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt

from reporting.papers.briefing.paper import Briefing
from reporting.papers.briefing.pdf import MASTHEAD_LARGEST, MASTHEAD_WIDTH
from reporting.papers.bulletin import ooxml
from reporting.papers.bulletin.docx import (
    CENTRE,
    FANG,
    HEI,
    KAI,
    LEFT,
    NOTE_LINE,
    RED,
    RIGHT,
    TITLE,
    add_paragraph,
    set_page,
)

TYPE_WIDTH = Mm(156)
#: The masthead stands in a line of this height, as in the PDF.
MASTHEAD_LINE = Mm(24)


def write_docx(briefing: Briefing, path: Path) -> None:
    """Write the briefing to ``path``."""
    document = Document()
    set_page(document)
    _head(document, briefing)
    for column in briefing.columns:
        add_paragraph(document, column.heading, HEI).paragraph_format.keep_with_next = True
        for article in column.articles:
            add_paragraph(document, article.title, KAI).paragraph_format.keep_with_next = True
            for text in article.paragraphs:
                add_paragraph(document, text)
    _foot(document, briefing)
    document.core_properties.title = briefing.title
    document.core_properties.author = briefing.compiled_by
    document.save(str(path))


def _head(document: DocumentObject, briefing: Briefing) -> None:
    if briefing.draft_note:
        note = add_paragraph(document, briefing.draft_note, HEI, align=RIGHT, indent=0, size=Pt(10.5))
        ooxml.exact_lines(note.paragraph_format, NOTE_LINE)
        ooxml.off_grid(note)
    size = Pt(int(min(MASTHEAD_LARGEST, MASTHEAD_WIDTH / len(briefing.masthead))))
    masthead = add_paragraph(
        document, briefing.masthead, TITLE, align=CENTRE, indent=0, size=size, colour=RED
    )
    ooxml.exact_lines(masthead.paragraph_format, MASTHEAD_LINE)
    ooxml.off_grid(masthead)
    add_paragraph(document, briefing.number, FANG, align=CENTRE, indent=0)
    line = add_paragraph(document, f"{briefing.compiled_by}\t{briefing.date}", FANG, align=LEFT, indent=0)
    line.paragraph_format.tab_stops.add_tab_stop(TYPE_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    ooxml.line(line, "bottom", colour=RED, eighths=16)
    add_paragraph(document, indent=0)


def _foot(document: DocumentObject, briefing: Briefing) -> None:
    add_paragraph(document, indent=0)
    sent = add_paragraph(document, f"发：{briefing.recipients}。", FANG, align=LEFT, indent=0, size=Pt(14))
    ooxml.line(sent, "top", "bottom", eighths=8)
    add_paragraph(document, briefing.source_note, FANG, align=LEFT, indent=0, size=Pt(9))
