"""What the bulletin and the year's summary have in common: a text drafted from figures, in sections, with tables annexed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.conf import settings

from core import clock
from core.formats import day
from orgs.choices import Level
from reporting.papers.edition import Edition
from reporting.papers.tables import PaperTable

NUMERALS = "一二三四五六七八九十"


@dataclass(slots=True)
class Paragraph:
    """``lead`` is the run-in head in 楷体."""

    lead: str
    text: str
    key: str = ""

    @property
    def whole(self) -> str:
        return f"{self.lead}{self.text}"


@dataclass(slots=True)
class Section:
    heading: str
    paragraphs: list[Paragraph]


@dataclass(slots=True, kw_only=True)
class OfficialText:
    """All that stands on the paper, in reading order. ``title_lines`` break where the words do; ``draft_note`` is there
    until figures and text are settled."""

    edition: Edition
    issuer: str
    title_lines: tuple[str, ...]
    opening: str
    sections: list[Section]
    annexes: list[PaperTable]
    digest: str
    draft_note: str = ""

    @property
    def title(self) -> str:
        return "".join(self.title_lines)

    @property
    def dated(self) -> dt.date:
        return clock.local_day(self.edition.made_at)

    @property
    def date(self) -> str:
        """成文日期."""
        return day(self.dated)

    @property
    def source_note(self) -> str:
        """Which figures the annexes hold, printed under each."""
        return f"{self.edition.standing}，校验码{self.digest}。"

    @property
    def plain_text(self) -> str:
        """Title and body without annexes."""
        lines = [self.title, self.opening]
        for section in self.sections:
            lines += [section.heading, *(paragraph.whole for paragraph in section.paragraphs)]
        return "\n".join(lines)


def sections_of(paragraphs: list[tuple[str, Paragraph]]) -> list[Section]:
    """Paragraphs with their headings as sections, numbered 一 and on."""
    return [
        Section(f"{NUMERALS[place]}、{head}", [one for _head, one in held])
        for place, (head, held) in enumerate(groupby(paragraphs, key=itemgetter(0)))
    ]


def issuer_of(edition: Edition) -> str:
    """山东省科学技术协会, or as the deployer has named the province's."""
    if edition.unit.level == Level.PROVINCE and settings.ISSUER_NAME:
        return settings.ISSUER_NAME
    return f"{edition.unit.display_name}科学技术协会"
