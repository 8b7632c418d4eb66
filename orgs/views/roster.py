"""联络表, the list of what is missing, and the past of one unit's facts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, requires
from core.listing import listing, opens_with_default
from files.permissions import EXPORT
from orgs.choices import MandatoryFact
from orgs.filters.facts import MissingNarrowing, RosterNarrowing
from orgs.permissions import EDIT_FACTS, VIEW_UNITS
from orgs.selectors.facts import incomplete_units, missing_counts
from orgs.selectors.history import SORTS, history_of
from orgs.selectors.past import call_as_they_were
from orgs.selectors.roster import roster as roster_of
from orgs.selectors.units import visible_units
from orgs.tables.days import columns_on
from orgs.tables.units import HISTORY_COLUMNS, MISSING_COLUMNS, ROSTER_COLUMNS
from orgs.views.days import day_bar, query_of
from orgs.views.pages import crumbs_of

PAGE_SIZE = 50


@requires(VIEW_UNITS)
@require_GET
@opens_with_default("orgs:roster")
def roster(request: SignedInRequest) -> HttpResponse:
    """Who answers for what in a unit and all below it."""
    narrowing = RosterNarrowing(request.GET, user=request.user)
    criteria = narrowing.criteria
    unit = None
    if "unit" in criteria:
        unit = get_object_or_404(visible_units(request.user), pk=criteria["unit"])
    order = tables.order_of(request, ROSTER_COLUMNS, default="unit__division_code")
    rows = roster_of(request.user, criteria).order_by(order, "unit__division_code", "place", "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    day = criteria.get("on")
    if day is not None:
        call_as_they_were([officer.unit for officer in page], day)
    reach = request.user.reach_of(EDIT_FACTS)
    table = tables.build(page.object_list, ROSTER_COLUMNS, request=request, order=order)
    context = {
        "filter": narrowing,
        "unit": unit,
        "page": page,
        "table": table,
        "rows": [
            {
                "officer": officer,
                "phone_url": reverse("orgs:reveal_phone", args=[officer.unit_id, officer.pk])
                if day is None and officer.phone_cipher and reach.covers(officer.unit)
                else "",
            }
            for officer in page
        ],
        "may_export": request.user.can_anywhere(EXPORT),
        "downloads": _downloads(criteria, may_see_whole=bool(reach)),
        "unit_query": query_of(day),
        **day_bar(request, day),
    }
    return render(request, "orgs/roster.html", context)


def _downloads(criteria: dict[str, Any], *, may_see_whole: bool) -> list[dict[str, str]]:
    """The files on offer: masked for everyone, whole for who keeps the numbers."""
    offers: list[tuple[str, str, str, dict[str, str]]] = [
        ("orgs.roster", "下载 Excel", "file-earmark-excel", {}),
        ("orgs.roster_docx", "下载 Word", "file-earmark-word", {}),
    ]
    if may_see_whole:
        offers.append(("orgs.roster", "下载 Excel（含完整电话）", "telephone", {"whole": "1"}))
        offers.append(("orgs.roster_docx", "下载 Word（含完整电话）", "telephone", {"whole": "1"}))
    return [
        {
            "label": label,
            "icon": icon,
            "url": f"{reverse('files:start', args=[kind])}?{urlencode({**criteria, **more})}",
        }
        for kind, label, icon, more in offers
    ]


@requires(VIEW_UNITS)
@require_GET
@opens_with_default("orgs:missing")
def missing(request: SignedInRequest) -> HttpResponse:
    """Units that lack a mandatory fact or are behind their plan, by name."""
    narrowing = MissingNarrowing(request.GET, user=request.user)
    criteria = narrowing.criteria
    everything = incomplete_units(request.user, {k: v for k, v in criteria.items() if k != "fact"})
    counts = missing_counts(everything)
    day = criteria.get("on")
    shown = listing(request, "orgs:missing", columns_on(MISSING_COLUMNS, day), default="division_code")
    page = shown.page(incomplete_units(request.user, criteria).order_by(shown.order, "pk"))
    context = {
        "filter": narrowing,
        "cards": _missing_cards(counts, request),
        "page": page,
        "listing": shown,
        "table": shown.table(
            page.object_list,
            caption="基础信息不全或超过计划日期的单位",
            empty="没有缺项",
            empty_hint="应有的基础信息都已登记，也没有超期的建立计划。",
        ),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('files:start', args=['orgs.missing'])}?{urlencode(criteria)}",
        **day_bar(request, day),
    }
    return render(request, "orgs/missing.html", context)


def _missing_cards(counts: dict[str, int], request: SignedInRequest) -> list[dict[str, Any]]:
    kept = request.GET.copy()
    kept.pop("page", None)
    cards = []
    for fact, count in counts.items():
        kept["fact"] = fact
        label = "超过计划日期" if fact == "overdue" else f"缺{MandatoryFact(fact).label}"
        tone = "danger" if fact == "overdue" else "warning"
        cards.append({"label": label, "count": count, "tone": tone, "url": f"?{kept.urlencode()}"})
    return cards


@requires(VIEW_UNITS)
@require_GET
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that was ever on record of one unit's facts."""
    units = visible_units(request.user).select_related("province", "city", "county", "township")
    unit = get_object_or_404(units, pk=pk)
    kind = request.GET.get("kind", "")
    page = Paginator(history_of(unit, kind), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "tabs": [
            {"label": "全部", "url": "?", "active": kind not in SORTS},
            *(
                {"label": label, "url": f"?kind={key}", "active": key == kind}
                for key, (label, *_rest) in SORTS.items()
            ),
        ],
        "page": page,
        "table": tables.build(page.object_list, HISTORY_COLUMNS, caption="登记历史", empty="没有登记"),
        "crumbs": [
            *crumbs_of(unit, request.user),
            (unit.name, reverse("orgs:detail", args=[unit.pk])),
        ],
    }
    return render(request, "orgs/history.html", context)
