"""Terms of the bodies: what is due, entering a term, renewing it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock, tables
from core.access import SignedInRequest, requires
from core.errors import DomainError
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.filters import TermFilter, offer_units
from sanzhang.forms import RenewTermForm, TermForm, show_problems
from sanzhang.models import Appointment, LeadershipBody
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors import TermState, body_terms
from sanzhang.selectors.places import place_of
from sanzhang.selectors.terms import count_by_state, with_present_term
from sanzhang.services import terms as service
from sanzhang.tables import TERMS, renew_column
from sanzhang.views.rows import term_to_manage, typed

PAGE_SIZE = 50


@require_GET
@requires(VIEW_PEOPLE)
def terms(request: SignedInRequest) -> HttpResponse:
    """Bodies in sight, the most urgent renewals first."""
    today = clock.today()
    bodies = LeadershipBody.objects.visible_to(request.user, VIEW_PEOPLE).filter(kind__in=LEADERSHIP_KINDS)
    bodies = with_present_term(bodies.filter(unit__closed_on__isnull=True))
    asked = TermFilter(request.GET, bodies, request=request)
    offer_units(asked.form, request.user)
    page = Paginator(asked.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    may_renew = request.user.can_anywhere(MANAGE_PEOPLE)
    renewing = [renew_column(lambda unit: request.user.can(MANAGE_PEOPLE, unit))] if may_renew else []
    table = tables.build(
        body_terms(list(page.object_list), today),
        [*TERMS, *renewing],
        request=request,
        caption="届次与换届",
        empty="没有符合条件的领导机构",
        empty_hint="登记任职或届次后，领导机构会出现在这里。",
    )
    counts = count_by_state(bodies, today)
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "counts": [(state, counts[state.code]) for state in TermState],
        "may_manage": may_renew,
    }
    return render(request, "sanzhang/terms.html", context)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def open_term(request: SignedInRequest) -> HttpResponse:
    """Enter the present term of a body."""
    form = TermForm(
        typed(request), user=request.user, initial=place_of(request.user, request.GET.get("unit"))
    )
    if request.method == "POST" and form.is_valid():
        try:
            service.open_term(by=request.user, **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, "已登记届次。")
            return redirect("sanzhang:terms")
    context = {"form": form, "crumbs": [("届次与换届", reverse("sanzhang:terms"))]}
    return render(request, "sanzhang/open_term.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def renew_term(request: SignedInRequest, pk: int) -> HttpResponse:
    """Renew a body: the old term ends, the new begins, each seat is carried or ends."""
    term = term_to_manage(request, pk)
    seats = list(
        Appointment.objects.open_ended()
        .filter(body=term.body)
        .highest_first()
        .select_related("person__occupation")
    )
    form = RenewTermForm(typed(request), seats=seats, initial={"carried": [str(seat.pk) for seat in seats]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            service.renew_term(
                term=term,
                starts_on=data["starts_on"],
                lawful_end=data["lawful_end"],
                carried=form.carried_ids(),
                by=request.user,
            )
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, f"已换届，现为第{term.ordinal + 1}届。")
            return redirect("sanzhang:terms")
    context = {
        "form": form,
        "term": term,
        "seats": seats,
        "crumbs": [("届次与换届", reverse("sanzhang:terms"))],
    }
    return render(request, "sanzhang/renew_term.html", context, status=422 if form.is_bound else 200)
