"""代填: the desk's grid, and the acts on one of its rows."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Problem
from reporting.forms.filling import ToldForm
from reporting.importing.offline import TOWNSHIPS
from reporting.models import Cycle, Report
from reporting.permissions import FILL, REVIEW, SUBMIT
from reporting.selectors.below import rows_below
from reporting.selectors.deadline import deadline_words, due_day
from reporting.selectors.grid import read_grid
from reporting.services import filling
from reporting.services.typed_townships import hand_in_typed
from reporting.views.lookup import cycle_in_scope, own_unit, report_in_scope
from reporting.views.offline import offline_links
from reporting.workflow import EDITABLE


@requires(FILL)
def grid(request: SignedInRequest, cycle: int | None = None) -> HttpResponse:
    """Townships × cells."""
    return render_grid(request, cycle_in_scope(request, cycle))


def render_grid(
    request: SignedInRequest, cycle: Cycle, *, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    unit = own_unit(request)
    typing = read_grid(cycle, unit)
    own = Report.objects.filter(cycle=cycle, unit=unit).select_related("cycle", "reviewer").first()
    context = {
        **offline_links(request, TOWNSHIPS, cycle=cycle.pk),
        "cycle": cycle,
        "unit": unit,
        "grid": typing,
        "own": own,
        "own_is_open": own is not None and own.state in EDITABLE,
        "due_day": due_day(own.deadline) if own else None,
        "left": deadline_words(own.deadline) if own else "",
        "may_review": request.user.can(REVIEW, unit),
        "save_scope": f"grid-{cycle.pk}-{unit.pk}",
        "problems": problems or [],
        "crumbs": [("本月要做的事", reverse("reporting:desk"))],
    }
    return render(request, "reporting/fill/grid.html", context, status=status)


@requires(FILL)
def state(request: SignedInRequest, cycle: int) -> HttpResponse:
    """How far each row is, asked for after each save."""
    found = cycle_in_scope(request, cycle)
    rows = rows_below(found, own_unit(request).pk)
    context = {"rows": rows, "ready": sum(1 for row in rows if row.is_in)}
    return render(request, "reporting/fill/grid_state.html", context)


def _back(request: SignedInRequest, report: Report, done: str) -> HttpResponse:
    messages.success(request, done)
    return redirect(f"{reverse('reporting:grid', args=[report.cycle_id])}#row-{report.pk}")


@require_POST
@requires(FILL)
def row(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """零报告, 空白填 0 and 电话报数 of one row of the grid."""
    report = report_in_scope(request, pk)
    try:
        if act == "nil":
            filling.set_nil(report=report, is_nil=True, by=request.user)
            done = f"{report.unit.name}已按零报告填好。"
        elif act == "zero":
            count = filling.zero_the_rest(report=report, by=request.user)
            done = f"{report.unit.name}的 {count} 个空格已填 0。"
        else:
            done = _tell(request, report)
    except DomainError as refusal:
        return render_grid(request, report.cycle, problems=refusal.problems, status=refusal.status)
    return _back(request, report, done)


def _tell(request: SignedInRequest, report: Report) -> str:
    form = ToldForm(request.POST)
    if not form.is_valid():
        raise DomainError(
            [
                Problem("bad_telling", f"电话报数：{error}", key)
                for key, errors in form.errors.items()
                for error in errors
            ]
        )
    filling.note_telling(
        report=report,
        told_by=form.cleaned_data["told_by"],
        told_at=form.cleaned_data["told_at"],
        by=request.user,
    )
    who = form.cleaned_data["told_by"]
    return f"已记录：{report.unit.name}由{who}报数。" if who else f"已清除{report.unit.name}的报数记录。"


@require_POST
@requires(FILL)
def zero_all(request: SignedInRequest, cycle: int) -> HttpResponse:
    """空白填 0 in every row that is already begun; rows without any figure stay missing."""
    found = cycle_in_scope(request, cycle)
    begun = [
        row.report for row in read_grid(found, own_unit(request)).rows if row.is_open and row.below.is_partial
    ]
    try:
        count = filling.zero_the_rest_of(reports=begun, by=request.user)
    except DomainError as refusal:
        return render_grid(request, found, problems=refusal.problems, status=refusal.status)
    messages.success(
        request, f"已在 {len(begun)} 个已开始填的乡镇（街道）中把 {count} 个空格填 0；一格都没填的仍算未填。"
    )
    return redirect("reporting:grid", cycle=found.pk)


@require_POST
@requires(SUBMIT)
def hand_in(request: SignedInRequest, cycle: int) -> HttpResponse:
    """上报填好的乡镇, where the county owes no report of its own that would take them along."""
    found = cycle_in_scope(request, cycle)
    outcome = hand_in_typed(cycle=found, desk=own_unit(request), by=request.user)
    if outcome.reports:
        messages.success(request, f"已上报 {len(outcome.reports)} 个乡镇（街道）。")
    if outcome.problems or not outcome.reports:
        problems = outcome.problems or [Problem("nothing_typed", "还没有填好的乡镇（街道）。")]
        return render_grid(request, found, problems=problems, status=422)
    return redirect("reporting:grid", cycle=found.pk)
