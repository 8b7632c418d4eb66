"""Changing a unit's facts. Every view fetches in scope, binds its form, calls one service, answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from orgs.choices import OfficerRole
from orgs.forms import EstablishmentForm, ExpectedForm, FactForm, ItemsForm, OfficerForm
from orgs.models import OrgUnit, UnitOfficer
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS
from orgs.selectors import units as selectors
from orgs.services import facts as services
from orgs.views.pages import crumbs_of

UNCONFIRMED_PAGE = 100


def _editable(request: SignedInRequest, pk: int) -> OrgUnit:
    """The unit, if it is in sight (else 404) and its facts may be changed (else 403)."""
    units = selectors.visible_units(request.user).select_related("province", "city", "county", "township")
    unit = get_object_or_404(units, pk=pk)
    if not request.user.can(EDIT_FACTS, unit):
        raise Forbidden.for_action(EDIT_FACTS.label)
    return unit


def _answer(
    request: SignedInRequest,
    unit: OrgUnit,
    form: FactForm,
    act: Callable[[dict[str, Any]], Any],
    title: str,
    lead: str = "",
) -> HttpResponse:
    """Show the form, or do what it brings and go back to the unit."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            if isinstance(error, Forbidden):
                raise
            form.refuse(error)
        else:
            messages.success(request, f"已保存{unit}的{title}。")
            return redirect("orgs:detail", unit.pk)
    crumbs = [*crumbs_of(unit, request.user), (unit.name, unit_page(unit))]
    context = {"unit": unit, "form": form, "title": title, "lead": lead, "crumbs": crumbs}
    return render(request, "orgs/edit.html", context, status=422 if form.errors else 200)


def unit_page(unit: OrgUnit) -> str:
    return redirect("orgs:detail", unit.pk).url


@requires(EDIT_FACTS)
@require_http_methods(["GET", "POST"])
def establishment(request: SignedInRequest, pk: int) -> HttpResponse:
    """已建, 筹建 or 未建."""
    unit = _editable(request, pk)
    present = selectors.unit_facts(unit).establishment
    initial = {}
    if present is not None:
        initial = {
            **{
                name: getattr(present, name)
                for name in ("state", "reason", "planned_on", "responsible", "basis")
            },
            "since": present.valid_from,
        }
    form = EstablishmentForm(request.POST or None, initial=initial)
    return _answer(
        request,
        unit,
        form,
        lambda data: services.set_establishment(unit=unit, by=request.user, **data),
        "建立情况",
    )


@requires(EDIT_FACTS)
@require_http_methods(["GET", "POST"])
def officer(request: SignedInRequest, pk: int, role: str) -> HttpResponse:
    """The leader in charge, the liaison and the like."""
    unit = _editable(request, pk)
    if role not in OfficerRole.values:
        raise Http404
    present = selectors.unit_facts(unit).officers.get(role)
    initial = {name: getattr(present, name) for name in ("name", "post", "is_chair")} if present else {}
    form = OfficerForm(request.POST or None, initial=initial, with_chair=role == OfficerRole.LEADER_IN_CHARGE)

    def act(data: dict[str, Any]) -> None:
        services.set_officer(unit=unit, role=role, by=request.user, **data | {"phone": data["phone"] or None})

    return _answer(request, unit, form, act, str(OfficerRole(role).label))


@requires(EDIT_FACTS)
@require_http_methods(["GET", "POST"])
def items(request: SignedInRequest, pk: int) -> HttpResponse:
    """Six haves and four lacks in one form."""
    unit = _editable(request, pk)
    facts = selectors.unit_facts(unit)
    form = ItemsForm(request.POST or None, initial={"haves": list(facts.haves), "lacks": list(facts.lacks)})
    return _answer(
        request,
        unit,
        form,
        lambda data: services.set_items(unit=unit, by=request.user, **data),
        "六有四缺",
        "勾选现在具备的和欠缺的；没有变化的项目不受影响。",
    )


@requires(EDIT_FACTS)
@require_POST
def reveal_phone(request: SignedInRequest, pk: int, officer_pk: int) -> HttpResponse:
    """One number in full, kept on record."""
    unit = _editable(request, pk)
    officer = get_object_or_404(UnitOfficer.objects.select_related("unit"), pk=officer_pk, unit=unit)
    number = services.reveal_phone(officer=officer, by=request.user)
    if request.htmx:
        response = render(request, "orgs/phone.html", {"number": number})
    else:
        messages.info(request, f"{officer.name}的联系电话：{number}")
        response = redirect("orgs:detail", unit.pk)
    response["Cache-Control"] = "private, no-store"
    return response


def _expectation_page(request: SignedInRequest, form: ExpectedForm, status: int = 200) -> HttpResponse:
    pending = selectors.proposed_unexpected(request.user)
    page = Paginator(pending, UNCONFIRMED_PAGE).get_page(request.GET.get("page"))
    chosen = set(request.POST.getlist("units"))
    rows = [{"unit": unit, "chosen": str(unit.pk) in chosen} for unit in page]
    return render(
        request, "orgs/expectations.html", {"form": form, "page": page, "rows": rows}, status=status
    )


@requires(CONFIRM_EXPECTED)
@require_GET
def expectations(request: SignedInRequest) -> HttpResponse:
    """Units proposed as not expected, for the city to confirm."""
    return _expectation_page(request, ExpectedForm(initial={"expected": "no", "on": clock.today()}))


@requires(CONFIRM_EXPECTED)
@require_POST
def confirm_expected(request: SignedInRequest) -> HttpResponse:
    """Confirm one or many."""
    units = OrgUnit.objects.visible_to(request.user, CONFIRM_EXPECTED).open()
    asked = [
        int(pk) for pk in request.POST.getlist("units") if pk.isascii() and pk.isdigit() and len(pk) < 19
    ]
    chosen = {unit.pk: unit for unit in units.filter(pk__in=asked)}
    form = ExpectedForm(request.POST, unit_ids=chosen)
    if not form.is_valid():
        return _expectation_page(request, form, status=422)
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
        return _expectation_page(request, form, status=error.status)
    messages.success(request, f"已确认 {len(done):,} 个单位{'计入' if data['expected'] else '不计'}应建。")
    return redirect("orgs:expectations")
