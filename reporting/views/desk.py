"""“本月要做的事”: the first page after signing in, by level and role."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.access import SignedInRequest, requires
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.desk import read_desk
from reporting.selectors.other_work import other_work
from reporting.selectors.waits import begins_at_overview, looks_on, waits_for
from reporting.views.lookup import own_unit


@requires(VIEW_REPORTS)
def desk(request: SignedInRequest) -> HttpResponse:
    """The clerk's desk; leaders, cities and the province are led to their overview, a township's leader to sign."""
    unit = own_unit(request)
    if begins_at_overview(request.user):
        return redirect("reporting:overview")
    if looks_on(request.user, unit):
        return redirect("reporting:signing")
    found = read_desk(unit, request.user)
    context = {
        "desk": found,
        "waits": waits_for(request.user, unit),
        "others": other_work(unit, request.user, beside=found.report.cycle if found.report else None),
    }
    return render(request, "reporting/desk.html", context)
