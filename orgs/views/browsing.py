"""Looking at the tree: the browser that opens lazily, the unit page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, requires
from orgs.models import OrgUnit
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS, VIEW_UNITS
from orgs.selectors import past
from orgs.selectors import units as selectors
from orgs.selectors.affiliates import unit_section
from orgs.selectors.standing import standing_of, with_standing
from orgs.tables.days import columns_on
from orgs.tables.units import CHILD_COLUMNS, EDITION_COLUMNS, FOUND_COLUMNS, LEVEL_COLUMNS, state_pill
from orgs.views.days import day_context, place_words, query_of
from orgs.views.life import life_of
from orgs.views.pages import crumbs_of, facts_panel

SEARCH_LIMIT = 50
CHILDREN_LIMIT = 200


def _node(unit: Any, day: dt.date | None = None) -> dict[str, Any]:
    label, tone = state_pill(unit)
    has_children = unit.rght > unit.lft + 1 if day is None else unit.has_below
    return {
        "label": unit.name,
        "url": reverse("orgs:detail", args=[unit.pk]) + query_of(day),
        "children_url": reverse("orgs:branch", args=[unit.pk]) + query_of(day) if has_children else "",
        "meta": unit.division_code,
        "state": {"label": label, "tone": tone},
    }


@requires(VIEW_UNITS)
@require_GET
def tree(request: SignedInRequest) -> HttpResponse:
    """The tree from the highest units in reach, or what was searched for."""
    text = request.GET.get("q", "").strip()[:60]
    context: dict[str, Any] = {"text": text, "results": None, "nodes": []} | day_context(request)
    if text:
        context |= _found(request, text, context["on"])
    else:
        context |= _tops(request, context["on"])
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    return render(request, "orgs/tree_results.html" if is_part else "orgs/tree.html", context)


def _found(request: SignedInRequest, text: str, day: dt.date | None) -> dict[str, Any]:
    if day is None:
        found = selectors.found_units(request.user, text, limit=SEARCH_LIMIT)
    else:
        found = past.found_on(selectors.visible_units(request.user), text, day, limit=SEARCH_LIMIT)
    return {
        "is_cut": len(found) == SEARCH_LIMIT,
        "results": tables.build(
            found,
            columns_on(FOUND_COLUMNS, day),
            caption=f"“{text}”的查找结果",
            empty="没有找到",
            empty_hint="可按名称、代码、拼音或首字母查找，如“历下”“370102”“lxq”。"
            if day is None
            else "可按当时的名称或代码查找。",
        ),
    }


def _tops(request: SignedInRequest, day: dt.date | None) -> dict[str, Any]:
    """Where the tree begins: below the one unit in reach, or the units in reach themselves."""
    tops = selectors.top_units(request.user)
    if len(tops) == 1:
        return {"nodes": _children(request, tops[0], day), "top": tops[0]}
    if day is not None:
        return {"nodes": [_node(unit, day) for unit in past.tops_on(tops, day)]}
    units = selectors.with_facts(OrgUnit.objects.filter(pk__in=[unit.pk for unit in tops]))
    return {"nodes": [_node(unit) for unit in units.in_code_order()]}


def _children(request: SignedInRequest, unit: OrgUnit, day: dt.date | None) -> list[dict[str, Any]]:
    if day is None:
        return [_node(child) for child in selectors.children_of(unit)]
    below = past.children_on(unit, day, selectors.visible_units(request.user))
    return [_node(child, day) for child in below]


@requires(VIEW_UNITS)
@require_GET
def branch(request: SignedInRequest, pk: int) -> HttpResponse:
    """The units directly below one, for the tree."""
    unit = get_object_or_404(selectors.visible_units(request.user), pk=pk)
    nodes = _children(request, unit, day_context(request)["on"])
    return render(request, "components/tree_nodes.html", {"nodes": nodes})


@requires(VIEW_UNITS)
@require_GET
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One unit: what stands, who answers for it, what it has and lacks, what lies below, what it was."""
    units = selectors.visible_units(request.user).select_related("province", "city", "county", "township")
    unit = get_object_or_404(with_standing(units), pk=pk)
    asked = day_context(request)
    if asked["on"] is not None:
        return _detail_on(request, unit, asked)
    facts = selectors.unit_facts(unit)
    standing = standing_of(unit)
    children = list(selectors.children_of(unit)[: CHILDREN_LIMIT + 1])
    can_edit = unit.closed_on is None and request.user.can(EDIT_FACTS, unit)
    context = {
        "unit": unit,
        "crumbs": crumbs_of(unit, request.user),
        "panel": facts_panel(facts, standing, user=request.user, can_edit=can_edit),
        "can_edit": can_edit,
        "can_confirm": not unit.is_expected
        and not unit.expected_confirmed
        and request.user.can(CONFIRM_EXPECTED, unit),
        "below": tables.build(facts.below, LEVEL_COLUMNS),
        "children": tables.build(children[:CHILDREN_LIMIT], CHILD_COLUMNS, empty="没有下级单位"),
        "children_url": f"{reverse('orgs:list')}?parent={unit.pk}" if len(children) > CHILDREN_LIMIT else "",
        "affiliates": unit_section(unit),
        "editions": tables.build(facts.editions, EDITION_COLUMNS),
        **life_of(facts, request.user),
    }
    return render(request, "orgs/detail.html", context | asked)


def _detail_on(request: SignedInRequest, unit: OrgUnit, asked: dict[str, Any]) -> HttpResponse:
    """The same of a past day, to look at; a unit that did not stand then says so."""
    day = asked["on"]
    edition = past.edition_on(unit, day)
    context: dict[str, Any] = {"unit": unit, "edition": edition} | asked
    if edition is not None:
        visible = selectors.visible_units(request.user)
        children = past.children_on(unit, day, visible, opens=False)
        facts = past.facts_on(unit, edition, day)
        context |= {
            "panel": facts_panel(facts, standing_of(unit, day), user=request.user, can_edit=False),
            "place": place_words(edition),
            "below": tables.build(facts.below, LEVEL_COLUMNS),
            "children": tables.build(children, columns_on(CHILD_COLUMNS, day), empty="没有下级单位"),
        }
    context["crumbs"] = crumbs_of(unit, request.user)
    return render(request, "orgs/detail_on.html", context)
