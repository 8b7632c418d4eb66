"""The summary as text and one table, whatever it is printed on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from core import clock, formats
from core.formats import day
from orgs.models import OrgUnit
from reporting.choices_papers import PaperKind
from reporting.models import Cycle, PaperDraft
from reporting.papers.bulletin.drafting import NUMERALS, issuer_of
from reporting.papers.bulletin.wording import Paragraph, Section
from reporting.papers.edition import Edition
from reporting.papers.summary.passages import PASSAGES, filled
from reporting.papers.summary.year import EVENTS, REACHED, Year, YearWording, wording_of
from reporting.rollup import Basis
from reporting.selectors.paper_texts import summary_draft, templates_for
from reporting.services.paper_drafts import Draft, Drawn

NOT_ISSUED = "审核用稿：文稿尚未定稿"
NOT_SETTLED = "审核用稿：最后一期尚未锁定审定"
MONTHS_HEAD = ("月份", "乡镇覆盖率", "在任“三长”", "新吸纳", "活动场（期）", "惠及人次")


@dataclass(slots=True)
class Summary:
    """``months`` are the lines of the annex, written as they read."""

    edition: Edition
    year: int
    is_whole: bool
    issuer: str
    opening: str
    sections: list[Section]
    months: list[tuple[str, ...]]
    digest: str
    draft_note: str = ""

    @property
    def title(self) -> str:
        months = "" if self.is_whole else f"（1—{self.edition.cycle.period.month}月）"
        return f"{self.year}年{months}基层科协组织力“3+1”工作总结"

    @property
    def dated(self) -> dt.date:
        return clock.local_day(self.edition.made_at)

    @property
    def date(self) -> str:
        return day(self.dated)

    @property
    def source_note(self) -> str:
        return f"{self.edition.standing}，校验码{self.digest}。"

    @property
    def plain_text(self) -> str:
        lines = [self.title, self.opening]
        for section in self.sections:
            lines += [section.heading, *(paragraph.whole for paragraph in section.paragraphs)]
        return "\n".join(lines)


def drafted_summary(cycle: Cycle, unit: OrgUnit) -> Summary:
    """What the year's figures say now, by the unit's own templates."""
    return _draft(wording_of(cycle, unit), templates_for(unit, PaperKind.SUMMARY))


def _draft(wording: YearWording, templates: Mapping[str, str]) -> Summary:
    edition = wording.figures.edition
    texts = [
        (one.section, Paragraph(one.lead, filled(templates.get(one.key) or one.text, wording), one.key))
        for one in PASSAGES
    ]
    months = _months(wording.year)
    return Summary(
        edition=edition,
        year=wording.year.number,
        is_whole=wording.year.is_whole,
        issuer=issuer_of(edition),
        opening=texts[0][1].text,
        sections=_sections([(head, text) for head, text in texts if head]),
        months=months,
        digest=_digest(wording.book.digest, months),
        draft_note="" if edition.basis == Basis.OFFICIAL else NOT_SETTLED,
    )


def _sections(texts: list[tuple[str, Paragraph]]) -> list[Section]:
    return [
        Section(f"{NUMERALS[place]}、{head}", [text for _head, text in held])
        for place, (head, held) in enumerate(groupby(texts, key=lambda pair: pair[0]))
    ]


def _months(year: Year) -> list[tuple[str, ...]]:
    rates = year.trend.series["coverage_rate_township"]
    columns = zip(
        year.trend.labels,
        (formats.percent(None if rate is None else rate / 100) for rate in rates),
        (formats.number(value, 0) for value in year.trend.series["key_people_total"]),
        (formats.number(value, 0) for value in year.trend.series["recruited"]),
        (formats.number(value, 0) for value in year.sums(EVENTS)),
        (formats.number(value, 0) for value in year.sums(REACHED)),
        strict=True,
    )
    return list(columns)


def _digest(month: str, months: list[tuple[str, ...]]) -> str:
    """The last month's checksum and the year's table as one."""
    return hashlib.sha256(f"{month}{months}".encode()).hexdigest()[:8].upper()


def drawn_of_summary(summary: Summary) -> Draft:
    """The summary's paragraphs as a draft keeps them."""
    body = [
        Drawn(one.key, section.heading, one.lead, one.text)
        for section in summary.sections
        for one in section.paragraphs
    ]
    edition = summary.edition
    opening = Drawn("opening", "", "", summary.opening)
    return Draft(edition.standing, summary.digest, edition.made_at, [opening, *body])


def summary_of(cycle: Cycle, unit: OrgUnit) -> Summary:
    """The year's summary with the edited text where there is one."""
    summary = drafted_summary(cycle, unit)
    row = summary_draft(cycle, unit)
    return _overlaid(summary, row) if row is not None else summary


def _overlaid(summary: Summary, row: PaperDraft) -> Summary:
    texts = list(row.texts.all())
    summary.opening = next((one.text for one in texts if one.key == "opening"), summary.opening)
    body = [one for one in texts if one.key != "opening"]
    summary.sections = [
        Section(heading, [Paragraph(one.lead, one.text, one.key) for one in held])
        for heading, held in groupby(body, key=lambda one: one.heading)
    ]
    if row.is_open and not summary.draft_note:
        summary.draft_note = NOT_ISSUED
    if row.digest != summary.digest:
        summary.draft_note = (
            f"审核用稿：正文取{row.standing}（{row.digest}），附表取{summary.digest}，请重新取数"
        )
    return summary
