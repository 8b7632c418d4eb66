"""Duty records: the list, recording one in a minute, its page, mending and striking it out."""

from __future__ import annotations

from typing import Any

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
from files.models import Attachment
from files.permissions import EXPORT
from sanzhang.exporters.duty import ACTIVITIES_FILE, activities_asked_for
from sanzhang.filters.seats import offer_units
from sanzhang.forms import VoidForm
from sanzhang.forms.activity import ActivityForm, PersonRow, facts_as_initial
from sanzhang.forms.attaching import PhotosForm
from sanzhang.models import Activity, CampaignDay
from sanzhang.permissions import RECORD_WORK, VIEW_PEOPLE
from sanzhang.selectors.activities import (
    activities_in_sight,
    campaigns_near,
    hosts_of,
    last_place,
    parts_of,
    people_by_name,
    people_to_tick,
)
from sanzhang.services import activities as service
from sanzhang.services.photos import add_photos, remove_photo
from sanzhang.tables.duty import ACTIVITIES, activity_state
from sanzhang.views.rows import demand, typed

PAGE_SIZE = 50


def _crumbs() -> list[tuple[str, str]]:
    return [("履职记录", reverse("duty:activities"))]


@require_GET
@requires(VIEW_PEOPLE)
def activity_list(request: SignedInRequest) -> HttpResponse:
    """Everything recorded in sight."""
    asked = activities_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    order = tables.order_of(request, ACTIVITIES, default="-held_on")
    rows = asked.qs.select_related("unit", "kind").order_by(order, "-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown: list[Any] = list(page.object_list)
    parts = parts_of(shown)
    for row in shown:
        row.shown_parts = parts.get(row.pk, [])
    table = tables.build(
        shown,
        ACTIVITIES,
        request=request,
        order=order,
        caption="履职记录",
        empty="没有符合条件的履职记录",
        empty_hint="开展活动后在这里登记，月报会自动计数，不用再填一遍。",
    )
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "may_record": request.user.can_anywhere(RECORD_WORK),
        "may_export": request.user.can_anywhere(EXPORT),
        "campaigns": campaigns_near(clock.today()),
        "export_url": f"{reverse('duty:export_activities')}{f'?{query}' if query else ''}",
    }
    return render(request, "sanzhang/duty/activities.html", context)


@require_POST
@requires(VIEW_PEOPLE)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, ACTIVITIES_FILE.kind)


