"""The board of candidacies, the list behind it, how long the steps take, and the superior's queue."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.permissions import EXPORT
from sanzhang.exporters.candidacies import CANDIDACIES_FILE, candidacies_asked_for
from sanzhang.filters.seats import offer_units
from sanzhang.forms import OpinionsForm
from sanzhang.permissions import GIVE_OPINION, MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors.board import (
    awaiting_opinion_of,
    longest_waiting,
    outcomes_of,
    shown,
    speeds_of,
    stages_of,
    with_people,
)
from sanzhang.services import opinions as service
from sanzhang.tables.bodies import SPEEDS
from sanzhang.tables.seats import BOARD
from sanzhang.views.tabs import tabs_of

PAGE_SIZE = 50
#: Most that one click agrees to.
MOST_AT_ONCE = 200


def _tabs(request: SignedInRequest, active: str) -> list[dict[str, Any]]:
    pages = [("看板", "candidacies"), ("列表", "candidacy_list"), ("环节用时", "step_speeds")]
    return tabs_of(request, pages, active, dropped=("step", "passed"))


@require_GET
@requires(VIEW_PEOPLE)
def board(request: SignedInRequest) -> HttpResponse:
    """Where every open candidacy stands, column by column."""
    asked = candidacies_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filter": asked,
        "tabs": _tabs(request, "candidacies"),
        "stages": stages_of(asked.qs),
        "query": f"&{query.urlencode()}" if query else "",
        "may_register": request.user.can_anywhere(MANAGE_PEOPLE),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": _export_url(request),
    }
    return render(request, "sanzhang/board.html", context)


@require_GET
@requires(VIEW_PEOPLE)
def candidacy_list(request: SignedInRequest) -> HttpResponse:
    """Every candidacy in sight as a table, open ones first asked for."""
    asked = candidacies_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    order = tables.order_of(request, BOARD)
    rows = with_people(asked.qs)
    rows = rows.order_by(order, "pk") if order else longest_waiting(rows)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        shown(page.object_list),
        BOARD,
        request=request,
        order=order,
        caption="吸纳程序",
        empty="没有符合条件的吸纳程序",
        empty_hint="登记人员时选择“拟吸纳，先走程序”，即从研判提名开始。",
    )
    context = {
        "filter": asked,
        "tabs": _tabs(request, "candidacy_list"),
        "table": table,
        "page": page,
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": _export_url(request),
    }
    return render(request, "sanzhang/candidacy_list.html", context)


def _export_url(request: SignedInRequest) -> str:
    query = request.GET.urlencode()
    return reverse("sanzhang:export_candidacies") + (f"?{query}" if query else "")


@require_POST
@requires(EXPORT)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, CANDIDACIES_FILE.kind)


@require_GET
@requires(VIEW_PEOPLE)
def step_speeds(request: SignedInRequest) -> HttpResponse:
    """Average days a step and how the candidacies ended; people already in post (存量补录) are not counted."""
    asked = candidacies_asked_for(
        request.user, {"state": ["all"]} | {key: value for key, value in request.GET.lists() if value != [""]}
    )
    offer_units(asked.form, request.user)
    table = tables.build(
        speeds_of(asked.qs),
        SPEEDS,
        request=request,
        caption="各环节平均用时",
        empty="还没有办过的环节",
        empty_hint="登记第二个环节以后，这里会显示平均用时。",
    )
    context = {
        "filter": asked,
        "tabs": _tabs(request, "step_speeds"),
        "table": table,
        "outcomes": outcomes_of(asked.qs),
    }
    return render(request, "sanzhang/step_speeds.html", context)


@require_http_methods(["GET", "POST"])
@requires(GIVE_OPINION)
def opinions(request: SignedInRequest) -> HttpResponse:
    """“待我出具意见”: what the units right below have sent; many agreed to at once."""
    rows = list(longest_waiting(with_people(awaiting_opinion_of(request.user.unit)))[:MOST_AT_ONCE])
    form = OpinionsForm(request.POST if request.method == "POST" else None, rows=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = [row for row in rows if row.pk in set(data["chosen"])]
        with refusals_shown(form):
            count = service.agree_to_many(
                candidacies=chosen, on=data["on"], number=data["number"], note=data["note"], by=request.user
            )
            messages.success(request, f"已对{count}名人选出具同意意见。")
            return redirect("sanzhang:opinions")
    context = {
        "form": form,
        "rows": shown(rows),
        "chosen": set(request.POST.getlist("chosen")),
    }
    return render(request, "sanzhang/opinions.html", context, status=422 if form.is_bound else 200)
