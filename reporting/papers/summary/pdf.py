"""The summary as PDF: the bulletin's page without its red head and imprint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from core.pdf import lay_out
from reporting.papers.bulletin.pdf import annexes_of, style_sheet
from reporting.papers.summary.drafting import Summary


def write_pdf(summary: Summary, path: Path) -> int:
    """Write the summary; how many pages."""
    document = laid_out(summary)
    document.metadata.title = f"{summary.issuer}{summary.title}"
    document.metadata.authors = [summary.issuer]
    document.write_pdf(path)
    return len(document.pages)


def laid_out(summary: Summary) -> Any:
    """The summary's pages."""
    annexes = annexes_of(summary)
    html = render_to_string("reporting/papers/summary.html", {"summary": summary, "annexes": annexes})
    return lay_out(html, style_sheet(annexes))
