"""“昨天以来” by name: the very records that the overview counts, since any day."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, may_open, requires
from orgs.permissions import VIEW_UNITS
from reporting.exporters.recorded import KIND, title_of
from reporting.filters.recorded import RecordedForm
from reporting.selectors.recorded import (
    FOUNDED,
    LABELS,
    RECORDED,
    founded_since,
    seats_in_sight,
    seats_since,
    start_of_yesterday,
)
from reporting.tables.recorded import FOUNDED_COLUMNS, seat_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_look
from sanzhang.permissions import VIEW_PEOPLE

PAGE_SIZE = 50


def ways_since(look: Look, user: Any, counted: list[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """The counts of the overview, each with the list of what it counts where ``user`` may see that."""
    since = start_of_yesterday().date().isoformat()
    found = []
    for kind, (label, count) in zip(LABELS, counted, strict=False):
        may = user.can(VIEW_UNITS if kind == FOUNDED else VIEW_PEOPLE, look.unit)
        found.append((label, count, _address(look, kind, since) if may and count else ""))
    return found


def _address(look: Look, kind: str, since: str) -> str:
    if kind == FOUNDED:
        return look.address("reporting:recorded_units", since=since)
    return look.address("reporting:recorded_people", kind, since=since)


@require_GET
@requires(VIEW_UNITS)
@with_look
def recorded_units(request: SignedInRequest, look: Look) -> HttpResponse:
    """The associations whose founding was recorded since the day asked for."""
    form = RecordedForm(request.GET)
    rows = founded_since(look.unit, form.since_at, form.text).visible_to(request.user, VIEW_UNITS)
    hidden = founded_since(look.unit, form.since_at, form.text).count() - rows.count()
    rows = rows.select_related("unit")
    return _listed(request, look, form, FOUNDED, rows, FOUNDED_COLUMNS, "recorded_at", hidden)


@require_GET
@requires(VIEW_PEOPLE)
@with_look
def recorded_people(request: SignedInRequest, look: Look, kind: str) -> HttpResponse:
    """The seats whose beginning or end was recorded since the day asked for, of people in sight."""
    if kind not in RECORDED:
        raise Http404
    form = RecordedForm(request.GET)
    rows = seats_in_sight(request.user, kind, look.unit, form.since_at, form.text)
    hidden = seats_since(kind, look.unit, form.since_at, form.text).count() - rows.count()
    rows = rows.select_related("person__occupation", "person__unit", "unit")
    return _listed(request, look, form, kind, rows, seat_columns(kind), RECORDED[kind], hidden)


def _listed(
    request: SignedInRequest,
    look: Look,
    form: RecordedForm,
    kind: str,
    rows: QuerySet,
    columns: list[tables.Column],
    latest: str,
    hidden: int,
) -> HttpResponse:
    order = tables.order_of(request, columns, f"-{latest}")
    page = Paginator(rows.order_by(order, "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    day = form.day.isoformat()
    context = {
        "look": look,
        "unit": look.unit,
        "title": title_of(kind),
        "form": form,
        "page": page,
        "hidden": hidden,
        "export_url": look.address("files:start", KIND, kind=kind, since=day, q=form.text)
        if may_export(request, KIND)
        else "",
        "table": tables.build(
            page.object_list,
            columns,
            request=request,
            order=order,
            caption=title_of(kind),
            empty="没有符合条件的记录",
            empty_hint="这段时间没有这样的登记，请换一个日期或名称。",
        ),
        "crumbs": _crumbs(request, look, kind),
    }
    return render(request, "reporting/dash/recorded.html", context)


def _crumbs(request: SignedInRequest, look: Look, kind: str) -> list[tuple[str, str]]:
    name, *args = ("recorded_units",) if kind == FOUNDED else ("recorded_people", kind)
    crumbs = crumbs_to(request, look, f"reporting:{name}", *args)
    overview = reverse("reporting:overview")
    if may_open(request.user, overview):
        crumbs.append(("总体情况", f"{overview}?unit={look.unit.pk}"))
    return crumbs
