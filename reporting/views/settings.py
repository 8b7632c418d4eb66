"""填报设置 of a county: 自报 or 代填 for each township, and how the leader signs."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Posting
from accounts.roles import Role
from core import clock
from core.access import SignedInRequest, requires
from core.errors import DomainError, Problem
from core.keys import key_in
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import EntryMode, SignOffMode
from reporting.forms.filling import SignOffForm
from reporting.models import UnitReporting
from reporting.permissions import SET_REPORTING
from reporting.services.settings import set_entry_mode, set_sign_off
from reporting.views.lookup import own_unit


@requires(SET_REPORTING)
def settings(request: SignedInRequest) -> HttpResponse:
    """The settings of one's own unit and of the townships directly below it."""
    unit = own_unit(request)
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        try:
            done = _change(request, unit)
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
        else:
            messages.success(request, done)
            return redirect("reporting:settings")
    return render(request, "reporting/settings.html", _context(unit, problems), status=status)


def _change(request: SignedInRequest, unit: OrgUnit) -> str:
    if "township" in request.POST:
        townships = OrgUnit.objects.visible_to(request.user, SET_REPORTING).filter(level=Level.TOWNSHIP)
        township = get_object_or_404(townships, pk=key_in(request.POST["township"]))
        set_entry_mode(township=township, mode=request.POST.get("mode", ""), by=request.user)
        return f"{township.name}已设为{EntryMode(request.POST['mode']).label}。"
    set_sign_off(unit=unit, mode=request.POST.get("mode", ""), by=request.user)
    return f"签批方式已设为：{SignOffMode(request.POST['mode']).label}。"


def _context(unit: OrgUnit, problems: Sequence[Problem]) -> dict[str, object]:
    townships = OrgUnit.objects.open().filter(parent=unit, level=Level.TOWNSHIP).in_code_order()
    modes = dict(UnitReporting.objects.filter(unit__in=townships).values_list("unit_id", "entry_mode"))
    with_account = set(
        Posting.objects.on(clock.today())
        .filter(unit__in=townships, role=Role.REPORTER, user__is_active=True)
        .values_list("unit_id", flat=True)
    )
    own = UnitReporting.objects.filter(unit=unit).first()
    return {
        "unit": unit,
        "rows": [
            {
                "unit": township,
                "mode": EntryMode(modes.get(township.pk, EntryMode.ON_BEHALF)),
                "other": EntryMode.SELF
                if modes.get(township.pk, EntryMode.ON_BEHALF) == EntryMode.ON_BEHALF
                else EntryMode.ON_BEHALF,
                "has_account": township.pk in with_account,
            }
            for township in townships
        ],
        "form": SignOffForm(initial={"mode": own.sign_off if own else SignOffMode.WAIVED}),
        "problems": problems,
    }
