"""更正补报: what waits for my confirmation first, then every case in sight."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import requires
from core.access import SignedInRequest
from core.errors import DomainError, Forbidden
from core.listing import listing, opens_with_default
from reporting.choices import CaseState
from reporting.exporters.cases import CASES_FILE, cases_asked_for
from reporting.models import CorrectionCase
from reporting.permissions import REVIEW, VIEW_REPORTS
from reporting.selectors import cases as selectors
from reporting.services import corrections
from reporting.tables.cases import CASE_COLUMNS
from reporting.views.cases_open import case_in_scope, render_case
from reporting.views.looking import may_export
from reporting.views.lookup import own_unit

LIST_PAGE = "reporting:cases"
WAITING_SHOWN = 50


@requires(VIEW_REPORTS)
@opens_with_default(LIST_PAGE)
def case_list(request: SignedInRequest) -> HttpResponse:
    """Cases in sight; those that wait for this desk stand first, each to be confirmed with one click."""
    unit = own_unit(request)
    in_sight = selectors.cases_in_sight(request.user)
    waiting = []
    if request.user.can(REVIEW, unit):
        waiting = list(
            selectors.waiting_for(in_sight, unit.pk).prefetch_related("items__indicator")[:WAITING_SHOWN]
        )
    asked = cases_asked_for(request.user, request.GET)
    shown = listing(request, LIST_PAGE, CASE_COLUMNS, default="-opened_at")
    page = shown.page(asked.qs.order_by(shown.order, "-pk"))
    context = {
        "waiting": waiting,
        "filter": asked,
        "page": page,
        "listing": shown,
        "table": shown.table(page.object_list, caption="全部更正和补报", empty="没有更正或补报"),
        "may_export": may_export(request, CASES_FILE.kind),
        "export_url": f"{reverse('files:start', args=[CASES_FILE.kind])}?{request.GET.urlencode()}",
    }
    return render(request, "reporting/dash/cases.html", context)


def _decided(request: SignedInRequest, case: CorrectionCase) -> HttpResponse:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("reporting:case", pk=case.pk)


@require_POST
@requires(REVIEW)
def confirm_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """确认: the first moves the live total, the last the official ones."""
    case = case_in_scope(request, pk)
    try:
        decided = corrections.confirm(case=case, by=request.user, note=request.POST.get("note", ""))
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_case(
            request, case_in_scope(request, pk), problems=refusal.problems, status=refusal.status
        )
    done = "已生效。" if decided.state == CaseState.CONFIRMED else "已确认，等待上级确认。"
    messages.success(
        request, f"{case.report.unit_name}{case.report.cycle.title}{case.get_kind_display()}{done}"
    )
    return _decided(request, case)


@require_POST
@requires(REVIEW)
def refuse_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """不同意, with the reason."""
    case = case_in_scope(request, pk)
    try:
        corrections.refuse(case=case, by=request.user, note=request.POST.get("note", ""))
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_case(
            request, case_in_scope(request, pk), problems=refusal.problems, status=refusal.status
        )
    messages.success(request, f"已不同意{case.report.unit_name}的{case.get_kind_display()}，数据恢复原样。")
    return _decided(request, case)
