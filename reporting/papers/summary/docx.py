"""The summary as docx, laid out like a bulletin without its red head."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.shared import Pt

from reporting.papers.bulletin import ooxml
from reporting.papers.bulletin.docx import HEI, RIGHT, add_body, add_paragraph, add_title, set_page
from reporting.papers.summary.drafting import Summary


def write_docx(summary: Summary, path: Path) -> None:
    """Write the summary to ``path``."""
    document = Document()
    set_page(document)
    if summary.draft_note:
        note = add_paragraph(document, summary.draft_note, HEI, align=RIGHT, indent=0, size=Pt(10.5))
        ooxml.exact_lines(note.paragraph_format, Pt(16))
        ooxml.off_grid(note)
    add_title(document, (summary.issuer, *summary.title_lines))
    add_body(document, summary)
    document.core_properties.title = f"{summary.issuer}{summary.title}"
    document.core_properties.author = summary.issuer
    document.save(str(path))
