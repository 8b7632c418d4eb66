"""Terms: which renewals are due, entering a term, putting it right, its quota."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.permissions import EXPORT
from orgs.choices import Level
from sanzhang.exporters.terms import TERMS_FILE, terms_asked_for
from sanzhang.filters.seats import offer_units
from sanzhang.forms import CorrectTermForm, QuotaForm, TermForm
from sanzhang.models import Term
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors import TermState, body_terms
from sanzhang.selectors.places import place_of
from sanzhang.selectors.terms import count_by_level, count_by_state
from sanzhang.services import quotas
from sanzhang.services import terms as service
from sanzhang.tables.seats import TERMS, renew_column
from sanzhang.views.rows import term_to_manage, typed

PAGE_SIZE = 50


@require_GET
@requires(VIEW_PEOPLE)
def terms(request: SignedInRequest) -> HttpResponse:
    """Bodies in sight, the most urgent renewals first; how many are due and overdue at each level."""
    today = clock.today()
    asked = terms_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    order = tables.order_of(request, TERMS)
    rows = asked.qs.order_by(order, "pk") if order else asked.qs
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    may_renew = request.user.can_anywhere(MANAGE_PEOPLE)
    renewing = [renew_column(lambda unit: request.user.can(MANAGE_PEOPLE, unit))] if may_renew else []
    table = tables.build(
        body_terms(list(page.object_list), today),
        [*TERMS, *renewing],
        request=request,
        order=order,
        caption="届次与换届",
        empty="没有符合条件的领导机构",
        empty_hint="登记任职或届次后，领导机构会出现在这里。",
    )
    counts = count_by_state(asked.queryset, today)
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "counts": [(state, counts[state.code]) for state in TermState],
        "levels": [
            (Level(level).label, level, overdue, soon)
            for level, overdue, soon in count_by_level(asked.queryset, today)
        ],
        "may_manage": may_renew,
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": reverse("sanzhang:export_terms") + (f"?{query}" if query else ""),
    }
    return render(request, "sanzhang/terms.html", context)


@require_POST
@requires(EXPORT)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, TERMS_FILE.kind)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def open_term(request: SignedInRequest) -> HttpResponse:
    """Enter the present term of a body."""
    initial = place_of(request.user, request.GET.get("unit")) | {
        "kind": request.GET.get("kind", "leadership")
    }
    form = TermForm(typed(request), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            term = service.open_term(by=request.user, **form.cleaned_data)
            messages.success(request, "已登记届次，请核定职数。")
            return redirect("sanzhang:quota", term.pk)
    context = {"form": form, "crumbs": [("届次与换届", reverse("sanzhang:terms"))]}
    return render(request, "sanzhang/open_term.html", context, status=422 if form.is_bound else 200)


def _crumbs(term: Term) -> list[tuple[str, str]]:
    unit = term.body.unit
    return [
        ("届次与换届", reverse("sanzhang:terms")),
        (f"{unit.association}领导机构", reverse("sanzhang:bodies", args=[unit.pk])),
    ]


def _page(request: SignedInRequest, template: str, term: Term, form: Any) -> HttpResponse:
    context = {"form": form, "term": term, "crumbs": _crumbs(term)}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def correct_term(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put right what was typed of a term."""
    term = term_to_manage(request, pk)
    form = CorrectTermForm(typed(request), term=term)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.correct_term(term=term, by=request.user, **form.cleaned_data)
            messages.success(request, "已更正。")
            return redirect("sanzhang:bodies", term.body.unit_id)
    return _page(request, "sanzhang/correct_term.html", term, form)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def quota(request: SignedInRequest, pk: int) -> HttpResponse:
    """Seats of a term by position and employment."""
    term = term_to_manage(request, pk)
    form = QuotaForm(typed(request), term=term)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            quotas.set_quota(term=term, quota=form.quota(), by=request.user)
            messages.success(request, "已核定职数。")
            return redirect("sanzhang:bodies", term.body.unit_id)
    return _page(request, "sanzhang/quota.html", term, form)
