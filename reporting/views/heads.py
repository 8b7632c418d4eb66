"""The names behind a registry figure: who came, left or moved in a window, who was in office or at work at its end."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, requires
from reporting.exporters.heads import KIND
from reporting.filters.boards import HeadsForm
from reporting.models import Indicator
from reporting.selectors.registry_heads import (
    CHANGES,
    CORRECTED,
    COUNTED,
    VILLAGE,
    Heads,
    heads_behind,
    people_in_sight,
)
from reporting.views.looking import Look, crumbs_to, may_export, with_look
from sanzhang.models import KeyPerson
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors import seats_of_people
from sanzhang.selectors.paging import KeyPaginator
from sanzhang.tables.people import BY_PINYIN, people_columns

PAGE_SIZE = 50


@require_GET
@requires(VIEW_PEOPLE)
@with_look
def heads(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """Everybody whom the figure counts, as far as they are in sight."""
    if key not in COUNTED:
        raise Http404
    indicator = get_object_or_404(Indicator, key=key)
    found = heads_behind(key, look.unit, look.cycle, on=look.on, is_now=look.is_now)
    form = HeadsForm(request.GET, cycle=look.cycle, cycles=look.cycles, unit=look.unit)
    people = people_in_sight(request.user, found, form.text)
    columns = _columns(key, found)
    order = tables.order_of(request, columns, BY_PINYIN)
    whole = KeyPerson.objects.select_related("occupation", "unit")
    page = KeyPaginator(people.order_by(order, "id"), PAGE_SIZE, whole=whole).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    seats = seats_of_people(shown, found.day_of_seats(key))
    for person in shown:
        person.seats = seats.get(person.pk, [])
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "indicator": indicator,
        "form": form,
        "is_change": key in CHANGES,
        "found": found,
        "page": page,
        "hidden": len(found.keys) - people_in_sight(request.user, found).count(),
        "is_village": key == VILLAGE,
        "is_correction": key == CORRECTED,
        "export_url": look.address("files:start", KIND, key=key, q=form.text)
        if may_export(request, KIND)
        else "",
        "table": tables.build(
            shown,
            columns,
            request=request,
            order=order,
            caption="人员",
            empty="没有符合条件的人员",
            empty_hint="这一期没有这样的人员，或请放宽筛选条件。",
        ),
        "crumbs": [
            *crumbs_to(request, look, "reporting:heads", key),
            ("台账数据", look.address("reporting:registry")),
        ],
    }
    return render(request, "reporting/dash/heads.html", context)


def _columns(key: str, found: Heads) -> list[tables.Column]:
    """Those of the list of people, and how often the figure counts each where that is not once."""
    columns = people_columns([])
    if key == VILLAGE:
        columns.append(
            tables.Column("villages", "任职村（社区）数", "number", value=lambda one: found.amounts[one.pk])
        )
    if key == CORRECTED:
        columns.append(
            tables.Column("sign", "更正", value=lambda one: "增加" if found.amounts[one.pk] > 0 else "减少")
        )
    return columns
