"""The bulletin as PDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from core.pdf import lay_out, typefaces
from files.registry import Progress
from reporting.papers.bulletin.drafting import Bulletin
from reporting.papers.bulletin.heads import Head, heads_of, widths_of
from reporting.papers.official import OfficialText
from reporting.papers.tables import Line, PaperTable, shown

#: 发文机关标志: as large as fits the type area, at most 62 pt.
MASTHEAD_WIDTH = 436.0
MASTHEAD_LARGEST = 62.0


@dataclass(frozen=True, slots=True)
class AnnexLine:
    role: str
    cells: list[Any]


@dataclass(frozen=True, slots=True)
class Annex:
    """A table ready to be set."""

    table: PaperTable
    heads: list[list[Head]]
    widths: list[int]
    lines: list[AnnexLine]
    note: str


def annexes_of(paper: OfficialText) -> list[Annex]:
    """The paper's tables, ready to be set."""
    return [
        Annex(
            table,
            heads_of(table),
            widths_of(table),
            [_line(table, line) for line in table.lines],
            "".join([*table.notes, paper.source_note]),
        )
        for table in paper.annexes
    ]


def _line(table: PaperTable, line: Line) -> AnnexLine:
    if line.role == "band":
        return AnnexLine("band", [line.cells[0].value])
    cells = zip(line.cells, table.columns, strict=True)
    return AnnexLine(line.role, [(cell.kind or column.kind, shown(cell, column)) for cell, column in cells])


def write_pdf(bulletin: Bulletin, path: Path, *, progress: Progress) -> int:
    """Set the bulletin and write it; how many pages. The imprint (版记) stands at the foot of the last page, which is
    an even one: where the annexes end on an odd page, it gets the page after."""
    progress(5, 10, "正在排版")
    document = laid_out(bulletin)
    pages = list(document.pages)
    if len(pages) % 2:
        _drop_imprint(pages[-1])
        pages += _imprint_page(bulletin, len(pages) + 1).pages
    progress(9, 10, "正在写入文件")
    document.metadata.title = bulletin.title
    document.metadata.authors = [bulletin.issuer]
    document.copy(pages).write_pdf(path)
    return len(pages)


def laid_out(bulletin: Bulletin) -> Any:
    """The whole bulletin with its imprint at the foot of the page where the annexes end."""
    annexes = annexes_of(bulletin)
    size = min(MASTHEAD_LARGEST, MASTHEAD_WIDTH / len(bulletin.masthead))
    html = render_to_string("reporting/papers/bulletin.html", {"bulletin": bulletin, "annexes": annexes})
    return lay_out(html, style_sheet(annexes, masthead_size=f"{size:.1f}"))


def style_sheet(annexes: Iterable[Annex] = (), **more: Any) -> str:
    """The style sheet of GB/T 9704-2012, with a class for each width that the annexes' columns have."""
    widths = sorted({width for annex in annexes for width in annex.widths})
    sizes = {"fonts": typefaces().families, "widths": widths}
    return render_to_string("reporting/papers/bulletin.css", sizes | more)


def _drop_imprint(page: Any) -> None:
    """Take the footnotes off a page that is laid out: laying everything out once more would double the time."""
    box = page._page_box
    box.children = [child for child in box.children if type(child).__name__ != "FootnoteAreaBox"]


def _imprint_page(bulletin: Bulletin, number: int) -> Any:
    html = render_to_string("reporting/papers/imprint.html", {"bulletin": bulletin, "is_apart": True})
    return lay_out(html, style_sheet(page_number=number), is_part=True)
