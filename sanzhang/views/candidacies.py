"""The board of candidacies, and one candidacy step by step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.errors import DomainError
from sanzhang.filters import CandidacyFilter, offer_units
from sanzhang.forms import AppointForm, StepForm, WithdrawForm, show_problems
from sanzhang.models import Candidacy
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.procedures import PROCEDURES
from sanzhang.selectors import waiting_candidacies
from sanzhang.selectors.board import stages_of, waiting
from sanzhang.services import candidacies
from sanzhang.tables import BOARD
from sanzhang.views.rows import candidacy_in_view, candidacy_to_manage

PAGE_SIZE = 50


@require_GET
@requires(VIEW_PEOPLE)
def board(request: SignedInRequest) -> HttpResponse:
    """Where every open candidacy stands, for whom it waits, how long."""
    rows = Candidacy.objects.visible_to(request.user, VIEW_PEOPLE)
    asked = CandidacyFilter(request.GET, rows, request=request)
    offer_units(asked.form, request.user)
    waiting_rows = waiting_candidacies(asked.qs)
    page = Paginator(waiting_rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        page.object_list,
        BOARD,
        request=request,
        caption="办理中的吸纳程序",
        empty="没有办理中的吸纳程序",
        empty_hint="登记人员时选择“拟吸纳，先走程序”，即从研判提名开始。",
    )
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "stages": stages_of(waiting_rows),
        "slow": sum(row.is_slow for row in waiting_rows),
        "may_register": request.user.can_anywhere(MANAGE_PEOPLE),
    }
    return render(request, "sanzhang/board.html", context)


@require_GET
@requires(VIEW_PEOPLE)
def candidacy(request: SignedInRequest, pk: int) -> HttpResponse:
    """One candidacy: the steps taken, the one that is due, and what may be done now."""
    found = candidacy_in_view(request, pk)
    return render(request, "sanzhang/candidacy.html", _page(request, found))


@require_POST
@requires(MANAGE_PEOPLE)
def take_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down the step that is due."""
    found = candidacy_to_manage(request, pk)
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            candidacies.record_step(candidacy=found, by=request.user, **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, "已登记。")
            return redirect("sanzhang:candidacy", pk)
    return render(request, "sanzhang/candidacy.html", _page(request, found, step_form=form), status=422)


@require_POST
@requires(MANAGE_PEOPLE)
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """All agreed: take the seat."""
    found = candidacy_to_manage(request, pk)
    form = AppointForm(request.POST, candidacy=found)
    if form.is_valid():
        try:
            candidacies.appoint(
                candidacy=found,
                seat=form.seat(),
                by=request.user,
                explanation=form.cleaned_data["explanation"],
            )
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, f"{found.person.name}已任职。")
            return redirect(found.person)
    return render(request, "sanzhang/candidacy.html", _page(request, found, appoint_form=form), status=422)


@require_POST
@requires(MANAGE_PEOPLE)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the candidacy up."""
    found = candidacy_to_manage(request, pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            candidacies.withdraw(candidacy=found, by=request.user, **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, "已撤回。")
            return redirect("sanzhang:candidacy", pk)
    return render(request, "sanzhang/candidacy.html", _page(request, found, withdraw_form=form), status=422)


def _page(request: SignedInRequest, found: Candidacy, **bound: Any) -> dict[str, Any]:
    steps = list(found.steps.all())
    is_open = found.closed_on is None
    row = waiting(found, steps, clock.today()) if is_open else None
    manages = is_open and request.user.can(MANAGE_PEOPLE, found.unit)
    forms: dict[str, Any] = {}
    if manages and row is not None:
        forms["withdraw_form"] = WithdrawForm(auto_id="withdraw_%s")
        if row.due:
            forms["step_form"] = StepForm(
                initial={"step": row.due.value, "on": clock.today(), "opinion": "agree"}
            )
        else:
            forms["appoint_form"] = AppointForm(candidacy=found)
    procedure = PROCEDURES[found.procedure]
    taken = {step.step: step for step in steps}
    return {
        "candidacy": found,
        "procedure": procedure,
        "line": [(rule.label, taken.get(rule.value)) for rule in procedure.steps(found.unit.level)],
        "steps": steps,
        "waiting": row,
        "crumbs": [("吸纳程序", reverse("sanzhang:candidacies"))],
        **forms,
        **{name: form for name, form in bound.items() if manages},
    }
