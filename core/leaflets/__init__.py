"""Short papers of tables and paragraphs, written three ways from one description: workbook, Word file and PDF.

A :class:`Leaflet` is a title and blocks; :func:`write` picks the writer by the format. The official bulletin has a
layout of its own (``reporting.papers``); this is for rosters, forms and drafts that offices print and pass on.
"""

from __future__ import annotations

from pathlib import Path

from core.leaflets.blocks import Block, Box, Form, Leaflet, Listing, Mark, Text
from core.xlsx import XLSX

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
#: The formats with their names and content types.
FORMATS = {"xlsx": ("Excel", XLSX), "docx": ("Word", DOCX), "pdf": ("PDF", PDF)}

__all__ = ["DOCX", "FORMATS", "PDF", "Block", "Box", "Form", "Leaflet", "Listing", "Mark", "Text", "write"]


def write(leaflet: Leaflet, form: str, path: Path) -> None:
    """Write ``leaflet`` to ``path`` as ``form``, a key of :data:`FORMATS`; the writers load when they are wanted."""
    if form == "pdf":
        from core.leaflets.pdf import write_pdf

        write_pdf(leaflet, path)
    elif form == "docx":
        from core.leaflets.word import write_docx

        write_docx(leaflet, path)
    else:
        from core.leaflets.sheet import write_sheet

        write_sheet(leaflet, path)
