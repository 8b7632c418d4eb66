"""Meetings as a list and as a month; one meeting, with the election of many at it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from core.windows import next_month, previous_month
from sanzhang.filters.meetings import MeetingFilter
from sanzhang.filters.seats import offer_units
from sanzhang.filters.yearly_meetings import YearlyAsked
from sanzhang.forms import CancelMeetingForm, ElectForm, FileManyForm, MeetingForm
from sanzhang.models import Meeting
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors.calendar import (
    MeetingState,
    count_by_state,
    elected_at,
    filings_of,
    meeting_rows,
    month_of,
    ready_for,
    state_of,
    still_to_file,
)
from sanzhang.selectors.meeting_norms import summary_of
from sanzhang.selectors.papers import papers_of
from sanzhang.selectors.places import place_of
from sanzhang.services import filings
from sanzhang.services import meetings as service
from sanzhang.tables.bodies import MEETINGS
from sanzhang.views.rows import meeting_in_view, meeting_to_manage, typed
from sanzhang.views.tabs import tabs_of

PAGE_SIZE = 50


def _asked(request: SignedInRequest) -> MeetingFilter:
    rows = Meeting.objects.visible_to(request.user, VIEW_PEOPLE).select_related("unit")
    asked = MeetingFilter(request.GET, rows, request=request)
    offer_units(asked.form, request.user)
    return asked


def meeting_tabs(request: SignedInRequest, active: str) -> list[dict[str, Any]]:
    """The list, the month and the yearly numbers, with what was asked for carried along."""
    pages = [("列表", "meetings"), ("月历", "meeting_month"), ("年度次数", "yearly_meetings")]
    return tabs_of(request, pages, active, dropped=("month", "state", "year"))


@require_GET
@requires(VIEW_PEOPLE)
def meetings(request: SignedInRequest) -> HttpResponse:
    """Meetings in sight, the latest first."""
    today = clock.today()
    asked = _asked(request)
    order = tables.order_of(request, MEETINGS, default="-day")
    rows = asked.qs.with_day().order_by(order, "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        meeting_rows(list(page.object_list), today),
        MEETINGS,
        request=request,
        order=order,
        caption="会议",
        empty="没有符合条件的会议",
        empty_hint="登记计划召开或已召开的代表大会、全委会议、常委会议。",
    )
    counts = count_by_state(asked.queryset, today)
    context = {
        "filter": asked,
        "tabs": meeting_tabs(request, "meetings"),
        "table": table,
        "page": page,
        "counts": [(state, counts[state.code]) for state in MeetingState],
        "may_manage": request.user.can_anywhere(MANAGE_PEOPLE),
    }
    return render(request, "sanzhang/meetings.html", context)


@require_GET
@requires(VIEW_PEOPLE)
def month(request: SignedInRequest) -> HttpResponse:
    """One month of meetings."""
    today = clock.today()
    first = _month_asked(request.GET.get("month", ""), today)
    asked = _asked(request)
    query = request.GET.copy()
    query.pop("month", None)
    tail = f"&{query.urlencode()}" if query else ""
    numbers = YearlyAsked(request.user, _place_and_year(request.GET, first.year), today)
    context = {
        "filter": asked,
        "tabs": meeting_tabs(request, "meeting_month"),
        "first": first,
        "year": numbers.year,
        "summary": summary_of(numbers.all_rows),
        "days": month_of(asked.qs, first, today),
        "weekdays": ["一", "二", "三", "四", "五", "六", "日"],
        "before": f"?month={previous_month(first):%Y-%m}{tail}",
        "after": f"?month={next_month(first):%Y-%m}{tail}",
        "may_manage": request.user.can_anywhere(MANAGE_PEOPLE),
    }
    return render(request, "sanzhang/meeting_month.html", context)


def _place_and_year(query: QueryDict, year: int) -> QueryDict:
    """Of what the month was asked for, what the yearly numbers know."""
    asked = QueryDict(mutable=True)
    asked.update({"year": str(year), "unit": query.get("unit", ""), "level": query.get("level", "")})
    return asked


def _month_asked(text: str, today: dt.date) -> dt.date:
    try:
        asked = dt.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)
    return asked if 1978 <= asked.year <= today.year + 5 else today.replace(day=1)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def new_meeting(request: SignedInRequest) -> HttpResponse:
    """Plan a meeting, or record one as held."""
    initial = place_of(request.user, request.GET.get("unit"))
    files = request.FILES if request.method == "POST" else None
    form = MeetingForm(typed(request), files, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_shown(form):
            meeting = service.save_meeting(
                unit=data["unit"], facts=form.facts(), by=request.user, upload=data["file"]
            )
            messages.success(request, "已登记会议。")
            return redirect(meeting)
    context = {"form": form, "crumbs": [("会议", reverse("sanzhang:meetings"))]}
    return render(request, "sanzhang/edit_meeting.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def edit_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a planned meeting as held, or put right what was typed."""
    meeting = meeting_to_manage(request, pk)
    files = request.FILES if request.method == "POST" else None
    form = MeetingForm(typed(request), files, user=request.user, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.save_meeting(
                unit=meeting.unit,
                facts=form.facts(),
                by=request.user,
                meeting=meeting,
                upload=form.cleaned_data["file"],
            )
            messages.success(request, "已保存。")
            return redirect(meeting)
    crumbs = [("会议", reverse("sanzhang:meetings")), (meeting.title, meeting.get_absolute_url())]
    context = {"form": form, "meeting": meeting, "crumbs": crumbs}
    return render(request, "sanzhang/edit_meeting.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(VIEW_PEOPLE)
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """One meeting: its paper, who took a seat by it, who could."""
    return render(request, "sanzhang/meeting.html", _page(request, meeting_in_view(request, pk)))


@require_POST
@requires(MANAGE_PEOPLE)
def elect(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those chosen take their seats, all or none."""
    found = meeting_to_manage(request, pk)
    form = ElectForm(request.POST, meeting=found, rows=ready_for(found))
    if form.is_valid():
        data = form.cleaned_data
        with refusals_shown(form):
            seats = service.elect(
                meeting=found,
                elected=form.elected(),
                way_in=data["way_in"],
                basis=data["basis"],
                explanation=data["explanation"],
                by=request.user,
            )
            messages.success(request, f"{len(seats)}人已任职。")
            return redirect(found)
    return render(request, "sanzhang/meeting.html", _page(request, found, elect_form=form), status=422)


@require_POST
@requires(MANAGE_PEOPLE)
def file_many(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those ticked are filed by one letter, all or none."""
    found = meeting_to_manage(request, pk)
    form = FileManyForm(request.POST, request.FILES, rows=still_to_file(found, elected_at(found)))
    if form.is_valid():
        data = form.cleaned_data
        with refusals_shown(form):
            filings.file_many(
                meeting=found,
                seats=form.seats(),
                authority=data["authority"],
                number=data["number"],
                filed_on=data["filed_on"],
                upload=data["file"],
                by=request.user,
            )
            messages.success(request, f"{len(data['filed'])}人已登记备案。")
            return redirect(found)
    return render(request, "sanzhang/meeting.html", _page(request, found, file_form=form), status=422)


@require_POST
@requires(MANAGE_PEOPLE)
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call the meeting off."""
    found = meeting_to_manage(request, pk)
    form = CancelMeetingForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            service.cancel_meeting(meeting=found, by=request.user, **form.cleaned_data)
            messages.success(request, "已取消会议。")
            return redirect(found)
    return render(request, "sanzhang/meeting.html", _page(request, found, cancel_form=form), status=422)


def _page(request: SignedInRequest, found: Meeting, **bound: Any) -> dict[str, Any]:
    state = state_of(found, clock.today())
    manages = found.cancelled_at is None and request.user.can(MANAGE_PEOPLE, found.unit)
    forms: dict[str, Any] = {}
    rows = ready_for(found) if manages else []
    seats = elected_at(found)
    unfiled = still_to_file(found, seats) if manages and seats else []
    letters = filings_of(found)
    letter_papers = papers_of(letters)
    if manages and found.held_on is not None and rows:
        forms["elect_form"] = ElectForm(meeting=found, rows=rows)
    if unfiled:
        forms["file_form"] = FileManyForm(rows=unfiled)
    if manages:
        forms["cancel_form"] = CancelMeetingForm(auto_id="cancel_%s")
    return {
        "meeting": found,
        "state": {"label": state.label, "tone": state.tone},
        "elected": seats,
        "letters": [(letter, letter_papers.get(letter.pk, [])) for letter in letters],
        "papers": papers_of([found]).get(found.pk, []),
        "ready_count": len(rows),
        "manages": manages,
        "crumbs": [("会议", reverse("sanzhang:meetings"))],
        **forms,
        **{name: form for name, form in bound.items() if manages},
    }
