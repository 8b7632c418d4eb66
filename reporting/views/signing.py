"""签批: the leader's page, made for a phone."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from reporting.choices import ReportState
from reporting.forms.filling import SignForm
from reporting.models import Report
from reporting.permissions import SIGN
from reporting.selectors.below import rows_below
from reporting.selectors.sheet import read_paper
from reporting.selectors.waits import to_sign
from reporting.services import submission
from reporting.views.fill import shared_context
from reporting.views.lookup import own_unit, report_in_scope, revision_seen


@requires(SIGN)
@require_GET
def signing(request: SignedInRequest) -> HttpResponse:
    """待签批: what waits for the leader's word."""
    return render(
        request, "reporting/signing.html", {"unit": own_unit(request), "waiting": to_sign(request.user)}
    )


@requires(SIGN)
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changed against last month, and agree or send back with a note."""
    report = report_in_scope(request, pk)
    if not request.user.can(SIGN, report.custodian):
        raise Forbidden.for_action("签批")
    if request.method != "POST":
        if report.state != ReportState.SIGNING:
            return redirect("reporting:report", pk=report.pk)
        return _page(request, report, SignForm(initial={"revision": report.revision}))
    form = SignForm(request.POST)
    agreed = request.POST.get("agreed") == "yes"
    try:
        submission.sign(
            report=report,
            agreed=agreed,
            note=request.POST.get("note", ""),
            by=request.user,
            revision=revision_seen(request),
        )
    except DomainError as refusal:
        return _page(request, report_in_scope(request, pk), form, refusal.problems, refusal.status)
    messages.success(request, "已签批同意。" if agreed else "已退回填报员修改。")
    return redirect("reporting:desk")


def _page(
    request: SignedInRequest,
    report: Report,
    form: SignForm,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    rows = rows_below(report.cycle, report.unit_id)
    context = {
        **shared_context(request, report),
        "paper": read_paper(report),
        "rows": rows,
        "missing": [row for row in rows if not row.is_in],
        "form": form,
        "problems": [{"problem": problem, "url": ""} for problem in problems],
        "may_sign": report.state == ReportState.SIGNING,
    }
    return render(request, "reporting/sign.html", context, status=status)
