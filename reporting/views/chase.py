"""催报: the words for the group, the call list, and what was done about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from orgs.models import UnitOfficer
from reporting.forms import ChaseForm
from reporting.models import Cycle
from reporting.permissions import CHASE
from reporting.selectors.chase import chase_list
from reporting.services.chasing import log_chase, reveal_contact
from reporting.views.lookup import cycle_in_scope, own_unit, report_in_scope


@requires(CHASE)
def chase(request: SignedInRequest, cycle: int | None = None) -> HttpResponse:
    """Who below one's own unit is still owed, and how to reach them."""
    return _page(request, cycle_in_scope(request, cycle))


def _page(
    request: SignedInRequest,
    cycle: Cycle,
    *,
    problems: list[Problem] | None = None,
    bound: tuple[int, ChaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    unit = own_unit(request)
    if not request.user.can(CHASE, unit):
        raise Forbidden.for_action("催报")
    found = chase_list(cycle, unit)
    bound_pk, bound_form = bound or (None, None)
    calls = [
        {
            "call": call,
            "form": bound_form
            if call.below.report.pk == bound_pk
            else ChaseForm(
                initial={"spoken_to": call.liaison.name if call.liaison else ""},
                prefix=None,
                auto_id=f"c{call.below.report.pk}_%s",
            ),
            "is_open": call.below.report.pk == bound_pk,
        }
        for call in found.calls
    ]
    context = {
        "chase": found,
        "calls": calls,
        "cycle": cycle,
        "unit": unit,
        "problems": problems or [],
        "crumbs": [("本月要做的事", reverse("reporting:desk"))],
    }
    return render(request, "reporting/chase.html", context, status=status)


@require_POST
@requires(CHASE)
def log(request: SignedInRequest, pk: int) -> HttpResponse:
    """催报登记."""
    report = report_in_scope(request, pk)
    form = ChaseForm(request.POST, auto_id=f"c{report.pk}_%s")
    try:
        log_chase(
            report=report,
            channel=request.POST.get("channel", ""),
            spoken_to=request.POST.get("spoken_to", ""),
            note=request.POST.get("note", ""),
            by=request.user,
        )
    except Forbidden:
        raise
    except DomainError as refusal:
        return _page(
            request, report.cycle, problems=refusal.problems, bound=(report.pk, form), status=refusal.status
        )
    messages.success(request, f"已登记：{report.unit.name}。")
    return redirect(f"{reverse('reporting:chase', args=[report.cycle_id])}#call-{report.pk}")


@require_POST
@requires(CHASE)
def reveal(request: SignedInRequest, pk: int, officer_id: int) -> HttpResponse:
    """One contact's number in full, kept on record."""
    report = report_in_scope(request, pk)
    officer = get_object_or_404(UnitOfficer.objects.current().filter(unit=report.unit_id), pk=officer_id)
    number = reveal_contact(report=report, officer=officer, by=request.user)
    if getattr(request, "htmx", False):
        response = render(request, "reporting/phone.html", {"number": number})
    else:
        messages.info(request, f"{officer.name}的联系电话：{number}")
        response = redirect(f"{reverse('reporting:chase', args=[report.cycle_id])}#call-{report.pk}")
    response["Cache-Control"] = "private, no-store"
    return response
