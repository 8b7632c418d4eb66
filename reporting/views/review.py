"""审核: the queue of a reviewing desk, one report beside its past, acceptance and return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import DELEGATE
from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from core.keys import keys_in
from core.listing import listing, opens_with_default
from files.answers import export_of_list
from files.permissions import EXPORT
from reporting.choices import ReportState
from reporting.exporters.queue import QUEUE_FILE, queue_asked_for
from reporting.forms.filling import ReturnForm
from reporting.models import Report
from reporting.permissions import REVIEW
from reporting.selectors.comparison import compare
from reporting.selectors.paths import events_of
from reporting.selectors.queue import next_to_review, waiting_reports
from reporting.selectors.sheet import facts_label
from reporting.selectors.situation import my_actions
from reporting.services.review import DEFAULT_CORRECTION_DAYS, accept_many
from reporting.services.review import accept as accept_report
from reporting.services.review import send_back as send_report_back
from reporting.tables.queue import QUEUE_COLUMNS
from reporting.views.lookup import own_unit, report_in_scope, revision_seen

MOST_AT_ONCE = 200


@requires(REVIEW)
@opens_with_default("reporting:queue")
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for me, the longest first; accepted one by one or many together."""
    asked = queue_asked_for(request.user, request.GET)
    shown = listing(request, "reporting:queue", QUEUE_COLUMNS, default="submitted_at")
    page = shown.page(asked.qs.order_by(shown.order, "pk"))
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "listing": shown,
        "page": page,
        "table": shown.table(page.object_list, caption="待审核报表", selects="report"),
        "may_export": request.user.can(EXPORT, own_unit(request)),
        "export_url": f"{reverse('reporting:export_queue')}{f'?{query}' if query else ''}",
        "may_delegate": request.user.can(DELEGATE, own_unit(request)),
    }
    return render(request, "reporting/review/queue.html", context)


@require_POST
@requires(REVIEW)
def export_queue(request: SignedInRequest) -> HttpResponse:
    """The queue as a workbook, as it was filtered."""
    return export_of_list(request, QUEUE_FILE.kind)


@require_POST
@requires(REVIEW)
def accept_selected(request: SignedInRequest) -> HttpResponse:
    """通过多份; what was refused is named with its reason."""
    keys = keys_in(request.POST.getlist("report"))[:MOST_AT_ONCE]
    reports = list(waiting_reports(own_unit(request)).filter(pk__in=keys))
    if not reports:
        messages.warning(request, "没有选中待审核的报表，可能已由他人处理。")
        return redirect("reporting:queue")
    outcome = accept_many(reports=reports, by=request.user)
    if outcome.accepted:
        messages.success(request, f"已通过{len(outcome.accepted)}份报表。")
    for report, problems in outcome.refused:
        reasons = "；".join(problem.message for problem in problems)
        messages.error(request, f"{report.unit_name}：{reasons}")
    return redirect("reporting:queue")


@requires(REVIEW)
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """One submitted report beside last month, last year and its last returned version."""
    report = _mine(request, pk)
    if report.last_version_id is None:
        return redirect("reporting:report", pk=report.pk)
    return _page(request, report, ReturnForm(initial={"days": DEFAULT_CORRECTION_DAYS}))


def _mine(request: SignedInRequest, pk: int) -> Report:
    report = report_in_scope(request, pk)
    if not request.user.can(REVIEW, report.reviewer):
        raise Forbidden.for_action("审核")
    return report


def _page(
    request: SignedInRequest,
    report: Report,
    form: ReturnForm,
    *,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    comparison = compare(report)
    _put_back(request, comparison)
    codes = {action.code for action in my_actions(request.user, report)}
    context: dict[str, Any] = {
        "report": report,
        "comparison": comparison,
        "form": form,
        "problems": [{"problem": problem, "url": ""} for problem in problems],
        "may_accept": "accept" in codes,
        "may_return": bool(codes & {"return", "return_accepted"}),
        "is_accepted": report.state == ReportState.ACCEPTED,
        "events": events_of(report),
        "facts_label": facts_label(report.cycle),
        "next_report": next_to_review(own_unit(request), report),
        "crumbs": [("待审核", reverse("reporting:queue"))],
        "remark": request.POST.get("remark", ""),
    }
    return render(request, "reporting/review/review.html", context, status=status)


def _put_back(request: SignedInRequest, comparison: Any) -> None:
    """What was typed at the cells stands there again after a refusal."""
    for _title, lines in comparison.sections:
        for line in lines:
            line.remark = request.POST.get(f"cell-{line.key}", "")
    for text in comparison.texts:
        text.remark = request.POST.get(f"cell-{text.key}", "")


@require_POST
@requires(REVIEW)
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """审核通过, and on to the next."""
    report = _mine(request, pk)
    try:
        accept_report(
            report=report,
            by=request.user,
            remark=request.POST.get("remark", ""),
            revision=revision_seen(request),
        )
    except Forbidden:
        raise
    except DomainError as refusal:
        return _page(
            request,
            _mine(request, pk),
            ReturnForm(initial={"days": DEFAULT_CORRECTION_DAYS}),
            problems=refusal.problems,
            status=refusal.status,
        )
    messages.success(request, f"{report.unit_name}{report.cycle.title}已审核通过。")
    return _onward(request, report)


@require_POST
@requires(REVIEW)
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """退回 with reason, remark and remarks at the cells; a refusal keeps everything typed."""
    report = _mine(request, pk)
    form = ReturnForm(request.POST)
    try:
        if not form.is_valid():
            raise DomainError(
                Problem("invalid", str(errors[0]), name) for name, errors in form.errors.items()
            )
        send_report_back(
            report=report,
            reason=form.cleaned_data["reason"],
            remark=form.cleaned_data["remark"],
            cell_remarks={
                name.removeprefix("cell-"): value.strip()
                for name, value in request.POST.dict().items()
                if name.startswith("cell-")
            },
            days=form.cleaned_data["days"],
            by=request.user,
            revision=revision_seen(request),
        )
    except Forbidden:
        raise
    except DomainError as refusal:
        return _page(request, _mine(request, pk), form, problems=refusal.problems, status=refusal.status)
    messages.success(request, f"已退回{report.unit_name}修改。")
    return _onward(request, report)


def _onward(request: SignedInRequest, report: Report) -> HttpResponse:
    following = next_to_review(own_unit(request), report)
    return redirect("reporting:review", pk=following.pk) if following else redirect("reporting:queue")
