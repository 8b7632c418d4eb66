"""Papers between the figures and the office system: drafted, edited paragraph by paragraph, taken anew, issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from orgs.models import OrgUnit
from reporting.choices import PaperKind, PaperState
from reporting.models import Cycle, PaperDraft, PaperText
from reporting.permissions import WRITE_PAPERS
from reporting.rules.papers import figures_are_the_present_ones, names_few_and_no_township, text_has_words
from reporting.selectors.named_units import named_in
from reporting.services.filling import CellChange, CellConflict, SavedCell, SaveOutcome


@dataclass(frozen=True, slots=True)
class Drawn:
    """One paragraph as the figures, or a source, say it."""

    key: str
    heading: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """All paragraphs, and which figures they hold."""

    standing: str
    digest: str
    taken_at: dt.datetime
    paragraphs: Sequence[Drawn]


@dataclass(frozen=True, slots=True)
class PaperHead:
    """What stands above the text."""

    document_number: str = ""
    issue: int | None = None
    title: str = ""
    compiled_by: str = ""
    dated: dt.date | None = None


@transaction.atomic
def start_draft(
    *, cycle: Cycle, unit: OrgUnit, paper: PaperKind, drawn: Draft, by: Actor, head: PaperHead | None = None
) -> PaperDraft:
    """Keep the drafted text so that it can be edited; one bulletin a month, briefings numbered through the year."""
    if not by.can(WRITE_PAPERS, unit):
        raise Forbidden.for_action(WRITE_PAPERS.label)
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    drafts = PaperDraft.objects.filter(unit=unit, paper=paper)
    if paper != PaperKind.BRIEFING and drafts.filter(cycle=cycle).exists():
        words = f"{cycle.label}的{PaperKind(paper).label}已在起草，请打开继续修改。"
        raise Conflict(Problem("started_already", words))
    facts = head or PaperHead()
    issue = facts.issue
    if paper == PaperKind.BRIEFING and issue is None:
        of_year = drafts.filter(cycle__period__year=cycle.period.year)
        issue = (of_year.aggregate(last=Max("issue"))["last"] or 0) + 1
    row = PaperDraft.objects.create(
        unit=unit,
        cycle=cycle,
        paper=paper,
        document_number=facts.document_number,
        issue=issue,
        title=facts.title,
        compiled_by=facts.compiled_by,
        dated=facts.dated,
        standing=drawn.standing,
        digest=drawn.digest,
        taken_at=drawn.taken_at,
        started_by=by.actor_label,
    )
    PaperText.objects.bulk_create(
        _paragraph(row, place, one) for place, one in enumerate(drawn.paragraphs, start=1)
    )
    _told("paper.start", row, by, f"起草{row}")
    return row


def _paragraph(row: PaperDraft, place: int, one: Drawn) -> PaperText:
    return PaperText(
        draft=row,
        key=one.key,
        place=place,
        heading=one.heading,
        lead=one.lead,
        drafted=one.text,
        text=one.text,
    )


@transaction.atomic
def save_texts(*, draft: PaperDraft, changes: Sequence[CellChange], by: Actor) -> SaveOutcome:
    """Save paragraphs as they are typed; one that somebody else has changed since comes back as a conflict."""
    row = _opened(draft, by)
    texts = {one.key: one for one in row.texts.all()}
    outcome = SaveOutcome(clock.now())
    for change in changes:
        text = texts.get(change.key)
        if text is None or change.report_id != row.pk:
            problem = Problem("no_paragraph", "这一段已不在文稿里，请刷新页面。", change.key)
            outcome.refused.append(SavedCell(change.report_id, change.key, 0, [problem]))
        elif problems := list(text_has_words(change.value, change.key)):
            outcome.refused.append(SavedCell(row.pk, change.key, text.revision, problems))
        elif change.revision != text.revision and change.value != text.text:
            outcome.conflicts.append(
                CellConflict(row.pk, text.key, text.text, "", text.revision, text.changed_by)
            )
        else:
            _write(text, change.value, by, outcome.saved_at)
            outcome.saved.append(SavedCell(row.pk, text.key, text.revision, []))
    if outcome.saved:
        _told("paper.edit", row, by, f"修改{row}", {"keys": [cell.key for cell in outcome.saved]})
    return outcome


def _write(text: PaperText, value: str, by: Actor, at: dt.datetime) -> None:
    if value == text.text:
        return
    text.text = value.strip()
    text.revision += 1
    text.changed_at, text.changed_by = at, by.actor_label
    text.save(update_fields=["text", "revision", "changed_at", "changed_by"])


@transaction.atomic
def take_anew(*, draft: PaperDraft, drawn: Draft, replaced: Collection[str], by: Actor) -> PaperDraft:
    """重新取数: unedited paragraphs follow the figures; edited ones only where their key is in ``replaced``. Passages
    that the figures no longer call for go, unless somebody has edited them."""
    row = _opened(draft, by)
    held = {one.key: one for one in row.texts.all()}
    wanted = {one.key: one for one in drawn.paragraphs}
    for key, text in held.items():
        if key not in wanted and (not text.is_edited or key in replaced):
            text.delete()
    for place, one in enumerate(drawn.paragraphs, start=1):
        text = held.get(one.key) or PaperText(draft=row, key=one.key, text=one.text)
        if text.pk is None or not text.is_edited or one.key in replaced:
            text.revision += text.text != one.text
            text.text = one.text
        text.place, text.heading, text.lead, text.drafted = place, one.heading, one.lead, one.text
        text.save()
    row.standing, row.digest, row.taken_at = drawn.standing, drawn.digest, drawn.taken_at
    row.save(update_fields=["standing", "digest", "taken_at"])
    _told("paper.take", row, by, f"{row}重新取数", {"digest": row.digest, "replaced": sorted(replaced)})
    return row


@transaction.atomic
def choose_sources(*, draft: PaperDraft, chosen: Sequence[Drawn], by: Actor) -> PaperDraft:
    """A briefing's articles are those chosen, in that order; what was edited of one that stays is kept."""
    row = _opened(draft, by)
    if row.is_drafted:
        raise DomainError.of("not_a_briefing", f"{PaperKind(row.paper).label}的段落由数据起草，不能选稿。")
    held = {one.key: one for one in row.texts.all()}
    for key in held.keys() - {one.key for one in chosen}:
        held[key].delete()
    for place, one in enumerate(chosen, start=1):
        if one.key in held:
            PaperText.objects.filter(pk=held[one.key].pk).update(place=place, heading=one.heading)
        else:
            _paragraph(row, place, one).save()
    _told("paper.sources", row, by, f"{row}选用稿件 {len(chosen)} 篇")
    return row


