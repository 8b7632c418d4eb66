"""One candidacy step by step: what was said, what is due, and what may be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from sanzhang.forms import AppointForm, OpinionForm, StepForm, WithdrawForm
from sanzhang.models import Candidacy
from sanzhang.permissions import GIVE_OPINION, MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors.nominees import found_by_name, nominees_near
from sanzhang.services import candidacies, opinions
from sanzhang.views.candidacy_page import candidacy_page
from sanzhang.views.rows import candidacy_in_view, candidacy_to_manage, demand


@require_GET
@requires(VIEW_PEOPLE)
def candidacy(request: SignedInRequest, pk: int) -> HttpResponse:
    """One candidacy: the steps taken, the one that is due, and what may be done now."""
    found = candidacy_in_view(request, pk)
    return render(request, "sanzhang/candidacy.html", candidacy_page(request, found))


def _again(request: SignedInRequest, found: Candidacy, **bound: Any) -> HttpResponse:
    """The page once more with what was typed and why it was refused."""
    return render(request, "sanzhang/candidacy.html", candidacy_page(request, found, **bound), status=422)


@require_POST
@requires(MANAGE_PEOPLE)
def take_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down the step that is due."""
    found = candidacy_to_manage(request, pk)
    form = StepForm(request.POST, request.FILES, people=nominees_near(found, request.user))
    if form.is_valid():
        with refusals_shown(form):
            candidacies.record_step(candidacy=found, by=request.user, **form.facts())
            messages.success(request, "已登记。")
            return redirect("sanzhang:candidacy", pk)
    return _again(request, found, step_form=form)


@require_GET
@requires(VIEW_PEOPLE)
def find_nominees(request: SignedInRequest, pk: int) -> HttpResponse:
    """People who could be proposed instead, by name, pinyin or employer."""
    found = candidacy_in_view(request, pk)
    asked = request.GET.get("find", "").strip()
    people = found_by_name(nominees_near(found, request.user), asked)
    return render(request, "sanzhang/nominees.html", {"people": people, "asked": asked, "found": True})


@require_POST
@requires(GIVE_OPINION)
def give_opinion(request: SignedInRequest, pk: int) -> HttpResponse:
    """The superior's word."""
    found = candidacy_in_view(request, pk)
    demand(request, GIVE_OPINION, found.unit.parent)
    form = OpinionForm(request.POST, request.FILES, people=nominees_near(found, request.user))
    if form.is_valid():
        with refusals_shown(form):
            opinions.give_opinion(candidacy=found, by=request.user, **form.facts())
            messages.success(request, f"已对{found.person.name}出具意见。")
            return redirect("sanzhang:opinions")
    return _again(request, found, opinion_form=form)


@require_POST
@requires(MANAGE_PEOPLE)
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """All agreed: take the seat."""
    found = candidacy_to_manage(request, pk)
    form = AppointForm(request.POST, candidacy=found)
    if form.is_valid():
        with refusals_shown(form):
            candidacies.appoint(
                candidacy=found,
                seat=form.seat(),
                by=request.user,
                explanation=form.cleaned_data["explanation"],
            )
            messages.success(request, f"{found.person.name}已任职。")
            return redirect(found.person)
    return _again(request, found, appoint_form=form)


@require_POST
@requires(MANAGE_PEOPLE)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the candidacy up."""
    found = candidacy_to_manage(request, pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            candidacies.withdraw(candidacy=found, by=request.user, **form.cleaned_data)
            messages.success(request, "已撤回。")
            return redirect("sanzhang:candidacy", pk)
    return _again(request, found, withdraw_form=form)
