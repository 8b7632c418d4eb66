"""The acts on one report: each finds it in scope, calls one service and leads on; a refusal shows the page again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from reporting.choices import Timeliness
from reporting.forms.filling import ScanForm
from reporting.models import Report
from reporting.permissions import FILL, SUBMIT
from reporting.services import attachments, carrying, filling, submission
from reporting.views.fill import render_fill
from reporting.views.lookup import report_in_scope, report_to_act_on, revision_seen
from reporting.views.report import render_report
from reporting.workflow import EDITABLE


def perform(
    request: SignedInRequest,
    report: Report,
    act: Callable[[], Any],
    *,
    done: str | Callable[[Report], str],
    to: str = "reporting:report",
) -> HttpResponse:
    """Do ``act`` and go on with the words ``done`` (said of the report that it returned); a refusal shows the report's
    page again with its reasons, nothing typed is lost."""
    try:
        acted_on = act()
    except Forbidden:
        raise
    except DomainError as refusal:
        fresh = report_in_scope(request, report.pk)
        is_form = fresh.state in EDITABLE and request.user.can(FILL, fresh.custodian)
        page = render_fill if is_form else render_report
        return page(request, fresh, problems=refusal.problems, status=refusal.status)
    messages.success(request, done if isinstance(done, str) else done(acted_on))
    return redirect(to, pk=report.pk)


@require_POST
@requires(SUBMIT)
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """上报."""
    report = report_to_act_on(request, pk)
    return perform(
        request,
        report,
        lambda: submission.submit(report=report, by=request.user, revision=revision_seen(request)),
        done=lambda sent: f"{sent.cycle.title}已上报{sent.reviewer.association}{_late_now(sent)}。",
    )


def _late_now(sent: Report) -> str:
    """Said once, of the first submission, which alone decides it: the page may have been open since before."""
    is_first = sent.first_submitted_at == sent.submitted_at
    return "，已过截止时间，计为迟报" if is_first and sent.timeliness() == Timeliness.LATE else ""


@require_POST
@requires(SUBMIT)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """撤回."""
    report = report_to_act_on(request, pk)
    return perform(
        request,
        report,
        lambda: submission.withdraw(report=report, by=request.user, revision=revision_seen(request)),
        done="已撤回，可以继续修改。",
        to="reporting:fill",
    )


@require_POST
@requires(FILL)
def ask_sign_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """送领导签批."""
    report = report_to_act_on(request, pk)
    return perform(
        request,
        report,
        lambda: submission.ask_sign_off(report=report, by=request.user, revision=revision_seen(request)),
        done="已送领导签批，签批后即可上报。",
    )


@require_POST
@requires(FILL)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """取消签批并修改."""
    report = report_to_act_on(request, pk)
    return perform(
        request,
        report,
        lambda: submission.reopen_draft(report=report, by=request.user, revision=revision_seen(request)),
        done="已取消签批，可以修改；改好后请重新签批。",
        to="reporting:fill",
    )


@require_POST
@requires(FILL)
def upload_scan(request: SignedInRequest, pk: int) -> HttpResponse:
    """上传签字扫描件."""
    report = report_to_act_on(request, pk)
    form = ScanForm(request.POST, request.FILES)

    def act() -> None:
        if not form.is_valid():
            raise DomainError.of("file_wanted", "请选择签字扫描件（图片、PDF 或 OFD）。", "file")
        attachments.sign_by_scan(
            report=report, upload=form.cleaned_data["file"], by=request.user, revision=revision_seen(request)
        )

    return perform(request, report, act, done="签字扫描件已上传，可以上报。")


@require_POST
@requires(FILL)
def zero_rest(request: SignedInRequest, pk: int) -> HttpResponse:
    """其余填 0."""
    report = report_to_act_on(request, pk)
    return perform(
        request,
        report,
        lambda: filling.zero_the_rest(report=report, by=request.user),
        done="空着的数据已填 0，存量数沿用上期，请核对。",
        to="reporting:fill",
    )


@require_POST
@requires(FILL)
def nil(request: SignedInRequest, pk: int) -> HttpResponse:
    """零报告, or taking it back."""
    report = report_to_act_on(request, pk)
    is_nil = request.POST.get("is_nil", "yes") == "yes"
    return perform(
        request,
        report,
        lambda: filling.set_nil(report=report, is_nil=is_nil, by=request.user),
        done="已按零报告填好，确认后即可上报。" if is_nil else "已取消零报告。",
        to="reporting:fill",
    )


@require_POST
@requires(FILL)
def carry_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """无变动."""
    report = report_to_act_on(request, pk)
    return perform(
        request,
        report,
        lambda: carrying.carry_over(report=report, by=request.user),
        done="存量数已沿用上期，请核对；活动场次等发生数仍须填写。",
        to="reporting:fill",
    )
