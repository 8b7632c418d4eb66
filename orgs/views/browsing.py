"""Looking at the tree: the browser that opens lazily, the list, the unit page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import tables
from core.access import SignedInRequest, requires
from files.answers import export_started
from files.permissions import EXPORT
from files.services import request_export
from orgs.exporters import KIND as UNITS_EXPORT
from orgs.filters import UnitFilter
from orgs.models import OrgUnit
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS, VIEW_UNITS
from orgs.selectors import units as selectors
from orgs.tables import CHILD_COLUMNS, EDITION_COLUMNS, LEVEL_COLUMNS, UNIT_COLUMNS, state_pill
from orgs.views.pages import crumbs_of, facts_panel

PAGE_SIZE = 50
SEARCH_LIMIT = 50
CHILDREN_LIMIT = 200


def _node(unit: Any) -> dict[str, Any]:
    label, tone = state_pill(unit)
    has_children = unit.rght > unit.lft + 1
    return {
        "label": unit.name,
        "url": reverse("orgs:detail", args=[unit.pk]),
        "children_url": reverse("orgs:branch", args=[unit.pk]) if has_children else "",
        "meta": unit.division_code,
        "state": {"label": label, "tone": tone},
    }


@requires(VIEW_UNITS)
@require_GET
def tree(request: SignedInRequest) -> HttpResponse:
    """The tree from the highest units in reach, or what was searched for."""
    text = request.GET.get("q", "").strip()[:60]
    tops = selectors.top_units(request.user)
    context: dict[str, Any] = {"text": text, "tops": tops, "results": None, "nodes": []}
    if text:
        found = selectors.found_units(request.user, text, limit=SEARCH_LIMIT)
        context["results"] = tables.build(
            found,
            UNIT_COLUMNS,
            caption=f"“{text}”的查找结果",
            empty="没有找到",
            empty_hint="可按名称、代码、拼音或首字母查找，如“历下”“370102”“lxq”。",
        )
        context["is_cut"] = len(found) == SEARCH_LIMIT
    elif len(tops) == 1:
        context["nodes"] = [_node(unit) for unit in selectors.children_of(tops[0])]
        context["top"] = tops[0]
    else:
        units = selectors.with_facts(OrgUnit.objects.filter(pk__in=[unit.pk for unit in tops]))
        context["nodes"] = [_node(unit) for unit in units.in_code_order()]
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    return render(request, "orgs/tree_results.html" if is_part else "orgs/tree.html", context)


@requires(VIEW_UNITS)
@require_GET
def branch(request: SignedInRequest, pk: int) -> HttpResponse:
    """The units directly below one, for the tree."""
    unit = get_object_or_404(selectors.visible_units(request.user), pk=pk)
    nodes = [_node(child) for child in selectors.children_of(unit)]
    return render(request, "components/tree_nodes.html", {"nodes": nodes})


@requires(VIEW_UNITS)
@require_GET
def unit_list(request: SignedInRequest) -> HttpResponse:
    """Every unit in reach, narrowed, sorted, by pages."""
    units = selectors.visible_units(request.user)
    found = UnitFilter(request.GET, queryset=units, request=request)
    order = tables.order_of(request, UNIT_COLUMNS, default="division_code")
    rows = found.qs if found.is_valid() else units.none()
    page = Paginator(rows.order_by(order, "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = selectors.with_facts(OrgUnit.objects.filter(pk__in=[unit.pk for unit in page]))
    context = {
        "filter": found,
        "page": page,
        "table": tables.build(
            shown.order_by(order, "pk"),
            UNIT_COLUMNS,
            request=request,
            order=order,
            caption="单位名册",
            empty="没有符合条件的单位",
        ),
        "export_url": f"{reverse('orgs:export')}?{request.GET.urlencode()}",
        "may_export": request.user.can_anywhere(EXPORT),
    }
    return render(request, "orgs/list.html", context)


@requires(EXPORT)
@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """The list, narrowed as on the page, as a workbook."""
    units = selectors.visible_units(request.user)
    found = UnitFilter(request.GET, queryset=units, request=request)
    criteria = found.criteria if found.is_valid() else {}
    job = request_export(kind=UNITS_EXPORT, params=criteria, unit=request.user.unit, by=request.user)
    return export_started(request, job)


@requires(VIEW_UNITS)
@require_GET
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One unit: what stands, who answers for it, what it has and lacks, what lies below, what it was."""
    units = selectors.visible_units(request.user).select_related("province", "city", "county", "township")
    unit = get_object_or_404(units, pk=pk)
    facts = selectors.unit_facts(unit)
    children = list(selectors.children_of(unit)[: CHILDREN_LIMIT + 1])
    can_edit = unit.closed_on is None and request.user.can(EDIT_FACTS, unit)
    context = {
        "unit": unit,
        "crumbs": crumbs_of(unit, request.user),
        "panel": facts_panel(facts, can_edit=can_edit),
        "can_edit": can_edit,
        "can_confirm": not unit.is_expected
        and not unit.expected_confirmed
        and request.user.can(CONFIRM_EXPECTED, unit),
        "below": tables.build(facts.below, LEVEL_COLUMNS),
        "children": tables.build(children[:CHILDREN_LIMIT], CHILD_COLUMNS, empty="没有下级单位"),
        "children_url": f"{reverse('orgs:list')}?parent={unit.pk}" if len(children) > CHILDREN_LIMIT else "",
        "editions": tables.build(facts.editions, EDITION_COLUMNS),
    }
    return render(request, "orgs/detail.html", context)
