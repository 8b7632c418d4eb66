"""挂图作战 for a wall: one screen, one request, without the frame of the portal; on paper one A3 sheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import requires
from core import clock
from core.access import SignedInRequest
from orgs.choices import Level
from reporting.permissions import VIEW_REPORTS
from reporting.selectors import board as boards
from reporting.selectors.facts import moment_shown
from reporting.selectors.tiles import VIEWS, Tile
from reporting.selectors.wall import Item, Wall, read_wall, wall_stamp
from reporting.views.coverage import STAMP_HEADER, report_shares
from reporting.views.looking import Look, crumbs_to, with_principal_look
from reporting.views.remembered import remembered
from reporting.views.targets import address_of
from reporting.views.ways import unit_page, way_down

CHART_MONTHS = 6


@requires(VIEW_REPORTS)
@require_GET
@with_principal_look
def wall(request: SignedInRequest, look: Look) -> HttpResponse:
    """The whole screen. Asked again with the stamp of what it shows, it answers nothing (204) where nothing moved, so
    that no chart is drawn anew."""
    view = request.GET.get("by", "")
    view = view if view in VIEWS else "established"
    stamp = wall_stamp(look.cycle, look.unit)
    is_part = bool(getattr(request, "htmx", False))
    if is_part and request.headers.get(STAMP_HEADER) == stamp:
        return HttpResponse(status=204)
    screen = remembered(
        *("wall", look.unit.pk, look.cycle.pk, view, stamp),
        make=lambda: render_to_string("reporting/wall/screen.html", _screen(look, view, stamp)),
    )
    if is_part:
        return HttpResponse(screen)
    above = crumbs_to(request, look, "reporting:wall")
    return render(
        request,
        "reporting/wall/page.html",
        {
            "look": look,
            "unit": look.unit,
            "cycle": look.cycle,
            "screen": screen,
            "view": view,
            "views": [(key, label) for key, (label, _measure, _key) in VIEWS.items()],
            "crumbs": above,
            "out_url": look.address("reporting:coverage"),
        },
    )


def _screen(look: Look, view: str, stamp: str) -> dict[str, Any]:
    found = read_wall(look.cycle, look.unit, view)
    board = found.board
    address = address_of(look)
    return {
        "unit": look.unit,
        "cycle": look.cycle,
        "wall": found,
        "board": board,
        "stamp": stamp,
        "now": clock.now(),
        "refresh_url": look.address("reporting:wall", by=view),
        "view_label": VIEWS[view][0],
        "headline": [
            {"card": card, "url": way_down(look, card.key, look.unit.pk)} for card in board.headline
        ],
        "tiles": [(tile, _tile_address(look, tile, found, view)) for tile in found.tiles],
        "targets": [(each, address(each)) for each in found.own_targets],
        "haves": [(item, _item_address(look, item)) for item in found.haves],
        "lacks": [(item, _item_address(look, item)) for item in found.lacks],
        "levels": [
            row | {"url": look.address("reporting:blank_spots", level=row["level"])}
            for row in boards.level_rows(board)
        ],
        "shares": report_shares(board.own_reports),
        "own_reports": board.own_reports,
        "movements": [(each, look.address("reporting:sources", each.key)) for each in found.movements],
        "rate_chart": boards.rate_chart(board),
        "events_chart": _latest(boards.events_chart(board)),
        "spots": [
            (spot.name.removeprefix(look.unit.name), spot.planned_on, unit_page(look, spot.unit_id))
            for spot in found.spots
        ],
        "spots_url": look.address("reporting:blank_spots", level=_level_to_list(found)),
        "spot_levels": "、".join(str(level.label).removesuffix("级") for level in found.spot_levels),
        "quality_url": look.address("reporting:completeness"),
    }


def _level_to_list(found: Wall) -> int | None:
    """The villages where none but they are named; else what the list shows by itself."""
    levels = {spot.level for spot in found.spots}
    return Level.VILLAGE.value if levels == {Level.VILLAGE} else None


def _latest(chart: dict[str, Any]) -> dict[str, Any]:
    """The last months of a chart that has little room, without their years."""
    series = [line | {"data": line["data"][-CHART_MONTHS:]} for line in chart["series"]]
    labels = [label.split("年")[-1] for label in chart["categories"][-CHART_MONTHS:]]
    return chart | {"categories": labels, "series": series}


def _tile_address(look: Look, tile: Tile, found: Wall, view: str) -> str:
    """Down to the unit's own wall; of a township, to its page with its people and its evidence."""
    row = next(row for row in found.board.table.rows if row.unit_id == tile.unit_id)
    if row.level >= Level.TOWNSHIP:
        return unit_page(look, tile.unit_id)
    return look.address("reporting:wall", unit=tile.unit_id, by=view)


def _item_address(look: Look, item: Item) -> str:
    """The units behind a count of 六有 or 四缺, on the very day that it is of."""
    query: dict[str, Any] = {
        "unit": look.unit.pk,
        "item": item.key,
        "level": Level.TOWNSHIP.value,
        "holds": "yes",
    }
    if (day := moment_shown(look.cycle).day) < clock.today():
        query["on"] = day.isoformat()
    return f"{reverse('orgs:item_holders')}?{urlencode(query)}"