@require_http_methods(["GET", "POST"])
@requires(RECORD_WORK)
def new_activity(request: SignedInRequest) -> HttpResponse:
    """Record an activity; ``?copy=`` begins with another, ``?day=`` with what a campaign day suggests."""
    form = ActivityForm(typed(request), user=request.user, host=request.user.unit, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            activity = service.record_activity(
                facts=form.facts(),
                unit=form.cleaned_data["unit"],
                by=request.user,
                explanation=form.cleaned_data["explanation"],
                key=form.cleaned_data["key"],
            )
            messages.success(request, f"已登记“{activity.title}”，月报自动计数。")
            again = f"{reverse('duty:new_activity')}?copy={activity.pk}&saved=1"
            return redirect(again if "again" in request.POST else f"{activity.get_absolute_url()}?saved=1")
    context = {
        "form": form,
        "crumbs": _crumbs(),
        "campaigns": campaigns_near(clock.today()),
        "draft": f"activity-{request.user.pk}",
        "is_new": True,
    }
    return render(request, "sanzhang/duty/activity_form.html", context, status=422 if form.is_bound else 200)


def _initial(request: SignedInRequest) -> dict[str, Any]:
    host = hosts_of(request.user).filter(pk=request.user.unit.pk).first() or hosts_of(request.user).first()
    initial: dict[str, Any] = {"unit": host, "place": last_place(host) if host else ""}
    copied = key_in(request.GET.get("copy"))
    if copied:
        model = activities_in_sight(request.user).filter(pk=copied).first()
        if model is not None:
            initial |= {"unit": model.unit} | facts_as_initial(model)
            for name in ("held_on", "ended_on", "revision", "was_reported"):
                initial.pop(name)
    day = key_in(request.GET.get("day"))
    if found := CampaignDay.objects.filter(pk=day).first():
        initial |= {"kind": found.kind_id, "title": found.name}
    return initial


@require_GET
@requires(RECORD_WORK)
def people_rows(request: SignedInRequest) -> HttpResponse:
    """The rows to tick of the host just chosen."""
    host = get_object_or_404(hosts_of(request.user), pk=key_in(request.GET.get("unit")))
    rows = [PersonRow(person, request.GET.get(f"part-{person.pk}", "")) for person in people_to_tick(host)]
    return render(request, "sanzhang/duty/people_rows.html", {"rows": rows})


@require_GET
@requires(RECORD_WORK)
def find_people(request: SignedInRequest) -> HttpResponse:
    """Others by name, to be added to the rows: of foreign people the name and the unit alone."""
    host = request.user.unit
    found = people_by_name(request.GET.get("name", ""), host) if host else []
    rows = [PersonRow(person, "") for person in found if f"part-{person.pk}" not in request.GET]
    context = {"rows": rows, "asked": request.GET.get("name", "").strip()}
    return render(request, "sanzhang/duty/people_found.html", context)


@require_GET
@requires(VIEW_PEOPLE)
def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """One activity with who took part, its audience, files and what may be done."""
    found = _in_sight(request, pk)
    return render(request, "sanzhang/duty/activity.html", activity_page(request, found))


def activity_page(request: SignedInRequest, found: Activity) -> dict[str, Any]:
    may_record = request.user.can(RECORD_WORK, found.unit) and found.voided_at is None
    seen = request.user.reach_of(VIEW_PEOPLE)
    return {
        "activity": found,
        "crumbs": _crumbs(),
        "state": dict(zip(("label", "tone"), activity_state(found), strict=True)),
        "parts": [(part, seen.covers(part.person.unit)) for part in parts_of([found]).get(found.pk, [])],
        "co_hosts": found.co_hosts.select_related("unit", "affiliate"),
        "photos": list(Attachment.objects.of(found)),
        "may_record": may_record,
        "may_copy": request.user.can_anywhere(RECORD_WORK),
        "photos_form": PhotosForm(),
        "void_form": VoidForm(),
        "draft_done": f"activity-{request.user.pk}" if request.GET.get("saved") else "",
    }


@require_http_methods(["GET", "POST"])
@requires(RECORD_WORK)
def edit_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mend a record."""
    found = _to_manage(request, pk)
    form = ActivityForm(typed(request), user=request.user, activity=found, initial=facts_as_initial(found))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.change_activity(
                activity=found,
                revision=form.cleaned_data["revision"] or 0,
                facts=form.facts(),
                by=request.user,
                explanation=form.cleaned_data["explanation"],
            )
            messages.success(request, "已保存。")
            return redirect(found)
    context = {
        "form": form,
        "activity": found,
        "crumbs": [*_crumbs(), (found.title, found.get_absolute_url())],
    }
    return render(request, "sanzhang/duty/activity_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(RECORD_WORK)
def void_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _to_manage(request, pk)
    service.void_activity(activity=found, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, "已作废，从此后的统计中去掉；已上报的月报不变。")
    return redirect(found)


@require_POST
@requires(RECORD_WORK)
def add_photo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Photos, for who likes; never asked for."""
    found = _to_manage(request, pk)
    add_photos(activity=found, uploads=request.FILES.getlist("file"), by=request.user)
    messages.success(request, "已上传。")
    return redirect(found)


@require_POST
@requires(RECORD_WORK)
def drop_photo(request: SignedInRequest, pk: int, file_id: Any) -> HttpResponse:
    found = _to_manage(request, pk)
    photo = get_object_or_404(Attachment.objects.of(found), pk=file_id)
    remove_photo(activity=found, photo=photo, by=request.user)
    messages.success(request, "已移除。")
    return redirect(found)


def _in_sight(request: SignedInRequest, pk: int) -> Activity:
    return get_object_or_404(activities_in_sight(request.user).select_related("unit", "kind"), pk=pk)


def _to_manage(request: SignedInRequest, pk: int) -> Activity:
    found = _in_sight(request, pk)
    demand(request, RECORD_WORK, found.unit)
    return found
