"""“本月要做的事”: the first page after signing in, by level and role."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import Role
from core.access import SignedInRequest, requires
from orgs.choices import Level
from reporting.models import Cycle
from reporting.permissions import FILL, VIEW_REPORTS
from reporting.selectors.below import rows_below
from reporting.selectors.desk import read_desk, to_sign
from reporting.selectors.other_work import other_work
from reporting.views.lookup import own_unit


@requires(VIEW_REPORTS)
def desk(request: SignedInRequest) -> HttpResponse:
    """The clerk's desk, the leader's desk, or for cities and the province their overview."""
    unit = own_unit(request)
    if Role.LEADER in request.user.roles_here and not request.user.can(FILL, unit):
        return leader_desk(request)
    if unit.level <= Level.CITY:
        return redirect("reporting:overview")
    found = read_desk(unit, request.user)
    context = {
        "desk": found,
        "others": other_work(unit, request.user, beside=found.report.cycle if found.report else None),
    }
    return render(request, "reporting/desk.html", context)


def leader_desk(request: SignedInRequest) -> HttpResponse:
    """What waits for the leader's word, and a look at everybody below."""
    unit = own_unit(request)
    cycle = (
        Cycle.objects.open()
        .filter(collection__owner=unit.province_id)
        .select_related("form_version")
        .order_by("-collection__is_principal", "-period")
        .first()
    )
    rows = rows_below(cycle, unit.pk) if cycle and unit.level < Level.TOWNSHIP else []
    context = {
        "unit": unit,
        "cycle": cycle,
        "waiting": to_sign(request.user),
        "rows": rows,
        "in_count": sum(1 for row in rows if row.is_in),
        "has_overview": unit.level <= Level.CITY,
    }
    return render(request, "reporting/desk_leader.html", context)
