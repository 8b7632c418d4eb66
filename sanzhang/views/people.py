"""The list of people, one person's page, and what changes the facts of a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.leaflets import FORMATS
from core.listing import opens_with_default
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.permissions import EXPORT
from sanzhang.exporters.people import KIND, ORDERS, people_asked_for
from sanzhang.filters.seats import offer_units
from sanzhang.forms import PersonEditForm
from sanzhang.models import KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE, UNMASK, VIEW_PEOPLE, WRITE_BRIEFINGS
from sanzhang.selectors import seats_of_people
from sanzhang.selectors.paging import KeyPaginator
from sanzhang.services import people
from sanzhang.tables.people import BY_PINYIN, BY_STROKES, MORE, people_columns
from sanzhang.views.cards import crumbs_of, person_page
from sanzhang.views.rows import person_in_view, person_to_manage, typed

PAGE_SIZE = 50
#: Parts of the query that are not conditions.
NOT_CONDITIONS = {"page", "sort", "more"}


@require_GET
@requires(VIEW_PEOPLE)
@opens_with_default("sanzhang:list")
def people_list(request: SignedInRequest) -> HttpResponse:
    """Everybody in sight, found by any of the conditions."""
    asked = people_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    columns = people_columns(request.GET.getlist("more"))
    order = _order_of(request, columns)
    whole = KeyPerson.objects.select_related("occupation", "unit")
    pages = KeyPaginator(asked.qs.order_by(order, "id"), PAGE_SIZE, whole=whole)
    page = pages.get_page(request.GET.get("page"))
    shown = list(page.object_list)
    seats = seats_of_people(shown, asked.day)
    unmasked = request.user.reach_of(UNMASK)
    for person in shown:
        person.seats = seats.get(person.pk, [])
        person.shows_months = unmasked.covers(person.unit)
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
        "orders": [
            {"label": label, "url": _with(request, sort=key), "active": order.removeprefix("-") == key}
            for key, label in ((BY_PINYIN, "按拼音"), (BY_STROKES, "按姓氏笔画"))
        ],
        "may_register": request.user.can_anywhere(MANAGE_PEOPLE),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": _asking(reverse("sanzhang:export"), query),
        "sheet_url": _asking(reverse("sanzhang:sheet"), query),
        "roster_urls": [
            (_asking(reverse("sanzhang:roster", args=[form]), query), f"花名册（{label}）")
            for form, (label, _type) in FORMATS.items()
        ],
        "briefing_url": _briefing_url(request),
    }
    return render(request, "sanzhang/list.html", context)


def _asking(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def _briefing_url(request: SignedInRequest) -> str:
    unit = request.user.unit
    if unit is None or not request.user.can(WRITE_BRIEFINGS, unit):
        return ""
    return reverse("sanzhang:briefing", args=[unit.pk])


def _order_of(request: SignedInRequest, columns: list[tables.Column]) -> str:
    """The strokes of the surname may be asked for whether or not their column is shown."""
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") == BY_STROKES else tables.order_of(request, columns, BY_PINYIN)


def _with(request: SignedInRequest, **changed: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


@require_POST
@requires(VIEW_PEOPLE)
def export(request: SignedInRequest) -> HttpResponse:
    """Ask for the list, with its conditions, as a workbook."""
    order = request.GET.get("sort", "")
    return export_of_list(request, KIND, **({"order": order} if order in ORDERS else {}))


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
        with refusals_shown(form):
            people.update(
                person=found,
                revision=form.cleaned_data["revision"],
                facts=form.facts(),
                by=request.user,
                explanation=form.cleaned_data["explanation"],
                changed_on=form.cleaned_data["changed_on"],
            )
            messages.success(request, "已保存。")
            return redirect(found)
    status = 422 if form.is_bound else 200
    context = {"person": found, "form": form, "crumbs": crumbs_of(found)}
    return render(request, "sanzhang/edit.html", context, status=status)
