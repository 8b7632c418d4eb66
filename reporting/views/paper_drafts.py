"""文稿: the bulletin and the briefing between the figures and the office system."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.grids import Entry, EntryColumn
from orgs.choices import Level
from reporting.choices import PaperKind
from reporting.forms.papers import BriefingHeadForm, BulletinHeadForm
from reporting.models import PaperDraft
from reporting.papers.briefing.sources import sources_for
from reporting.papers.drafts import changes_of, drawn_now
from reporting.papers.edition import edition_of
from reporting.permissions import VIEW_REPORTS, WRITE_PAPERS
from reporting.rules.papers import LONGEST_TEXT, names_few_and_no_township
from reporting.selectors.named_units import named_in
from reporting.selectors.paper_texts import briefings_of, draft_of
from reporting.services import paper_drafts as service
from reporting.services.paper_drafts import Draft
from reporting.views.cells import answer, json_answer, problem_answer, read_changes
from reporting.views.looking import Look, with_principal_look


def _drafts(request: SignedInRequest) -> QuerySet[PaperDraft]:
    return PaperDraft.objects.visible_to(request.user, VIEW_REPORTS).select_related(
        "unit", "cycle__collection__owner", "cycle__form_version"
    )


def _draft(request: SignedInRequest, pk: int) -> PaperDraft:
    return get_object_or_404(_drafts(request), pk=pk)


def _may_write(request: SignedInRequest, look: Look) -> None:
    if look.unit.level > Level.CITY:
        raise Http404
    if not request.user.can(WRITE_PAPERS, look.unit):
        raise Forbidden.for_action(WRITE_PAPERS.label)


@requires(WRITE_PAPERS)
@require_POST
@with_principal_look
def start_bulletin(request: SignedInRequest, look: Look) -> HttpResponse:
    """Draft the month's bulletin from its figures and open it; where there is one, open that."""
    return _start(request, look, PaperKind.BULLETIN)


@requires(WRITE_PAPERS)
@require_POST
@with_principal_look
def start_summary(request: SignedInRequest, look: Look) -> HttpResponse:
    """Draft the year's summary up to the month in view and open it; where there is one, open that."""
    return _start(request, look, PaperKind.SUMMARY)


def _start(request: SignedInRequest, look: Look, paper: PaperKind) -> HttpResponse:
    _may_write(request, look)
    row = draft_of(paper, look.cycle, look.unit)
    if row is None:
        drawn = drawn_now(paper, look.cycle, look.unit)
        row = service.start_draft(cycle=look.cycle, unit=look.unit, paper=paper, drawn=drawn, by=request.user)
    return redirect(row)


@requires(WRITE_PAPERS)
@require_POST
@with_principal_look
def start_briefing(request: SignedInRequest, look: Look) -> HttpResponse:
    """Begin an issue and choose its articles."""
    _may_write(request, look)
    edition = edition_of(look.cycle, look.unit)
    drawn = Draft(edition.standing, "", clock.now(), [])
    row = service.start_draft(
        cycle=look.cycle, unit=look.unit, paper=PaperKind.BRIEFING, drawn=drawn, by=request.user
    )
    return redirect("reporting:draft_sources", pk=row.pk)


@requires(VIEW_REPORTS)
@require_GET
@with_principal_look
def briefings(request: SignedInRequest, look: Look) -> HttpResponse:
    """The unit's briefings of the month."""
    context = {
        "look": look,
        "rows": list(briefings_of(look.cycle, look.unit)),
        "may_write": request.user.can(WRITE_PAPERS, look.unit),
        "start_url": look.address("reporting:start_briefing"),
        "crumbs": [("报表与通报", look.address("reporting:papers"))],
    }
    return render(request, "reporting/papers/briefings.html", context)


@requires(VIEW_REPORTS)
@require_GET
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """The text, paragraph by paragraph."""
    return _page(request, _draft(request, pk))


