"""问题建议: what was raised from below, answered one by one or several at once, and what became of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from core.keys import keys_in
from core.listing import listing, opens_with_default
from files.answers import export_of_list
from files.permissions import EXPORT
from reporting.choices import IssueState
from reporting.exporters.issues import ISSUES_FILE, issues_asked_for
from reporting.models import Issue
from reporting.permissions import ANSWER, FILL, VIEW_REPORTS
from reporting.selectors.below import state_pill
from reporting.selectors.issues import TONES, issues_in_sight, may_do, waiting_issues, with_steps
from reporting.services import issues as service
from reporting.tables.issues import ISSUE_COLUMNS, facts_of

MOST_AT_ONCE = 200


@require_GET
@requires(VIEW_REPORTS)
@opens_with_default("reporting:issues")
def issue_list(request: SignedInRequest) -> HttpResponse:
    """Everything raised in sight, filtered, a page at a time."""
    return _list(request)


def _list(request: SignedInRequest, *, problems: Sequence[Problem] = (), status: int = 200) -> HttpResponse:
    asked = issues_asked_for(request.user, request.GET)
    shown = listing(request, "reporting:issues", ISSUE_COLUMNS, default="-raised_at")
    page = shown.page(with_steps(asked.qs).order_by(shown.order, "unit__division_code", "position", "pk"))
    unit = request.user.unit
    is_mine = asked.form.data.get("route") == "mine" and request.user.can(ANSWER, unit)
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "listing": shown,
        "page": page,
        "table": shown.table(
            page.object_list,
            caption="问题建议",
            selects="issues" if is_mine else "",
            empty="没有符合条件的问题建议",
            empty_hint="下级月报中“存在的问题”“意见建议”审核通过后，逐条列在这里，答复后办结。",
        ),
        "is_mine": is_mine,
        "waiting": waiting_issues(unit) if request.user.can(ANSWER, unit) else 0,
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('reporting:export_issues')}{f'?{query}' if query else ''}",
        "answer_url": f"{reverse('reporting:answer_issues')}{f'?{query}' if query else ''}",
        "problems": problems,
        "text": request.POST.get("text", ""),
    }
    return render(request, "reporting/issues/list.html", context, status=status)


@require_POST
@requires(VIEW_REPORTS)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, ISSUES_FILE.kind)


@require_POST
@requires(ANSWER)
def answer_many(request: SignedInRequest) -> HttpResponse:
    """One answer to all that are ticked; a refusal keeps the words."""
    keys = keys_in(request.POST.getlist("issues"))
    chosen = list(issues_in_sight(request.user).filter(pk__in=keys[:MOST_AT_ONCE]))
    try:
        done = service.answer_many(issues=chosen, text=request.POST.get("text", ""), by=request.user)
    except Forbidden:
        raise
    except DomainError as refused:
        return _list(request, problems=refused.problems, status=refused.status)
    messages.success(request, f"已答复{len(done)}条，反映单位会收到消息。")
    return redirect(f"{reverse('reporting:issues')}?route=mine")


@require_GET
@requires(VIEW_REPORTS)
def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """One entry, what was done with it, and what may be done now."""
    return _page(request, _in_sight(request, pk))


def _in_sight(request: SignedInRequest, pk: int) -> Issue:
    rows = issues_in_sight(request.user).select_related("report__custodian", "report__reviewer")
    return get_object_or_404(with_steps(rows), pk=pk)


def _page(
    request: SignedInRequest, found: Issue, *, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    context = {
        "issue": found,
        "facts": facts_of(found),
        "state": {"label": found.get_state_display(), "tone": TONES[IssueState(found.state)]},
        "report_state": state_pill(found.report),
        "events": [
            {
                "at": step.at,
                "title": f"{step.unit.name}{step.get_act_display()}",
                "who": step.by,
                "note": step.text,
                "tone": "success" if step.act == "answer" else "info",
            }
            for step in found.steps.all()
        ],
        "may": may_do(request.user, found),
        "problems": problems,
        "text": request.POST.get("text", ""),
        "crumbs": [("问题建议", reverse("reporting:issues"))],
    }
    return render(request, "reporting/issues/issue.html", context, status=status)


def _act(request: SignedInRequest, pk: int, act: Callable[..., Any], done: str) -> HttpResponse:
    found = _in_sight(request, pk)
    try:
        act(issue=found, text=request.POST.get("text", ""), by=request.user)
    except Forbidden:
        raise
    except DomainError as refused:
        return _page(request, _in_sight(request, pk), problems=refused.problems, status=refused.status)
    messages.success(request, done)
    return redirect(found)


@require_POST
@requires(ANSWER)
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """答复."""
    return _act(request, pk, service.answer, "已答复，反映单位会收到消息。")


@require_POST
@requires(ANSWER)
def pass_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """转报上级."""
    return _act(request, pk, service.pass_up, "已转报上级，答复前一直列为待答复。")


@require_POST
@requires(FILL)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """仍未解决."""
    return _act(request, pk, service.reopen, "已重新提出，由原答复单位再次答复。")
