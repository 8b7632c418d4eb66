"""Asking for the registry's papers, and writing the one for the leader in charge."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.leaflets import FORMATS
from core.refusals import refusals_shown
from files.answers import export_of_list, export_started
from files.permissions import EXPORT
from files.services import request_export
from orgs.models import OrgUnit
from sanzhang.forms.briefing import BriefingForm
from sanzhang.importing.people import KIND as SHEET_KIND
from sanzhang.models import Briefing
from sanzhang.papers.briefing import draft_briefing
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE, WRITE_BRIEFINGS
from sanzhang.services.briefings import save_briefing
from sanzhang.views.cards import list_crumb
from sanzhang.views.rows import demand, person_in_view, typed


@require_POST
@requires(VIEW_PEOPLE)
def form_of_person(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    """登记表 of one person."""
    person = person_in_view(request, pk)
    job = request_export(
        kind=_kind("form", form), params={"person": person.pk}, unit=person.unit, by=request.user
    )
    return export_started(request, job)


@require_POST
@requires(VIEW_PEOPLE)
def roster(request: SignedInRequest, form: str) -> HttpResponse:
    """花名册 of the list as it is filtered and sorted."""
    return export_of_list(request, _kind("roster", form), order=request.GET.get("sort", ""))


@require_POST
@requires(MANAGE_PEOPLE)
def sheet(request: SignedInRequest) -> HttpResponse:
    """The list as a sheet that may be edited and brought back."""
    return export_of_list(request, SHEET_KIND)


@require_POST
@requires(MANAGE_PEOPLE)
def blank_sheet(request: SignedInRequest) -> HttpResponse:
    """An empty sheet with the drop-downs of the person's own units."""
    job = request_export(kind=SHEET_KIND, params={"blank": True}, unit=request.user.unit, by=request.user)
    return export_started(request, job)


@require_http_methods(["GET", "POST"])
@requires(WRITE_BRIEFINGS)
def briefing(request: SignedInRequest, pk: int) -> HttpResponse:
    """The text of a unit: the newest one kept, or a draft from the records of today (``?new=1`` for a fresh one)."""
    unit = get_object_or_404(OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE), pk=pk)
    demand(request, WRITE_BRIEFINGS, unit)
    kept = None if request.GET.get("new") else Briefing.objects.filter(unit=unit).first()
    form = BriefingForm(typed(request), initial=_initial(unit, kept) if request.method == "GET" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_shown(form):
            save_briefing(
                unit=unit,
                title=data["title"],
                text=data["text"],
                drafted_on=data["drafted_on"],
                by=request.user,
                briefing=kept if data["revision"] else None,
                revision=data["revision"] or 0,
            )
            messages.success(request, "已保存，可下载Word或PDF。")
            return redirect("sanzhang:briefing", unit.pk)
    context = {
        "unit": unit,
        "crumbs": [list_crumb()],
        "form": form,
        "kept": kept,
        "may_export": request.user.can_anywhere(EXPORT),
        "earlier": Briefing.objects.filter(unit=unit)[:5],
    }
    return render(request, "sanzhang/briefing.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(WRITE_BRIEFINGS)
def briefing_file(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    """The text as a file."""
    rows = Briefing.objects.visible_to(request.user, WRITE_BRIEFINGS).select_related("unit")
    kept = get_object_or_404(rows, pk=pk)
    job = request_export(
        kind=_kind("briefing", form), params={"briefing": kept.pk}, unit=kept.unit, by=request.user
    )
    return export_started(request, job)


def _kind(paper: str, form: str) -> str:
    if form not in FORMATS:
        raise Http404
    return f"sanzhang.{paper}_{form}"


def _initial(unit: OrgUnit, kept: Briefing | None) -> dict[str, object]:
    if kept is not None:
        return {
            "title": kept.title,
            "text": kept.text,
            "drafted_on": kept.drafted_on,
            "revision": kept.revision,
        }
    today = clock.today()
    draft = draft_briefing(unit, today)
    return {"title": draft.title, "text": draft.text, "drafted_on": today, "revision": 0}
