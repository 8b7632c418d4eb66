"""The bulletin as it is issued: drafted by the unit's own templates, with what people have edited laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from orgs.models import OrgUnit
from reporting.choices_papers import PaperKind
from reporting.models import Cycle, PaperDraft
from reporting.papers.book import Book, book_of
from reporting.papers.bulletin import Bulletin, draft
from reporting.papers.bulletin.passages import PASSAGES
from reporting.papers.bulletin.wording import Paragraph, Section
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.papers.summary import passages as summary
from reporting.selectors.paper_texts import bulletin_draft, templates_for
from reporting.services.paper_drafts import Draft, Drawn
from reporting.services.paper_templates import Vocabulary, register_vocabulary

NOT_ISSUED = "审核用稿：文稿尚未定稿"
OPENING_KEY = "opening"


def register() -> None:
    """Called once at start."""
    shipped = {passage.key: passage.text for passage in PASSAGES}
    register_vocabulary(PaperKind.BULLETIN, Vocabulary(shipped, PLACEHOLDERS.keys()))
    of_year = {passage.key: passage.text for passage in summary.PASSAGES}
    register_vocabulary(PaperKind.SUMMARY, Vocabulary(of_year, summary.NAMES))


def drafted(book: Book) -> Bulletin:
    """What the figures say now, by the unit's own templates."""
    return draft(book, templates_for(book.figures.edition.unit, PaperKind.BULLETIN))


def drawn_of(bulletin: Bulletin) -> Draft:
    """The bulletin's paragraphs as a draft keeps them."""
    opening = Drawn(OPENING_KEY, "", "", bulletin.opening)
    body = [
        Drawn(one.key, section.heading, one.lead, one.text)
        for section in bulletin.sections
        for one in section.paragraphs
    ]
    edition = bulletin.edition
    return Draft(edition.standing, bulletin.digest, edition.made_at, [opening, *body])


def bulletin_of(cycle: Cycle, unit: OrgUnit) -> Bulletin:
    """The month's bulletin with the edited text where there is one."""
    bulletin = drafted(book_of(cycle, unit))
    row = bulletin_draft(cycle, unit)
    return overlaid(bulletin, row) if row is not None else bulletin


def overlaid(bulletin: Bulletin, row: PaperDraft) -> Bulletin:
    """``bulletin`` with the text of ``row``; marked for review until it is issued, and wherever text and annexes hold
    different figures."""
    texts = list(row.texts.all())
    bulletin.opening = next((one.text for one in texts if one.key == OPENING_KEY), bulletin.opening)
    body = [one for one in texts if one.key != OPENING_KEY]
    bulletin.sections = [
        Section(heading, [Paragraph(one.lead, one.text, one.key) for one in held])
        for heading, held in groupby(body, key=lambda one: one.heading)
    ]
    if row.document_number:
        bulletin.number = row.document_number
    if row.is_open and not bulletin.draft_note:
        bulletin.draft_note = NOT_ISSUED
    if row.digest != bulletin.digest:
        bulletin.draft_note = (
            f"审核用稿：正文取{row.standing}（{row.digest}），附件取{bulletin.digest}，请重新取数"
        )
    return bulletin


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
