"""The bulletin with a 170-row annex, beside the layout of the bare table."""

from __future__ import annotations

import datetime as dt
import tempfile
from html import escape
from pathlib import Path

from core import clock
from kexie_portal.bench.measure import Outcome, side_by_side
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.papers.bulletin.drafting import Bulletin
from reporting.papers.bulletin.pdf import write_pdf
from reporting.papers.edition import Edition
from reporting.papers.official import Paragraph, Section
from reporting.papers.tables import Cell, Column, Line, PaperTable
from reporting.rollup import Basis

ROWS = 170
FIGURES = 11


def measure() -> Outcome:
    annex, bulletin = _annex(), _bulletin()
    bulletin.annexes = [annex]
    bare = _bare(annex)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "paper.pdf"
        ours, theirs = side_by_side(
            lambda: write_pdf(bulletin, target, progress=_unseen), lambda: _plain(bare, target), rounds=5
        )
    return Outcome(
        f"通报 PDF，附表 {ROWS} 行 × {len(annex.columns)} 列",
        "WeasyPrint 直接排同一张表（无样式、无正文）",
        ours,
        theirs,
        at_most=1.5,
    )


def _unseen(done: int, total: int, step: str = "") -> None:
    """Progress that nobody watches."""


def _annex() -> PaperTable:
    columns = [Column("序号", "index"), Column("单位", "text")]
    columns += [Column(f"指标{number}", "number", "指标") for number in range(1, FIGURES + 1)]
    lines = [
        Line("part", (Cell(row), Cell(f"第{row}县"), *(Cell(row * 37 + place) for place in range(FIGURES))))
        for row in range(1, ROWS + 1)
    ]
    return PaperTable("附件1", "县（市、区）工作情况", columns, lines)


def _bulletin() -> Bulletin:
    cycle = Cycle(
        period=dt.date(2026, 11, 1), window_first=dt.date(2026, 10, 20), window_last=dt.date(2026, 11, 19)
    )
    text = "各级科协组织要把吸纳三长作为提升基层组织力的重要抓手，结合实际抓好落实。" * 3
    return Bulletin(
        edition=Edition(cycle, OrgUnit(name="省", level=Level.PROVINCE), Basis.OFFICIAL, 1, clock.now()),
        issuer="某省科学技术协会",
        title_lines=("关于2026年11月全省基层科协组织力", "“3+1”工作进展情况的通报"),
        recipients="各市科协：",
        opening=text,
        sections=[
            Section(f"{number}、总体进展", [Paragraph("（一）情况。", text)] * 3) for number in "一二三四"
        ],
        annexes=[],
        copies="中国科学技术协会",
        digest="",
    )


def _bare(table: PaperTable) -> str:
    head = "".join(f"<th>{escape(column.label)}</th>" for column in table.columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in table.rows())
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _plain(html: str, target: Path) -> None:
    from weasyprint import HTML

    HTML(string=html).write_pdf(target)
