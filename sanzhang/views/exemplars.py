"""典型: the list, one exemplar, choosing it, taking it up from above."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.keys import key_in
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.permissions import EXPORT
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.exporters.duty import EXEMPLARS_FILE, exemplars_asked_for
from sanzhang.filters.seats import offer_units
from sanzhang.forms.evaluation import ExemplarForm, TakeUpForm
from sanzhang.models import Appointment, Exemplar, KeyPerson
from sanzhang.permissions import EVALUATE, TAKE_UP, VIEW_PEOPLE
from sanzhang.services import evaluations as service
from sanzhang.tables.duty import EXEMPLARS
from sanzhang.views.rows import demand, typed

PAGE_SIZE = 30


def _crumbs() -> list[tuple[str, str]]:
    return [("典型", reverse("duty:exemplars"))]


@require_GET
@requires(VIEW_PEOPLE)
def exemplar_list(request: SignedInRequest) -> HttpResponse:
    asked = exemplars_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    order = tables.order_of(request, EXEMPLARS, default="-year")
    rows = asked.qs.select_related("unit", "person").order_by(order, "level", "-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        list(page.object_list),
        EXEMPLARS,
        request=request,
        order=order,
        caption="典型",
        empty="还没有推荐典型",
        empty_hint="典型个人、典型组织、典型事迹由所在单位推荐，逐级选树。",
    )
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "may_choose": request.user.can_anywhere(EVALUATE),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('duty:export_exemplars')}{f'?{query}' if query else ''}",
    }
    return render(request, "sanzhang/duty/exemplars.html", context)


@require_POST
@requires(VIEW_PEOPLE)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, EXEMPLARS_FILE.kind)


@require_http_methods(["GET", "POST"])
@requires(EVALUATE)
def new_exemplar(request: SignedInRequest) -> HttpResponse:
    """推荐典型; ``?person=`` begins with somebody."""
    units = OrgUnit.objects.visible_to(request.user, EVALUATE).open()
    units = units.filter(level__lte=Level.TOWNSHIP).in_code_order()
    seats = Appointment.objects.on(clock.today()).within(request.user.unit)
    people = KeyPerson.objects.present().filter(pk__in=seats.values("person")).select_related("unit")
    initial = {"unit": request.user.unit, "person": key_in(request.GET.get("person")) or None}
    form = ExemplarForm(
        typed(request),
        user=request.user,
        people=people.order_by("pinyin", "id"),
        units=units,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            exemplar = service.choose_exemplar(by=request.user, **form.cleaned_data)
            messages.success(request, "已推荐。")
            return redirect(exemplar)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "sanzhang/duty/exemplar_form.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(VIEW_PEOPLE)
def exemplar(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _in_sight(request, pk)
    above = None if found.withdrawn_at else service.next_above(found)
    context = {
        "exemplar": found,
        "crumbs": _crumbs(),
        "steps": [
            {
                "at": step.at,
                "title": f"{step.unit.association}选树为{Level(step.unit.level).label}典型",
                "who": step.by,
                "note": step.note,
                "tone": "success",
                "symbol": "award",
            }
            for step in found.steps.select_related("unit")
        ],
        "above": above,
        "may_take_up": above is not None and request.user.can(TAKE_UP, above),
        "may_withdraw": found.withdrawn_at is None and request.user.can(EVALUATE, found.unit),
        "take_up_form": TakeUpForm(),
    }
    return render(request, "sanzhang/duty/exemplar.html", context)


@require_POST
@requires(TAKE_UP)
def take_up(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _in_sight(request, pk)
    service.take_up(exemplar=found, by=request.user, note=request.POST.get("note", ""))
    messages.success(request, "已选树。")
    return redirect(found)


@require_POST
@requires(EVALUATE)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _in_sight(request, pk)
    demand(request, EVALUATE, found.unit)
    service.withdraw_exemplar(exemplar=found, by=request.user)
    messages.success(request, "已撤回。")
    return redirect("duty:exemplars")


def _in_sight(request: SignedInRequest, pk: int) -> Exemplar:
    rows = Exemplar.objects.visible_to(request.user, VIEW_PEOPLE).select_related("unit", "person__unit")
    return get_object_or_404(rows, pk=pk)
