"""应建确认: which divisions count, confirmed one by one or many at once."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.listing import opens_with_default
from core.refusals import refusals_shown
from orgs.filters.facts import ExpectationNarrowing
from orgs.forms.facts import ExpectedForm
from orgs.models import OrgUnit
from orgs.permissions import CONFIRM_EXPECTED
from orgs.selectors.expectations import as_confirmed, expectation_counts
from orgs.selectors.expectations import expectations as expectations_of
from orgs.services import facts as services
from orgs.views.days import day_bar
from orgs.views.pages import chosen_keys

PAGE_SIZE = 100
#: The page has another field of a day.
CONFIRMING = "id_confirm_%s"


def _page(request: SignedInRequest, form: ExpectedForm, status: int = 200) -> HttpResponse:
    narrowing = ExpectationNarrowing(request.GET, user=request.user)
    day = narrowing.criteria.get("on")
    found = expectations_of(request.user, narrowing.criteria).order_by("level", "division_code", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = set(request.POST.getlist("units"))
    context = {
        "form": form,
        "filter": narrowing,
        "counts": expectation_counts(request.user, day),
        "cards_url": _cards_url(day),
        "is_past": day is not None,
        "page": page,
        "rows": [
            {"unit": unit, "chosen": str(unit.pk) in chosen}
            for unit in (page if day is None else as_confirmed(page, day))
        ],
        "action": f"{reverse('orgs:confirm_expected')}?{request.GET.urlencode()}",
        **day_bar(request, day),
    }
    return render(request, "orgs/expectations.html", context, status=status)


def _cards_url(day: dt.date | None) -> str:
    """Where the cards lead, up to their own conditions: the list of the same day."""
    kept = {"on": day.isoformat()} if day else {}
    return f"{reverse('orgs:expectations')}?{urlencode(kept | {'state': ''})}"


@requires(CONFIRM_EXPECTED)
@require_GET
@opens_with_default("orgs:expectations")
def expectations(request: SignedInRequest) -> HttpResponse:
    """Units proposed as not expected for the city to confirm, and the others with who confirmed them."""
    return _page(request, ExpectedForm(initial={"expected": "no", "on": clock.today()}, auto_id=CONFIRMING))


@requires(CONFIRM_EXPECTED)
@require_POST
def confirm_expected(request: SignedInRequest) -> HttpResponse:
    """Confirm one or many."""
    units = OrgUnit.objects.visible_to(request.user, CONFIRM_EXPECTED).open()
    chosen = {unit.pk: unit for unit in units.filter(pk__in=chosen_keys(request))}
    form = ExpectedForm(request.POST, unit_ids=chosen, auto_id=CONFIRMING)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    with refusals_shown(form):
        done = services.confirm_many(
            units=[chosen[pk] for pk in data["units"]],
            expected=data["expected"],
            on=data["on"],
            basis=data["basis"],
            by=request.user,
        )
        messages.success(
            request, f"已确认 {len(done):,} 个单位{'计入' if data['expected'] else '不计'}应建。"
        )
        return redirect(f"{reverse('orgs:expectations')}?{request.GET.urlencode()}")
    return _page(request, form, status=422)
