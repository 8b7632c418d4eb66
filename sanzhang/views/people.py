"""The list of people, one person's page, and what changes the facts of a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.errors import DomainError
from files.answers import export_started
from files.permissions import EXPORT
from files.services import request_export
from sanzhang.exporters import KIND, people_asked_for
from sanzhang.filters import offer_units
from sanzhang.forms import PersonEditForm, show_problems
from sanzhang.models import KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE, UNMASK, VIEW_PEOPLE
from sanzhang.selectors import doubles_of, seats_of_people
from sanzhang.services import people
from sanzhang.tables import MORE, people_columns
from sanzhang.views.cards import crumbs_of, person_page
from sanzhang.views.rows import person_in_view, person_to_manage, typed

PAGE_SIZE = 50
#: Parts of the query that are not conditions.
NOT_CONDITIONS = {"page", "sort", "more"}


@require_GET
@requires(VIEW_PEOPLE)
def people_list(request: SignedInRequest) -> HttpResponse:
    """Everybody in sight, found by any of the conditions."""
    asked = people_asked_for(request.user, dict(request.GET.lists()))
    offer_units(asked.form, request.user)
    columns = people_columns(request.GET.getlist("more"))
    order = tables.order_of(request, columns, default="pinyin")
    rows = asked.qs.select_related("occupation", "unit").order_by(order, "id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    seats = seats_of_people(shown, asked.day)
    for person in shown:
        person.seats = seats.get(person.pk, [])
    table = tables.build(
        shown,
        columns,
        request=request,
        order=order,
        caption="三长名册",
        empty="没有符合条件的人员",
        empty_hint="可放宽条件，或查看“任职状态：全部”。",
    )
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "more": [(key, column.label, key in request.GET.getlist("more")) for key, column in MORE.items()],
        "kept": [
            (key, value)
            for key, values in request.GET.lists()
            if key not in {"more", "page"}
            for value in values
        ],
        "may_register": request.user.can_anywhere(MANAGE_PEOPLE),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('sanzhang:export')}?{query}" if query else reverse("sanzhang:export"),
    }
    return render(request, "sanzhang/list.html", context)


@require_POST
@requires(VIEW_PEOPLE)
def export(request: SignedInRequest) -> HttpResponse:
    """Ask for the list, with its conditions, as a workbook."""
    query = {key: values for key, values in request.GET.lists() if key not in NOT_CONDITIONS}
    job = request_export(kind=KIND, params={"query": query}, unit=request.user.unit, by=request.user)
    return export_started(request, job)


@require_GET
@requires(VIEW_PEOPLE)
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: facts, seats as a life line, candidacies, filings."""
    found = person_in_view(request, pk)
    if found.merged_into is not None:
        messages.info(request, "该记录已并入以下人员。")
        return redirect(found.merged_into)
    return render(request, "sanzhang/person.html", person_page(request.user, found))


@require_POST
@requires(UNMASK)
def phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """The telephone number in full; the look is on record."""
    found = person_in_view(request, pk)
    number = people.unmask(person=found, by=request.user)
    if request.htmx:
        return render(request, "sanzhang/phone.html", {"phone": number})
    return render(request, "sanzhang/person.html", person_page(request.user, found) | {"phone": number})


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the facts of a person."""
    found = person_to_manage(request, pk)
    form = PersonEditForm(typed(request), person=found)
    if request.method == "POST" and form.is_valid():
        try:
            people.update(
                person=found,
                revision=form.cleaned_data["revision"],
                facts=form.facts(),
                by=request.user,
                explanation=form.cleaned_data["explanation"],
            )
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect(found)
    status = 422 if form.is_bound else 200
    context = {"person": found, "form": form, "crumbs": crumbs_of(found)}
    return render(request, "sanzhang/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the double of a person and fold it in."""
    found = person_to_manage(request, pk)
    others = KeyPerson.objects.present().visible_to(request.user, MANAGE_PEOPLE).exclude(pk=found.pk)
    if request.method == "POST":
        double = get_object_or_404(others, pk=_number(request.POST.get("double")))
        people.merge(keep=found, double=double, by=request.user)
        messages.success(request, f"已将重复记录并入{found.name}。")
        return redirect(found)
    query = request.GET.get("q", "").strip() or found.name
    candidates = others.search(query).select_related("unit", "occupation")[:20]
    context: dict[str, Any] = {
        "person": found,
        "query": query,
        "candidates": candidates,
        "crumbs": crumbs_of(found),
    }
    return render(request, "sanzhang/merge.html", context)


@require_POST
@requires(MANAGE_PEOPLE)
def doubles(request: SignedInRequest) -> HttpResponse:
    """Who on record may be the person being typed; by POST, so that no number stands in an address."""
    found = doubles_of(
        name="".join(request.POST.get("name", "").split()),
        employer="".join(request.POST.get("employer", "").split()),
        phone=request.POST.get("phone", "").replace(" ", "").replace("-", ""),
        by=request.user,
    )
    own = _number(request.GET.get("not"))
    others = [double for double in found if double.pk != own]
    return render(request, "sanzhang/doubles.html", {"doubles": others})


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 19 else 0
