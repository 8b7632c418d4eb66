"""The briefing as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from core.pdf import lay_out, typefaces
from reporting.papers.briefing.paper import Briefing
from reporting.papers.bulletin.pdf import style_sheet

#: The masthead's type: as large as fits the type area, at most 44 pt.
MASTHEAD_WIDTH, MASTHEAD_LARGEST = 436.0, 44.0


def laid_out(briefing: Briefing) -> Any:
    """The briefing's pages."""
    size = min(MASTHEAD_LARGEST, MASTHEAD_WIDTH / len(briefing.masthead))
    sizes = {"fonts": typefaces().families, "masthead_size": f"{size:.1f}"}
    css = style_sheet() + render_to_string("reporting/papers/briefing.css", sizes)
    return lay_out(render_to_string("reporting/papers/briefing.html", {"briefing": briefing}), css)


def write_pdf(briefing: Briefing, path: Path) -> int:
    """Write the briefing; how many pages."""
    document = laid_out(briefing)
    document.metadata.title = briefing.title
    document.metadata.authors = [briefing.compiled_by]
    document.write_pdf(path)
    return len(document.pages)
