"""Bulletin and summary as they are issued: drafted by the unit's own templates, with what people have edited laid over."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from orgs.models import OrgUnit
from reporting.choices import PaperKind
from reporting.models import Cycle, PaperDraft
from reporting.papers.book import Book, book_of
from reporting.papers.bulletin import Bulletin, draft
from reporting.papers.bulletin.passages import PASSAGES
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.papers.official import OfficialText, Paragraph, Section
from reporting.papers.summary import passages as summary_passages
from reporting.papers.summary.drafting import Summary
from reporting.papers.summary.drafting import draft as draft_summary
from reporting.selectors.paper_texts import draft_of, templates_for
from reporting.services.paper_drafts import Draft, Drawn
from reporting.services.paper_templates import Vocabulary, register_vocabulary

NOT_ISSUED = "审核用稿：文稿尚未定稿"
OPENING_KEY = "opening"
Text = TypeVar("Text", bound=OfficialText)


def register() -> None:
    """Called once at start."""
    shipped = {passage.key: passage.text for passage in PASSAGES}
    register_vocabulary(PaperKind.BULLETIN, Vocabulary(shipped, PLACEHOLDERS.keys()))
    of_year = {passage.key: passage.text for passage in summary_passages.PASSAGES}
    register_vocabulary(PaperKind.SUMMARY, Vocabulary(of_year, summary_passages.NAMES))


def drafted(book: Book) -> Bulletin:
    """What the month's figures say now, by the unit's own templates."""
    return draft(book, templates_for(book.figures.edition.unit, PaperKind.BULLETIN))


def drafted_summary(cycle: Cycle, unit: OrgUnit) -> Summary:
    """What the year's figures say now, by the unit's own templates."""
    return draft_summary(cycle, unit, templates_for(unit, PaperKind.SUMMARY))


def drawn_now(paper: PaperKind, cycle: Cycle, unit: OrgUnit) -> Draft:
    """The paragraphs of a paper as its figures say them now."""
    if paper == PaperKind.SUMMARY:
        return drawn_of(drafted_summary(cycle, unit))
    return drawn_of(drafted(book_of(cycle, unit)))


def drawn_of(text: OfficialText) -> Draft:
    """The text's paragraphs as a draft keeps them."""
    opening = Drawn(OPENING_KEY, "", "", text.opening)
    body = [
        Drawn(one.key, section.heading, one.lead, one.text)
        for section in text.sections
        for one in section.paragraphs
    ]
    edition = text.edition
    return Draft(edition.standing, text.digest, edition.made_at, [opening, *body])


def bulletin_of(cycle: Cycle, unit: OrgUnit) -> Bulletin:
    """The month's bulletin with the edited text where there is one."""
    bulletin = drafted(book_of(cycle, unit))
    row = draft_of(PaperKind.BULLETIN, cycle, unit)
    if row is None:
        return bulletin
    bulletin.number = row.document_number or bulletin.number
    return overlaid(bulletin, row)


def summary_of(cycle: Cycle, unit: OrgUnit) -> Summary:
    """The year's summary with the edited text where there is one."""
    summary = drafted_summary(cycle, unit)
    row = draft_of(PaperKind.SUMMARY, cycle, unit)
    return summary if row is None else overlaid(summary, row)


def overlaid(paper: Text, row: PaperDraft) -> Text:
    """``paper`` with the text of ``row``; marked for review until it is issued, and wherever text and annexes hold
    different figures."""
    texts = list(row.texts.all())
    paper.opening = next((one.text for one in texts if one.key == OPENING_KEY), paper.opening)
    body = [one for one in texts if one.key != OPENING_KEY]
    paper.sections = [
        Section(heading, [Paragraph(one.lead, one.text, one.key) for one in held])
        for heading, held in groupby(body, key=lambda one: one.heading)
    ]
    if row.is_open and not paper.draft_note:
        paper.draft_note = NOT_ISSUED
    if row.digest != paper.digest:
        paper.draft_note = f"审核用稿：正文取{row.standing}（{row.digest}），附件取{paper.digest}，请重新取数"
    return paper


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that would read otherwise: as it stands, as it was taken, as the figures say now."""

    key: str
    lead: str
    stands: str
    was: str
    now: str
    is_edited: bool

    @property
    def words(self) -> str:
        """What 重新取数 does to it."""
        if not self.was:
            return "新增"
        return "删去" if not self.now else "改变"


def changes_of(row: PaperDraft, drawn: Draft) -> list[Change]:
    """What taking the figures anew would change, in the paper's order."""
    wanted = {one.key: one for one in drawn.paragraphs}
    held = {one.key: one for one in row.texts.all()}
    changes = []
    for key in [*wanted, *(key for key in held if key not in wanted)]:
        text, new = held.get(key), wanted.get(key)
        now, was = new.text if new else "", text.drafted if text else ""
        if now != was:
            lead = new.lead if new else text.lead if text else ""
            stands = text.text if text else ""
            changes.append(Change(key, lead, stands, was, now, text is not None and text.is_edited))
    return changes
