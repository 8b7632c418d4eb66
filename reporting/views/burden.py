"""减负意见: every remark with its answer; the province answers, everybody sees the answers within reach."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from files.answers import export_of_list
from reporting.exporters.forms import FEEDBACK_FILE
from reporting.forms.design import AnswerFeedbackForm, FeedbackNarrowing
from reporting.permissions import DESIGN_FORMS, VIEW_REPORTS
from reporting.selectors.designing import forms_of
from reporting.selectors.feedback import feedback_in_sight
from reporting.services.feedback import answer_feedback
from reporting.views.looking import may_export
from reporting.views.register import owner_of

PAGE_SIZE = 20


@requires(VIEW_REPORTS)
@require_GET
def feedback(request: SignedInRequest) -> HttpResponse:
    """The remarks of all units within reach, newest first."""
    return _page(request)


def _page(
    request: SignedInRequest,
    *,
    refused: tuple[int, AnswerFeedbackForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    owner = owner_of(request)
    named = [(str(form.pk), form.name) for form in forms_of(owner)]
    page = Paginator(feedback_in_sight(request.user, request.GET), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    may_answer = request.user.can(DESIGN_FORMS, owner)
    rows = [
        {
            "row": row,
            "form": refused[1]
            if refused and refused[0] == row.pk
            else AnswerFeedbackForm(
                auto_id=f"answer_{row.pk}_%s",
                initial={"answer": row.answer, "state": row.state} if row.answer else None,
            ),
        }
        for row in page
    ]
    context = {
        "filter": FeedbackNarrowing(request.GET, forms_named=named),
        "page": page,
        "rows": rows,
        "may_answer": may_answer,
        "may_export": may_export(request, FEEDBACK_FILE.kind),
        "export_url": f"{reverse('reporting:export_feedback')}?{request.GET.urlencode()}",
    }
    return render(request, "reporting/dash/feedback.html", context, status=status)


@require_POST
@requires(VIEW_REPORTS)
def export_feedback(request: SignedInRequest) -> HttpResponse:
    """下载, narrowed as on the page."""
    return export_of_list(request, FEEDBACK_FILE.kind)


@require_POST
@requires(DESIGN_FORMS)
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """答复; a refusal keeps what was written."""
    row = get_object_or_404(feedback_in_sight(request.user, {}), pk=pk)
    form = AnswerFeedbackForm(request.POST, auto_id=f"answer_{pk}_%s")
    if form.is_valid():
        with refusals_shown(form):
            answer_feedback(row=row, by=request.user, **form.cleaned_data)
            messages.success(request, "已答复，提出人会收到通知。")
            return redirect("reporting:feedback")
    return _page(request, refused=(pk, form), status=422)
