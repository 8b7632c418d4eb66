"""The bulletin as text and tables, whatever it is printed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.conf import settings

from core import clock
from core.formats import day
from orgs.choices import Level
from reporting.papers.annexes import annexes_of
from reporting.papers.book import Book
from reporting.papers.bulletin.passages import FINDINGS, ONLY_ALONE, OPENING, PASSAGES
from reporting.papers.bulletin.template_text import filled
from reporting.papers.bulletin.wording import Paragraph, Section, Wording
from reporting.papers.edition import Edition
from reporting.papers.tables import PaperTable
from reporting.rollup import Basis

NUMERALS = "一二三四五六七八九十"
ORDINALS = "一二三四五六七八"
DRAFT_NOTE = "审核用稿：数据为实时口径，锁定审定后方可印发"


@dataclass(slots=True)
class Bulletin:
    """All that stands on the paper, in reading order. ``draft_note`` is there until the figures are settled."""

    edition: Edition
    issuer: str
    title_lines: tuple[str, str]
    recipients: str
    opening: str
    sections: list[Section]
    annexes: list[PaperTable]
    copies: str
    digest: str
    draft_note: str = ""
    number: str = ""

    def __post_init__(self) -> None:
        self.number = self.number or f"〔{self.dated.year}〕　号"

    @property
    def title(self) -> str:
        """The title in one line; on paper it breaks where the words do."""
        return "".join(self.title_lines)

    @property
    def masthead(self) -> str:
        """发文机关标志."""
        return f"{self.issuer}文件"

    @property
    def dated(self) -> dt.date:
        return clock.local_day(self.edition.made_at)

    @property
    def date(self) -> str:
        """成文日期."""
        return day(self.dated)

    @property
    def imprint(self) -> tuple[str, str, str]:
        """版记: copies, printing office, printing date."""
        return f"抄送：{self.copies}。", f"{self.issuer}办公室", f"{self.date}印发"

    @property
    def source_note(self) -> str:
        """Which figures the annexes hold, printed under each."""
        return f"{self.edition.standing}，校验码{self.digest}。"

    @property
    def plain_text(self) -> str:
        """Title and body without annexes."""
        lines = [self.title, self.recipients, self.opening]
        for section in self.sections:
            lines += [section.heading, *(paragraph.whole for paragraph in section.paragraphs)]
        return "\n".join(lines)


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
        sections=_sections([(head, one) for head, one in paragraphs if head != OPENING]),
        annexes=annexes_of(book),
        copies=_copies(edition),
        digest=book.digest,
        draft_note="" if edition.basis == Basis.OFFICIAL else DRAFT_NOTE,
    )


def _paragraphs(wording: Wording, templates: Mapping[str, str]) -> Iterator[tuple[str, Paragraph]]:
    """Each passage that is said, under its heading, in order."""
    found = 0
    for passage in PASSAGES:
        is_finding = passage.section == FINDINGS
        if not passage.is_said(wording) or (passage.key == ONLY_ALONE and found):
            continue
        lead = passage.lead
        if is_finding and lead:
            lead = f"{ORDINALS[found]}是{lead}"
            found += 1
        text = filled(templates.get(passage.key) or passage.text, wording)
        yield passage.section, Paragraph(lead, text, passage.key)


def _sections(paragraphs: list[tuple[str, Paragraph]]) -> list[Section]:
    return [
        Section(f"{NUMERALS[place]}、{head}", [one for _head, one in held])
        for place, (head, held) in enumerate(groupby(paragraphs, key=itemgetter(0)))
    ]


def issuer_of(edition: Edition) -> str:
    """山东省科学技术协会, or as the deployer has named the province's."""
    if edition.unit.level == Level.PROVINCE and settings.ISSUER_NAME:
        return settings.ISSUER_NAME
    return f"{edition.unit.display_name}科学技术协会"


def _copies(edition: Edition) -> str:
    if edition.unit.level == Level.PROVINCE:
        return "中国科学技术协会"
    return f"{edition.unit.province.name}科学技术协会" if edition.unit.province else "省科学技术协会"
