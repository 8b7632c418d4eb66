"""Changing a unit's facts. Every view fetches in scope, binds its form, calls one service, answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from core.refusals import refusals_shown
from orgs.choices import OfficerRole
from orgs.forms.facts import (
    ClearOfficerForm,
    EstablishmentForm,
    FactForm,
    ItemsForm,
    OfficerForm,
    ResourcesForm,
)
from orgs.models import OrgUnit, UnitOfficer
from orgs.permissions import EDIT_FACTS
from orgs.selectors import units as selectors
from orgs.selectors.confirmations import evidence_of, fact_with_file
from orgs.selectors.facts import resources_of
from orgs.services import facts as services
from orgs.services.evidence import record_items, remove_evidence
from orgs.services.resources import set_resources
from orgs.views.pages import crumbs_of


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
    template: str = "orgs/edit.html",
    **more: Any,
) -> HttpResponse:
    """Show the form, or do what it brings and go back to the unit."""
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            act(form.cleaned_data)
            messages.success(request, f"已保存{unit}的{title}。")
            return redirect("orgs:detail", unit.pk)
    crumbs = [*crumbs_of(unit, request.user), (unit.name, unit_page(unit))]
    context = {"unit": unit, "form": form, "title": title, "lead": lead, "crumbs": crumbs, **more}
    return render(request, template, context, status=422 if form.errors else 200)


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
                for name in ("state", "reason_code", "reason", "planned_on", "responsible", "basis")
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
        template="orgs/establishment.html",
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
    clear = {"form": ClearOfficerForm(), "url": reverse("orgs:clear_officer", args=[unit.pk, role])}

    def act(data: dict[str, Any]) -> None:
        services.set_officer(unit=unit, role=role, by=request.user, **data | {"phone": data["phone"] or None})

    title = str(OfficerRole(role).label)
    return _answer(request, unit, form, act, title, clear=clear | {"present": present} if present else None)


@requires(EDIT_FACTS)
@require_POST
def clear_officer(request: SignedInRequest, pk: int, role: str) -> HttpResponse:
    """Nobody holds the role from a day on."""
    unit = _editable(request, pk)
    if role not in OfficerRole.values:
        raise Http404
    form = ClearOfficerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写不再担任的日期。")
        return redirect("orgs:edit_officer", unit.pk, role)
    try:
        services.clear_officer(unit=unit, role=role, on=form.cleaned_data["on"], by=request.user)
    except DomainError as error:
        if isinstance(error, Forbidden):
            raise
        messages.error(request, str(error))
        return redirect("orgs:edit_officer", unit.pk, role)
    messages.success(request, f"已登记{unit}不再有{OfficerRole(role).label}。")
    return redirect("orgs:detail", unit.pk)


@requires(EDIT_FACTS)
@require_http_methods(["GET", "POST"])
def resources(request: SignedInRequest, pk: int) -> HttpResponse:
    """Posts, staff, budget and seats."""
    unit = _editable(request, pk)
    present = resources_of(unit)
    names = ("is_separate", "posts", "full_time", "part_time", "budget", "conference_seats", "basis")
    initial = {name: getattr(present, name) for name in names} if present else {}
    form = ResourcesForm(request.POST or None, initial=initial)
    return _answer(
        request,
        unit,
        form,
        lambda data: set_resources(unit=unit, by=request.user, **data),
        "编制人员经费",
        "不清楚的留空，不要填 0；登记一次即可，有变化时再登记。",
    )


@requires(EDIT_FACTS)
@require_http_methods(["GET", "POST"])
def items(request: SignedInRequest, pk: int) -> HttpResponse:
    """Six haves and four lacks with their evidence in one form."""
    unit = _editable(request, pk)
    held = selectors.items_on(unit, clock.today())
    form = ItemsForm(request.POST or None, request.FILES or None, initial=_items_as_held(held))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            record_items(
                unit=unit,
                haves=form.cleaned_data["haves"],
                lacks=form.cleaned_data["lacks"],
                on=form.cleaned_data["on"],
                notes=form.notes,
                uploads=form.uploads,
                by=request.user,
            )
            messages.success(request, f"已保存{unit}的六有四缺。")
            return redirect("orgs:detail", unit.pk)
    context = {
        "unit": unit,
        "form": form,
        "groups": _item_groups(form, held),
        "crumbs": [*crumbs_of(unit, request.user), (unit.name, unit_page(unit))],
    }
    return render(request, "orgs/items.html", context, status=422 if form.errors else 200)


def _items_as_held(held: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the form shows at first: the items on record and their notes."""
    ticked: dict[str, Any] = {kind: list(facts) for kind, facts in held.items()}
    notes = {f"note_{kind}_{item}": fact.note for kind, facts in held.items() for item, fact in facts.items()}
    return ticked | notes


def _item_groups(form: ItemsForm, held: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the form by kind, each with the files on record."""
    files = evidence_of([fact for facts in held.values() for fact in facts.values()])
    groups: dict[str, dict[str, Any]] = {
        kind: {"field": form[kind], "title": title, "rows": []}
        for kind, title in (("haves", "六有：已具备的请勾选"), ("lacks", "四缺：欠缺的请勾选"))
    }
    for kind, item in form.keys:
        fact = held[kind].get(item.value)
        groups[kind]["rows"].append(
            {
                "kind": kind,
                "item": item.value,
                "label": item.label,
                "ticked": item.value in (form[kind].value() or ()),
                "note": form[f"note_{kind}_{item.value}"],
                "file": form[f"file_{kind}_{item.value}"],
                "fact": fact,
                "files": files.get((fact._meta.label_lower, fact.pk), []) if fact else [],
            }
        )
    return list(groups.values())


@requires(EDIT_FACTS)
@require_POST
def drop_evidence(request: SignedInRequest, pk: int, file_id: UUID) -> HttpResponse:
    """Take one file off an item."""
    unit = _editable(request, pk)
    found = fact_with_file(unit, file_id)
    if found is None:
        raise Http404
    fact, attachment = found
    remove_evidence(fact=fact, attachment=attachment, by=request.user)
    messages.success(request, f"已移除“{attachment.name}”。")
    return redirect("orgs:edit_items", unit.pk)


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