def _page(
    request: SignedInRequest,
    row: PaperDraft,
    *,
    form: Any = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    texts = list(row.texts.all())
    may_write = request.user.can(WRITE_PAPERS, row.unit)
    words = "\n".join(f"{one.lead}{one.text}" for one in texts)
    warnings = names_few_and_no_township(named_in(words, row.unit, row.cycle.window_last))
    form_of = BulletinHeadForm if row.is_drafted else BriefingHeadForm
    query = f"cycle={row.cycle_id}&unit={row.unit_id}&draft={row.pk}"
    context = {
        "draft": row,
        "may_edit": may_write and row.is_open,
        "may_write": may_write,
        "sections": _sections(row, texts, is_locked=not (may_write and row.is_open)),
        "warnings": list(warnings) if row.is_bulletin else [],
        "problems": problems or [],
        "form": form or form_of(initial=form_of.initial_of(row)),
        "limit": LONGEST_TEXT,
        "scope": f"draft-{row.pk}",
        "pdf_url": _file_url(row, "pdf", query),
        "docx_url": _file_url(row, "docx", query),
        "crumbs": [("报表与通报", f"{reverse('reporting:papers')}?cycle={row.cycle_id}&unit={row.unit_id}")],
    }
    return render(request, "reporting/papers/draft.html", context, status=status)


def _file_url(row: PaperDraft, sort: str, query: str) -> str:
    return f"{reverse('files:start', args=[f'reporting.{row.paper}_{sort}'])}?{query}"


def _drawn(row: PaperDraft) -> Draft:
    """What the figures say now."""
    return drawn_now(PaperKind(row.paper), row.cycle, row.unit)


def _sections(row: PaperDraft, texts: list[Any], *, is_locked: bool) -> list[tuple[str, list[Any]]]:
    lines = [
        {
            "heading": text.heading,
            "column": EntryColumn(text.key, text.lead or text.heading or "导语"),
            "entry": Entry(row.pk, text.key, text.text, text.revision, is_locked=is_locked),
            "text": text,
        }
        for text in texts
    ]
    return [(heading, list(held)) for heading, held in groupby(lines, key=lambda line: line["heading"])]


@requires(WRITE_PAPERS)
@require_POST
def save_draft(request: SignedInRequest, pk: int) -> JsonResponse:
    """Paragraphs save by themselves (docs/frontend.md)."""
    row = _draft(request, pk)
    try:
        changes = read_changes(request.body if request.content_type == "application/json" else b"")
        outcome = service.save_texts(draft=row, changes=changes, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return json_answer({"problems": [problem_answer(one) for one in refusal.problems]}, status)
    return json_answer(answer(outcome, {}), 200 if outcome.saved or not outcome.refused else 422)


@requires(WRITE_PAPERS)
@require_POST
def draft_head(request: SignedInRequest, pk: int) -> HttpResponse:
    """发文字号 or masthead."""
    row = _draft(request, pk)
    if not row.has_head:
        raise Http404
    form = (BulletinHeadForm if row.is_drafted else BriefingHeadForm)(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    service.set_head(draft=row, head=form.head(), by=request.user)
    messages.success(request, "已保存。")
    return redirect(row)


@requires(WRITE_PAPERS)
def take_anew(request: SignedInRequest, pk: int) -> HttpResponse:
    """重新取数: what would read otherwise, then take it over."""
    row = _draft(request, pk)
    if not row.is_drafted:
        raise Http404
    drawn = _drawn(row)
    if request.method == "POST":
        service.take_anew(
            draft=row, drawn=drawn, replaced=set(request.POST.getlist("replace")), by=request.user
        )
        messages.success(request, f"已按{drawn.standing}的数据更新。")
        return redirect(row)
    context = {
        "draft": row,
        "drawn": drawn,
        "changes": changes_of(row, drawn),
        "crumbs": [("报表与通报", reverse("reporting:papers")), (str(row), row.get_absolute_url())],
    }
    return render(request, "reporting/papers/take_anew.html", context)


@requires(WRITE_PAPERS)
def draft_sources(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a briefing's articles by ticking."""
    row = _draft(request, pk)
    if row.is_drafted:
        raise Http404
    sources = sources_for(row.cycle, row.unit)
    if request.method == "POST":
        wanted = set(request.POST.getlist("source"))
        chosen = [one.drawn() for one in sources if one.key in wanted]
        service.choose_sources(draft=row, chosen=chosen, by=request.user)
        messages.success(request, f"已选用 {len(chosen)} 篇稿件。")
        return redirect(row)
    chosen_keys = set(row.texts.values_list("key", flat=True))
    marked = [(one, one.key in chosen_keys) for one in sources]
    context = {
        "draft": row,
        "groups": [(head, list(held)) for head, held in groupby(marked, key=lambda pair: pair[0].heading)],
        "crumbs": [("报表与通报", reverse("reporting:papers")), (str(row), row.get_absolute_url())],
    }
    return render(request, "reporting/papers/sources.html", context)


@requires(WRITE_PAPERS)
@require_POST
def issue_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """定稿."""
    row = _draft(request, pk)
    digest = _drawn(row).digest if row.is_drafted else row.digest
    try:
        service.issue(draft=row, digest=digest, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return _page(request, row, problems=refusal.problems, status=refusal.status)
    messages.success(request, f"{row}已定稿。")
    return redirect(row)


@requires(WRITE_PAPERS)
@require_POST
def reopen_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """退回起草."""
    row = service.reopen_issued(draft=_draft(request, pk), by=request.user)
    messages.success(request, "已退回起草，可以继续修改。")
    return redirect(row)


@requires(WRITE_PAPERS)
@require_POST
def discard_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """放弃文稿."""
    row = _draft(request, pk)
    back = f"{reverse('reporting:papers')}?cycle={row.cycle_id}&unit={row.unit_id}"
    service.discard(draft=row, by=request.user)
    messages.success(request, "文稿已放弃。")
    return redirect(back)
