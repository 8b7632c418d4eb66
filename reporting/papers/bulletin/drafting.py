"""The bulletin as text and tables, whatever it is printed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orgs.choices import Level
from reporting.papers.annexes import annexes_of
from reporting.papers.book import Book
from reporting.papers.bulletin.passages import FINDINGS, OPENING, PASSAGES, said
from reporting.papers.bulletin.template_text import filled
from reporting.papers.bulletin.wording import Wording
from reporting.papers.edition import Edition
from reporting.papers.official import OfficialText, Paragraph, issuer_of, sections_of
from reporting.rollup import Basis

DRAFT_NOTE = "审核用稿：数据为实时口径，锁定审定后方可印发"


@dataclass(slots=True, kw_only=True)
class Bulletin(OfficialText):
    """通报; the open 〔2026〕  号 where no number is given."""

    recipients: str
    copies: str
    number: str = ""

    def __post_init__(self) -> None:
        self.number = self.number or f"〔{self.dated.year}〕　号"

    @property
    def masthead(self) -> str:
        """发文机关标志."""
        return f"{self.issuer}文件"

    @property
    def imprint(self) -> tuple[str, str, str]:
        """版记: copies, printing office, printing date."""
        return f"抄送：{self.copies}。", f"{self.issuer}办公室", f"{self.date}印发"


def draft(book: Book, templates: Mapping[str, str] | None = None) -> Bulletin:
    """Draft the month's bulletin from its figures; ``templates`` are a unit's own words by passage."""
    edition = book.figures.edition
    wording = Wording(book)
    paragraphs = list(_paragraphs(wording, templates or {}))
    return Bulletin(
        edition=edition,
        issuer=issuer_of(edition),
        title_lines=(
            f"关于{edition.cycle.label}{edition.whole}基层科协组织力",
            "“3+1”工作进展情况的通报",
        ),
        recipients="各市科协：" if edition.unit.level == Level.PROVINCE else "各县（市、区）科协：",
        opening=next(one.text for head, one in paragraphs if head == OPENING),
        sections=sections_of([(head, one) for head, one in paragraphs if head != OPENING]),
        annexes=annexes_of(book),
        copies=_copies(edition),
        digest=book.digest,
        draft_note="" if edition.basis == Basis.OFFICIAL else DRAFT_NOTE,
    )


def _paragraphs(wording: Wording, templates: Mapping[str, str]) -> Iterator[tuple[str, Paragraph]]:
    """Each passage that is said, under its heading, in order."""
    for passage, lead in said(PASSAGES, wording, FINDINGS):
        text = filled(templates.get(passage.key) or passage.text, wording)
        yield passage.section, Paragraph(lead, text, passage.key)


def _copies(edition: Edition) -> str:
    if edition.unit.level == Level.PROVINCE:
        return "中国科学技术协会"
    return f"{edition.unit.province.name}科学技术协会" if edition.unit.province else "省科学技术协会"
