"""外出委托: who acts for whom, a new delegation, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, requires, signed_in
from accounts.delegating import ALL, delegations_in_sight, delegations_shown
from accounts.forms import DelegationForm
from accounts.permissions import DELEGATE
from accounts.services import delegations as service
from accounts.tables import DELEGATION_COLUMNS
from core import clock
from core.listing import listing
from core.refusals import refusals_shown
from files.permissions import EXPORT

SHOWN = {"now": "未结束的", ALL: "全部"}


@require_http_methods(["GET", "POST"])
@requires(DELEGATE)
def delegations(request: SignedInRequest) -> HttpResponse:
    """The unit's delegations, and the form for one more."""
    form = DelegationForm(request.POST or None, by=request.user, unit=request.user.unit)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            made = service.delegate(unit=request.user.unit, by=request.user, **form.cleaned_data)
            messages.success(request, f"已委托{made.deputy.name}代行，到期自动失效，可随时终止。")
            return redirect("accounts:delegations")
    return render(
        request, "accounts/delegations.html", _context(request, form), status=422 if form.errors else 200
    )


def _context(request: SignedInRequest, form: DelegationForm) -> dict[str, Any]:
    chosen = ALL if request.GET.get("show") == ALL else "now"
    rows = delegations_in_sight(request.user)
    shown = listing(request, "accounts:delegations", DELEGATION_COLUMNS, default="-starts_on")
    page = shown.page(delegations_shown(request.user, chosen).order_by(shown.order, "-pk"))
    return {
        "form": form,
        "page": page,
        "table": shown.table(
            page.object_list,
            caption="委托",
            empty="没有委托",
            empty_hint="外出、休假前在上面填写，审核和签批不会停下来。",
        ),
        "tabs": [
            {"label": label, "url": f"?show={key}", "active": key == chosen} for key, label in SHOWN.items()
        ],
        "open_rows": [
            row
            for row in rows.unfinished()
            if request.user.pk == row.deputy_id or service.may_delegate(request.user, row.principal, row.unit)
        ],
        "today": clock.today(),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('files:start', args=['accounts.delegations'])}?show={chosen}",
    }


@require_POST
@signed_in
def end_delegation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Called back, by the principal, the administrator, or given back by the deputy."""
    row = get_object_or_404(delegations_in_sight(request.user), pk=pk)
    service.end_delegation(delegation=row, by=request.user)
    messages.success(request, f"已终止对{row.deputy.name}的委托，即刻生效。")
    return redirect("accounts:delegations" if request.user.can_anywhere(DELEGATE) else "accounts:own")
