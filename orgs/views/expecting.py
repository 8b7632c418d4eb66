"""应建确认: which divisions count, confirmed one by one or many at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import DomainError
from core.listing import opens_with_default
from orgs.forms import ExpectedForm
from orgs.models import OrgUnit
from orgs.narrowing import ExpectationNarrowing
from orgs.permissions import CONFIRM_EXPECTED
from orgs.selectors.expectations import expectation_counts
from orgs.selectors.expectations import expectations as expectations_of
from orgs.services import facts as services
from orgs.views.pages import chosen_keys

PAGE_SIZE = 100


def _page(request: SignedInRequest, form: ExpectedForm, status: int = 200) -> HttpResponse:
    narrowing = ExpectationNarrowing(request.GET, user=request.user)
    found = expectations_of(request.user, narrowing.criteria).order_by("level", "division_code")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = set(request.POST.getlist("units"))
    context = {
        "form": form,
        "filter": narrowing,
        "counts": expectation_counts(request.user),
        "page": page,
        "rows": [{"unit": unit, "chosen": str(unit.pk) in chosen} for unit in page],
        "action": f"{reverse('orgs:confirm_expected')}?{request.GET.urlencode()}",
    }
    return render(request, "orgs/expectations.html", context, status=status)


@requires(CONFIRM_EXPECTED)
@require_GET
@opens_with_default("orgs:expectations")
def expectations(request: SignedInRequest) -> HttpResponse:
    """Units proposed as not expected for the city to confirm, and the others with who confirmed them."""
    return _page(request, ExpectedForm(initial={"expected": "no", "on": clock.today()}))


@requires(CONFIRM_EXPECTED)
@require_POST
def confirm_expected(request: SignedInRequest) -> HttpResponse:
    """Confirm one or many."""
    units = OrgUnit.objects.visible_to(request.user, CONFIRM_EXPECTED).open()
    chosen = {unit.pk: unit for unit in units.filter(pk__in=chosen_keys(request))}
    form = ExpectedForm(request.POST, unit_ids=chosen)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    try:
        done = services.confirm_many(
            units=[chosen[pk] for pk in data["units"]],
            expected=data["expected"],
            on=data["on"],
            basis=data["basis"],
            by=request.user,
        )
    except DomainError as error:
        form.refuse(error)
        return _page(request, form, status=error.status)
    messages.success(request, f"已确认 {len(done):,} 个单位{'计入' if data['expected'] else '不计'}应建。")
    return redirect(f"{reverse('orgs:expectations')}?{request.GET.urlencode()}")