@transaction.atomic
def set_head(*, draft: PaperDraft, head: PaperHead, by: Actor) -> PaperDraft:
    """发文字号, or 期号, name, 编印单位 and date of a briefing."""
    row = _opened(draft, by)
    if not row.is_drafted and not head.issue:
        raise DomainError.of("issue_wanted", "请填写期号。", "issue")
    row.document_number, row.issue, row.title = head.document_number.strip(), head.issue, head.title.strip()
    row.compiled_by, row.dated = head.compiled_by.strip(), head.dated
    row.save(update_fields=["document_number", "issue", "title", "compiled_by", "dated"])
    _told("paper.head", row, by, f"填写{row}的文号等")
    return row


@transaction.atomic
def issue(*, draft: PaperDraft, digest: str, by: Actor) -> PaperDraft:
    """定稿: the text stands. ``digest`` is that of the figures now, which the annexes will hold.

    Raises:
        DomainError: the figures have moved since they were taken, a township or too many units are named, or a
            briefing has no article.
    """
    row = _opened(draft, by)
    texts = list(row.texts.all())
    problems: list[Problem] = []
    if row.is_bulletin:
        words = "\n".join(f"{one.lead}{one.text}" for one in texts)
        named = named_in(words, row.unit, row.cycle.window_last)
        problems += names_few_and_no_township(named)
    if row.is_drafted:
        problems += figures_are_the_present_ones(row.digest, digest)
    elif not texts:
        problems.append(Problem("nothing_chosen", "还没有选用稿件，请先选稿。"))
    check(problems)
    row.state, row.issued_at, row.issued_by = PaperState.ISSUED, clock.now(), by.actor_label
    row.save(update_fields=["state", "issued_at", "issued_by"])
    _told("paper.issue", row, by, f"{row}定稿", {"digest": row.digest})
    return row


@transaction.atomic
def reopen_issued(*, draft: PaperDraft, by: Actor) -> PaperDraft:
    """Take an issued paper back to editing; the record keeps that it was issued."""
    row = _locked(draft, by)
    if row.is_open:
        raise Conflict(Problem("open_already", "文稿还没有定稿。"))
    row.state, row.issued_at, row.issued_by = PaperState.DRAFT, None, ""
    row.save(update_fields=["state", "issued_at", "issued_by"])
    _told("paper.reopen", row, by, f"{row}退回起草")
    return row


@transaction.atomic
def discard(*, draft: PaperDraft, by: Actor) -> None:
    """Drop a draft with all its text; the paper can be drafted afresh."""
    row = _opened(draft, by)
    words = {one.key: one.text for one in row.texts.all() if one.is_edited}
    _told("paper.discard", row, by, f"放弃{row}文稿", {"edited": words})
    row.delete()


def _locked(draft: PaperDraft, by: Actor) -> PaperDraft:
    if not by.can(WRITE_PAPERS, draft.unit):
        raise Forbidden.for_action(WRITE_PAPERS.label)
    found = PaperDraft.objects.select_for_update(of=("self",)).select_related("unit", "cycle")
    row = found.filter(pk=draft.pk).first()
    if row is None:
        raise Conflict(Problem("draft_gone", "这份文稿已被放弃，请返回后重新起草。"))
    return row


def _opened(draft: PaperDraft, by: Actor) -> PaperDraft:
    row = _locked(draft, by)
    if not row.is_open:
        raise Conflict(Problem("issued", "文稿已定稿，不能再改；确需修改请先“退回起草”。"))
    return row


def _told(kind: str, row: PaperDraft, by: Actor, summary: str, data: dict[str, object] | None = None) -> None:
    record(kind=kind, by=by, unit=row.unit, obj=row, summary=summary, data=data or {})
