"""A briefing as text, whatever it is printed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from core import clock
from core.formats import day
from orgs.choices import Level
from reporting.models import PaperDraft
from reporting.papers.official import NUMERALS

TITLE = "基层科协组织力“3+1”工作简报"
NOT_ISSUED = "送审稿"


@dataclass(frozen=True, slots=True)
class Article:
    """``paragraphs`` under a title of its own."""

    title: str
    paragraphs: list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """A run of articles under one heading."""

    heading: str
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class Briefing:
    """``masthead`` over 期号, then 编印单位 left and the date right of one line."""

    masthead: str
    number: str
    compiled_by: str
    dated: dt.date
    columns: list[Column]
    recipients: str
    source_note: str
    draft_note: str = ""

    @property
    def date(self) -> str:
        return day(self.dated)

    @property
    def title(self) -> str:
        return f"{self.masthead}{self.number}"

    @property
    def plain_text(self) -> str:
        """Headings, titles and articles in reading order."""
        lines = []
        for column in self.columns:
            lines.append(column.heading)
            for article in column.articles:
                lines += [article.title, *article.paragraphs]
        return "\n".join(lines)


def briefing_of(row: PaperDraft) -> Briefing:
    """The paper of a draft with its articles as they stand."""
    held = [(heading, list(texts)) for heading, texts in groupby(row.texts.all(), key=attrgetter("heading"))]
    columns = [
        Column(
            f"{NUMERALS[place]}、{heading}" if len(held) > 1 else heading,
            [
                Article(text.lead, [line.strip() for line in text.text.splitlines() if line.strip()])
                for text in texts
            ],
        )
        for place, (heading, texts) in enumerate(held)
    ]
    unit = row.unit
    return Briefing(
        masthead=row.title or TITLE,
        number=f"第{row.issue}期",
        compiled_by=row.compiled_by or f"{unit.display_name}科学技术协会",
        dated=row.dated or clock.local_day(row.taken_at),
        columns=columns,
        recipients="各市科协" if unit.level == Level.PROVINCE else "各县（市、区）科协",
        source_note=f"稿件选自{row.cycle.title}和典型，{row.standing}",
        draft_note="" if not row.is_open else NOT_ISSUED,
    )
