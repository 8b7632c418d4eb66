"""盖章件 of a report: its sheets with their codes, printed, stamped, scanned and tied to what stood on them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.access import SignedInRequest, requires
from core.errors import Forbidden
from core.refusals import refusals_shown
from files.permissions import EXPORT
from reporting.choices import ReportState
from reporting.forms.filling import StampedForm
from reporting.models import Report
from reporting.papers.stamped import AT_THE_DESK, KIND
from reporting.permissions import FILL, VIEW_REPORTS
from reporting.selectors.below import state_pill
from reporting.selectors.situation import my_actions
from reporting.selectors.stamped import read_stamp_paper
from reporting.services.stamping import upload_stamped
from reporting.views.lookup import report_in_scope, revision_seen
from reporting.workflow import UPLOAD_SCAN


@require_http_methods(["GET", "POST"])
@requires(VIEW_REPORTS)
def stamped(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sheets and which of them are in; scans are uploaded here."""
    report = report_in_scope(request, pk)
    form = StampedForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not request.user.can(FILL, report.custodian):
            raise Forbidden.for_action(UPLOAD_SCAN.label)
        if form.is_valid() and _take(request, report, form):
            return redirect("reporting:stamped", pk=report.pk)
        report = report_in_scope(request, pk)
    return _page(request, report, form)


def _take(request: SignedInRequest, report: Report, form: StampedForm) -> bool:
    """Whether what came was taken; what was refused is told by the field."""
    with refusals_shown(form):
        after = upload_stamped(
            report=report,
            upload=form.cleaned_data["file"],
            typed_codes=form.cleaned_data["codes"],
            by=request.user,
            revision=revision_seen(request),
        )
        is_whole = after.state == ReportState.SIGNED
        messages.success(
            request, "各页都已盖章上传，可以上报。" if is_whole else "已收下，还有页没有盖章件。"
        )
        return True
    return False


def _page(request: SignedInRequest, report: Report, form: StampedForm) -> HttpResponse:
    is_own_desk = request.user.can(FILL, report.custodian)
    is_hidden = report.state in AT_THE_DESK and not is_own_desk
    paper = None if is_hidden else read_stamp_paper(report)
    form.fields["file"].required = paper is not None and bool(paper.missing)
    codes = {action.code for action in my_actions(request.user, report)}
    context = {
        "report": report,
        "state": state_pill(report),
        "paper": paper,
        "form": form,
        "may_upload": UPLOAD_SCAN.code in codes,
        "may_export": request.user.can_anywhere(EXPORT),
        "urls": {
            form: f"{reverse('files:start', args=[f'{KIND}_{form}'])}?{urlencode({'report': report.pk})}"
            for form in ("pdf", "docx")
        },
        "crumbs": [
            (
                f"{report.unit.association}{report.cycle.title}",
                reverse("reporting:report", args=[report.pk]),
            )
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "reporting/stamped.html", context, status=status)
