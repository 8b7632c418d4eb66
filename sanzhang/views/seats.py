"""Registering somebody with a seat, a further seat, leaving it, filing it, striking it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core.access import SignedInRequest, requires
from core.keys import key_in
from core.refusals import refusals_shown
from sanzhang.forms import EndSeatForm, FileForm, NewSeatForm, RegisterForm, VoidForm
from sanzhang.forms.seat import SeatForm
from sanzhang.models import Appointment, Occupation
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.selectors.places import place_of
from sanzhang.services import appointments, candidacies, filings, registration
from sanzhang.tables.seats import seat_words
from sanzhang.views.cards import crumbs_of, list_crumb
from sanzhang.views.rows import person_to_manage, seat_to_manage, typed


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def register(request: SignedInRequest) -> HttpResponse:
    """A person and a seat, or a person and the first step towards one, in one go."""
    initial = place_of(request.user, request.GET.get("unit")) | {"record_as": request.GET.get("as", "seat")}
    form = RegisterForm(typed(request), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            person = _register(form, request.user)
            messages.success(request, f"已登记{person.name}。")
            again = "again" in request.POST
            return redirect(f"{reverse('sanzhang:register')}?unit={form.place().pk}" if again else person)
    status = 422 if form.is_bound else 200
    return render(request, "sanzhang/register.html", {"form": form, "crumbs": [list_crumb()]}, status=status)


def _register(form: RegisterForm, user: Any) -> Any:
    sent = {
        "facts": form.facts(),
        "unit": form.place(),
        "by": user,
        "explanation": form.cleaned_data["explanation"],
        "key": form.cleaned_data["key"],
    }
    if not form.is_candidate:
        return registration.register_with_seat(seat=form.seat(), **sent)
    data = form.cleaned_data
    return registration.register_candidate(position=data["position"], opened_on=data["valid_from"], **sent)


@require_GET
@requires(MANAGE_PEOPLE)
def register_choices(request: SignedInRequest) -> HttpResponse:
    """The part of the form about the seat, narrowed by what was chosen so far."""
    chosen: dict[str, Any] = request.GET.dict() | {"is_backfill": "is_backfill" in request.GET}
    of = request.GET.get("of")
    form: SeatForm
    if of:
        occupation = get_object_or_404(Occupation, pk=key_in(of))
        form = NewSeatForm(user=request.user, initial=chosen, occupation=occupation)
    else:
        form = RegisterForm(user=request.user, initial=chosen)
    return render(request, "sanzhang/seat_part.html", {"form": form})


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def new_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """A further seat, or a candidacy, for somebody on record."""
    person = person_to_manage(request, pk)
    initial = place_of(request.user, request.GET.get("unit") or str(person.unit_id))
    initial["record_as"] = request.GET.get("as", "seat")
    form = NewSeatForm(typed(request), user=request.user, occupation=person.occupation, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            done = _take_seat(form, person, request.user)
            messages.success(request, done)
            return redirect(person)
    status = 422 if form.is_bound else 200
    context = {"form": form, "person": person, "crumbs": crumbs_of(person)}
    return render(request, "sanzhang/new_seat.html", context, status=status)


def _take_seat(form: NewSeatForm, person: Any, user: Any) -> str:
    data = form.cleaned_data
    if form.is_candidate:
        candidacies.open_candidacy(
            person=person, unit=form.place(), position=data["position"], opened_on=data["valid_from"], by=user
        )
        return "已研判提名，请按程序逐步办理。"
    appointments.appoint(
        person=person, unit=form.place(), seat=form.seat(), by=user, explanation=data["explanation"]
    )
    return "已登记任职。"


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def end_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a seat."""
    seat = seat_to_manage(request, pk)

    def act(data: dict[str, Any]) -> str:
        appointments.end(
            appointment=seat, on=data["on"], reason=data["reason"], note=data["note"], by=request.user
        )
        return "已办理离任。"

    return _act_on_seat(
        request, seat, EndSeatForm, act, "办理离任", "离任后不再计入在任人数；其他任职不受影响。"
    )


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def void_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Strike out a seat entered by mistake."""
    seat = seat_to_manage(request, pk)

    def act(data: dict[str, Any]) -> str:
        appointments.void(appointment=seat, reason=data["reason"], by=request.user)
        return "已作废该条任职。"

    return _act_on_seat(
        request, seat, VoidForm, act, "作废任职", "用于登记错误：作废后视同从未任职，记录保留备查。"
    )


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def file_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """File a seat with an authority."""
    seat = seat_to_manage(request, pk)

    def act(data: dict[str, Any]) -> str:
        filings.file(appointment=seat, by=request.user, **data)
        return "已登记备案。"

    return _act_on_seat(request, seat, FileForm, act, "登记备案", "备案后计入本期备案人数。")


def _act_on_seat(
    request: SignedInRequest,
    seat: Appointment,
    form_class: type[forms.Form],
    act: Callable[[dict[str, Any]], str],
    title: str,
    consequence: str,
) -> HttpResponse:
    """Bind the form, call ``act``, answer; a refusal keeps what was typed."""
    form = form_class(typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            messages.success(request, act(form.cleaned_data))
            return redirect(seat.person)
    context = {
        "form": form,
        "crumbs": crumbs_of(seat.person),
        "seat": seat,
        "words": seat_words(seat),
        "title": title,
        "consequence": consequence,
    }
    return render(request, "sanzhang/seat_act.html", context, status=422 if form.is_bound else 200)
