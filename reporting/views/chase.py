"""催报: the words for the group, the call list, and what was done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import Forbidden
from core.refusals import refusals_shown
from orgs.models import UnitOfficer
from reporting.forms.chase import ChaseForm
from reporting.models import Cycle
from reporting.permissions import CHASE, MANAGE_CYCLES, VIEW_REPORTS
from reporting.selectors.chase import chase_list, open_cycles
from reporting.services.chasing import log_chase, reveal_contact
from reporting.views.lookup import cycle_in_scope, own_unit, report_in_scope


def chase_tabs(request: SignedInRequest, active: str) -> list[dict[str, Any]]:
    """The rooms of chasing that the person may enter."""
    rooms = [
        ("催报", "reporting:chase", CHASE),
        ("催报登记", "reporting:chases", VIEW_REPORTS),
        ("系统提醒", "reporting:reminders", VIEW_REPORTS),
        ("催报设置", "reporting:chase_settings", MANAGE_CYCLES),
    ]
    return [
        {"label": label, "url": reverse(name), "active": name == active, "badge": ""}
        for label, name, permission in rooms
        if request.user.can_anywhere(permission)
    ]


def _cycle_tabs(request: SignedInRequest, shown: Cycle) -> list[dict[str, Any]]:
    """The collections that run at once, to change between; none where there is one."""
    running = list(open_cycles(own_unit(request)))
    if len(running) < 2:
        return []
    return [
        {
            "label": cycle.title,
            "url": reverse("reporting:chase", args=[cycle.pk]),
            "active": cycle.pk == shown.pk,
            "badge": "",
        }
        for cycle in running
    ]


@requires(CHASE)
def chase(request: SignedInRequest, cycle: int | None = None) -> HttpResponse:
    """Who below one's own unit is still owed, and how to reach them."""
    return _page(request, cycle_in_scope(request, cycle))


def _page(
    request: SignedInRequest,
    cycle: Cycle,
    *,
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
        "tabs": chase_tabs(request, "reporting:chase"),
        "cycles": _cycle_tabs(request, cycle),
        "crumbs": [("本月要做的事", reverse("reporting:desk"))],
    }
    return render(request, "reporting/chase.html", context, status=status)


@require_POST
@requires(CHASE)
def log(request: SignedInRequest, pk: int) -> HttpResponse:
    """催报登记."""
    report = report_in_scope(request, pk)
    form = ChaseForm(request.POST, auto_id=f"c{report.pk}_%s")
    if not form.is_valid():
        return _page(request, report.cycle, bound=(report.pk, form), status=422)
    with refusals_shown(form):
        log_chase(report=report, by=request.user, **form.cleaned_data)
        messages.success(request, f"已登记：{report.unit.name}。")
        return redirect(f"{reverse('reporting:chase', args=[report.cycle_id])}#call-{report.pk}")
    return _page(request, report.cycle, bound=(report.pk, form), status=422)


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
