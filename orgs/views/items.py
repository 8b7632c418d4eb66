"""How far 六有 has come and 四缺 is overcome: by level, by child, on any day, before and after, down to the units."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import clock, tables
from core.access import SignedInRequest, requires
from core.keys import key_in
from files.permissions import EXPORT
from orgs.choices import Level
from orgs.filters.facts import CARRIED, DayNarrowing, HoldersNarrowing
from orgs.models import OrgUnit
from orgs.permissions import VIEW_UNITS
from orgs.selectors import items as selectors
from orgs.selectors.confirmations import own_items_on
from orgs.selectors.items_carried import CarriedItems, table_of
from orgs.selectors.units import top_units, visible_units
from orgs.tables.units import HOLDER_COLUMNS, change_columns, item_columns
from orgs.views.days import day_bar
from orgs.views.pages import crumbs_of

PAGE_SIZE = 50


def _unit(request: SignedInRequest) -> OrgUnit:
    """The unit asked for, if it is in sight; the highest in reach where none is named. Villages keep no items."""
    asked = request.GET.get("unit", "")
    if not asked:
        tops = top_units(request.user)
        if not tops:
            raise Http404
        asked = str(tops[0].pk)
    units = visible_units(request.user).select_related("province", "city", "county", "township")
    return get_object_or_404(units.filter(level__lte=Level.TOWNSHIP), pk=key_in(asked))


def _asked(request: SignedInRequest) -> QueryDict:
    """The query with the township as its level where none is named: there 六有 is measured (Zhoukou 四(三)一)."""
    asked = request.GET.copy()
    asked.setdefault("level", str(Level.TOWNSHIP.value))
    return asked


@requires(VIEW_UNITS)
@require_GET
def item_coverage(request: SignedInRequest) -> HttpResponse:
    """Coverage of each item in a unit's subtree; with a second day the change since then."""
    unit = _unit(request)
    narrowing = DayNarrowing(_asked(request), levels=selectors.levels_below(unit))
    criteria = narrowing.criteria
    level = Level(criteria.get("level", Level.TOWNSHIP))
    on = criteria.get("on") or clock.today()
    since = criteria.get("since")
    is_carried = criteria.get("lens") == CARRIED
    found = table_of(unit, level, on, is_carried=is_carried)
    kept = _kept(criteria)
    context = {
        "unit": unit,
        "level": level,
        "on": on,
        "since": since,
        "filter": narrowing,
        "whole": found.whole,
        "table": tables.build(
            [found.whole, *found.rows],
            item_columns(
                lambda row, key: _holders_address(row.unit_id, key, level, kept),
                lambda row: (
                    "" if row.unit_id == unit.pk or row.unit_id < 0 else _coverage_address(row.unit_id, kept)
                ),
            ),
            caption=f"{level.label}应建单位的六有四缺",
            layout="scroll",
        ),
        "changes": tables.build(
            selectors.changes_between(table_of(unit, level, since, is_carried=is_carried).whole, found.whole),
            change_columns(),
            caption="前后对比",
        )
        if since
        else None,
        **_bar(request, criteria),
        "own": own_items_on(unit, since, on) if since else None,
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('files:start', args=['orgs.item_coverage'])}?"
        + urlencode(kept | {"unit": str(unit.pk)}),
        "crumbs": [
            *crumbs_of(unit, request.user),
            (unit.name, reverse("orgs:detail", args=[unit.pk])),
        ],
    }
    return render(request, "orgs/item_coverage.html", context)


def _kept(criteria: dict[str, Any]) -> dict[str, str]:
    """Level, days and tree, as they go along with every link of the page."""
    return {name: str(criteria[name]) for name in ("level", "on", "since", "lens") if name in criteria}


def _bar(request: SignedInRequest, criteria: dict[str, Any]) -> dict[str, Any]:
    """Which tree is counted by, where it is not today's."""
    is_carried = criteria.get("lens") == CARRIED
    words = "按现行区划：合并的单位算一个，其中有一个具备即算具备；分设的并成一行。" if is_carried else ""
    return day_bar(request, criteria.get("on") or (clock.today() if is_carried else None), words)


def _coverage_address(unit_id: int, kept: dict[str, str]) -> str:
    return f"{reverse('orgs:item_coverage')}?{urlencode(kept | {'unit': str(unit_id)})}"


def _holders_address(unit_id: int, key: str, level: Level, kept: dict[str, str]) -> str:
    query = {"unit": str(unit_id), "item": key, "level": str(level.value), "holds": "yes"}
    query |= {name: kept[name] for name in ("on", "lens") if name in kept}
    return f"{reverse('orgs:item_holders')}?{urlencode(query)}"


@requires(VIEW_UNITS)
@require_GET
def item_holders(request: SignedInRequest) -> HttpResponse:
    """The units behind one number: those that have or lack an item, or the others."""
    unit = _unit(request)
    narrowing = HoldersNarrowing(_asked(request), levels=selectors.levels_below(unit))
    criteria = narrowing.criteria
    key = criteria.get("item", "")
    if key not in selectors.LABELS:
        raise Http404
    holds = criteria.get("holds", "yes") == "yes"
    on = criteria.get("on") or clock.today()
    level = Level(criteria.get("level", Level.TOWNSHIP))
    text = criteria.get("q", "")
    carried = CarriedItems(unit, level, on) if criteria.get("lens") == CARRIED else None
    found: Any = (
        selectors.units_holding(unit, level=level, key=key, holds=holds, day=on, text=text)
        if carried is None
        else carried.holders(key, holds=holds, text=text)
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    rows = selectors.with_item_facts(rows, key, on) if carried is None else carried.tell(rows, key)
    other = request.GET.copy()
    other.pop("page", None)
    other["holds"] = "no" if holds else "yes"
    context = {
        "unit": unit,
        "label": selectors.LABELS[key],
        "holds": holds,
        "on": on,
        "level": level,
        "filter": narrowing,
        "page": page,
        "other_url": f"?{other.urlencode()}",
        "table": tables.build(rows, HOLDER_COLUMNS, empty="没有这样的单位"),
        **_bar(request, criteria),
        "crumbs": [
            *crumbs_of(unit, request.user),
            (unit.name, reverse("orgs:detail", args=[unit.pk])),
            ("六有四缺覆盖", f"{reverse('orgs:item_coverage')}?unit={unit.pk}"),
        ],
    }
    return render(request, "orgs/item_holders.html", context)
