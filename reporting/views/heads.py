"""The names behind a registry figure of change: who came in a window, who left, who was in office or active at its end."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, requires
from reporting.filters import HeadsForm
from reporting.models import Indicator
from reporting.selectors.registry_heads import CHANGES, COUNTED, heads_behind
from reporting.views.looking import Look, crumbs_to, with_look
from sanzhang.models import KeyPerson
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors import seats_of_people
from sanzhang.selectors.paging import KeyPaginator
from sanzhang.tables_people import BY_PINYIN, people_columns

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
    in_sight = KeyPerson.objects.visible_to(request.user, VIEW_PEOPLE).among(found.keys)
    people = in_sight.search(form.text) if form.text else in_sight
    columns = people_columns([])
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
        "hidden": len(found.keys) - in_sight.count(),
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
