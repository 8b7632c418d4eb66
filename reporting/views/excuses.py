"""免报 and 缓报: listed, and granted by the superior on the page of one report."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import requires
from core.access import SignedInRequest
from core.errors import DomainError, Forbidden, Problem
from core.listing import listing, opens_with_default
from core.refusals import refusals_shown
from reporting.exporters.excuses import EXCUSES_FILE
from reporting.filters.excuses import ExcuseFilter
from reporting.forms.excuses import ExcusedCycleForm, ExcuseManyForm
from reporting.forms.filling import DeferForm, ExemptForm, LiftForm
from reporting.models import Report
from reporting.permissions import EXCUSE, VIEW_REPORTS
from reporting.selectors.deadline import due_day
from reporting.selectors.excuses import cycles_to_excuse, excusable, excuses_in_sight
from reporting.services.excuses import defer, excuse_many, exempt, lift_deferral, lift_exemption
from reporting.tables.excuses import EXCUSE_COLUMNS
from reporting.views.looking import may_export
from reporting.views.lookup import report_in_scope


@requires(VIEW_REPORTS)
@require_GET
@opens_with_default("reporting:excuses")
def excuses(request: SignedInRequest) -> HttpResponse:
    """Every exemption and extension in sight."""
    found = ExcuseFilter(request.GET, queryset=excuses_in_sight(request.user))
    shown = listing(request, "reporting:excuses", EXCUSE_COLUMNS, default="-report__cycle__period")
    page = shown.page(found.qs.order_by(shown.order, "report__unit__division_code", "pk"))
    context = {
        "filter": found,
        "listing": shown,
        "page": page,
        "table": shown.table(
            page.object_list,
            caption="缓报免报名单",
            empty="没有缓报、免报",
            empty_hint="由上级在下级报表页的“缓报与免报”中批准。",
        ),
        "may_grant": request.user.can_anywhere(EXCUSE),
        "may_export": may_export(request, EXCUSES_FILE.kind),
        "export_url": f"{reverse('files:start', args=[EXCUSES_FILE.kind])}?{request.GET.urlencode()}",
        "crumbs": [("报送质量", reverse("reporting:completeness"))],
    }
    return render(request, "reporting/excuses.html", context)


@requires(EXCUSE)
@require_http_methods(["GET", "POST"])
def grant_excuses(request: SignedInRequest) -> HttpResponse:
    """批量批准: one act for several of the units directly below, such as those hit by one storm."""
    choice = ExcusedCycleForm(request.GET, cycles=cycles_to_excuse(request.user))
    cycle = choice.cycle_shown
    reports = excusable(request.user, cycle)
    form = ExcuseManyForm(request.POST or None, reports=reports)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            count = excuse_many(**form.cleaned_data, by=request.user)
            messages.success(request, f"已批准{count}个单位{form.cleaned_data['kind'].label}。")
            return redirect("reporting:excuses")
    context = {
        "form": form,
        "choice": choice,
        "cycle": cycle,
        "has_reports": reports.exists(),
        "crumbs": [("缓报免报名单", reverse("reporting:excuses"))],
    }
    return render(request, "reporting/dash/excuse_many.html", context, status=422 if form.errors else 200)


@requires(EXCUSE)
def excuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the superior may grant for one report: an extension, an exemption, or its end."""
    report = report_in_scope(request, pk)
    if not request.user.can(EXCUSE, report.reviewer):
        raise Forbidden.for_action("批准免报和缓报")
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        try:
            done = _grant(request, report)
        except Forbidden:
            raise
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
            report = report_in_scope(request, pk)
        else:
            messages.success(request, done)
            return redirect("reporting:report", pk=report.pk)
    act = request.POST.get("act", "")
    context = {
        "report": report,
        "due_day": due_day(report.due_at),
        "may_grant": report.first_submitted_at is None,
        "defer_form": DeferForm(request.POST if act == "defer" else None, auto_id="defer_%s"),
        "lift_form": LiftForm(request.POST if act in ("lift", "undefer") else None, auto_id="lift_%s"),
        "exempt_form": ExemptForm(request.POST if act == "exempt" else None, auto_id="exempt_%s"),
        "problems": problems,
        "crumbs": [
            (f"{report.unit_name}{report.cycle.title}", reverse("reporting:report", args=[report.pk]))
        ],
    }
    return render(request, "reporting/dash/excuse.html", context, status=status)


def _checked(form: DeferForm | ExemptForm | LiftForm) -> dict:
    if not form.is_valid():
        raise DomainError(Problem("invalid", str(errors[0]), name) for name, errors in form.errors.items())
    return form.cleaned_data


def _grant(request: SignedInRequest, report: Report) -> str:
    act = request.POST.get("act", "")
    if act == "defer":
        values = _checked(DeferForm(request.POST))
        defer(report=report, until=values["until"], reason=values["reason"], by=request.user)
        return f"已批准{report.unit_name}缓报。"
    if act == "exempt":
        exempt(report=report, reason=_checked(ExemptForm(request.POST))["reason"], by=request.user)
        return f"已批准{report.unit_name}本期免报。"
    if act == "undefer":
        lift_deferral(report=report, reason=_checked(LiftForm(request.POST))["reason"], by=request.user)
        return f"已取消{report.unit_name}的缓报。"
    if act != "lift":
        raise DomainError.of("unknown_act", "请选择要办理的事项。")
    lift_exemption(report=report, reason=_checked(LiftForm(request.POST))["reason"], by=request.user)
    return f"已取消{report.unit_name}的免报。"
