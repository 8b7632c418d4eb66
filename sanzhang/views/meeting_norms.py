"""Meetings held against the number expected, by unit; and the table of numbers that the province sets."""

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
from core.tables import Column
from files.answers import export_of_list
from files.permissions import EXPORT
from sanzhang.choices import MeetingKind
from sanzhang.exporters.meetings import YEARLY_MEETINGS_FILE
from sanzhang.filters.seats import offer_units
from sanzhang.filters.yearly_meetings import YearlyAsked
from sanzhang.forms.meeting_norm import MeetingNormsForm
from sanzhang.permissions import EDIT_PROCEDURES, VIEW_PEOPLE
from sanzhang.selectors.meeting_norms import YearlyRow, norms_for, summary_of
from sanzhang.services import meeting_norms as service
from sanzhang.views.meetings import meeting_tabs
from sanzhang.views.rows import typed

PAGE_SIZE = 50


def _column(kind: MeetingKind) -> Column:
    def value(row: YearlyRow) -> str | None:
        standing = row.by_kind.get(kind.value)
        return standing.words if standing else None

    def link(row: YearlyRow) -> str | None:
        standing = row.by_kind.get(kind.value)
        return standing.address if standing else None

    return Column(kind.value, kind.label, value=value, link=link)


COLUMNS = [
    Column("unit", "单位", "name", link=lambda row: reverse("sanzhang:bodies", args=[row.unit.pk])),
    Column("unit.get_level_display", "层级"),
    *(_column(kind) for kind in MeetingKind),
    Column("short", "还差次数", "number"),
    Column("state", "情况", "pill", value=lambda row: (row.state.label, row.state.tone)),
]


@require_GET
@requires(VIEW_PEOPLE)
def yearly(request: SignedInRequest) -> HttpResponse:
    """Every unit that owes meetings with how many it held, of one year."""
    asked = YearlyAsked(request.user, request.GET, clock.today())
    offer_units(asked.form, request.user)
    page = Paginator(asked.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.urlencode()
    context = {
        "form": asked.form,
        "year": asked.year,
        "tabs": meeting_tabs(request, "yearly_meetings"),
        "table": tables.build(
            list(page.object_list),
            COLUMNS,
            request=request,
            caption=f"{asked.year}年会议次数",
            empty="没有符合条件的单位" if asked.norms else "省科协还没有设定会议次数要求",
            empty_hint="设定后，这里列出每个单位应开和已开的代表大会、全委会议、常委会议。",
        ),
        "page": page,
        "summary": summary_of(asked.all_rows),
        "may_export": request.user.can_anywhere(EXPORT),
        "may_set": request.user.can(EDIT_PROCEDURES, request.user.unit),
        "export_url": reverse("sanzhang:export_yearly_meetings") + (f"?{query}" if query else ""),
    }
    return render(request, "sanzhang/yearly_meetings.html", context)


@require_POST
@requires(EXPORT)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, YEARLY_MEETINGS_FILE.kind)


@require_http_methods(["GET", "POST"])
@requires(EDIT_PROCEDURES)
def norms(request: SignedInRequest) -> HttpResponse:
    """How many meetings each level is expected to hold."""
    owner = request.user.unit
    form = MeetingNormsForm(typed(request), norms=norms_for(owner.pk))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.set_norms(owner=owner, norms=form.norms(), by=request.user)
            messages.success(request, "已设定会议次数要求。")
            return redirect("sanzhang:yearly_meetings")
    crumbs = [("会议", reverse("sanzhang:meetings")), ("年度次数", reverse("sanzhang:yearly_meetings"))]
    context: dict[str, Any] = {"form": form, "crumbs": crumbs}
    return render(request, "sanzhang/meeting_norms.html", context, status=422 if form.is_bound else 200)
