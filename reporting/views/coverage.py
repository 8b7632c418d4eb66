"""挂图作战: coverage falls into place, from the province down to the township and its people."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import requires
from core import clock, tables
from core.access import SignedInRequest
from core.keys import key_in
from orgs.choices import Level
from orgs.models import Cohort
from orgs.selectors.cohorts import known_cohorts
from reporting.filters.boards import CoverageForm
from reporting.permissions import VIEW_REPORTS
from reporting.selectors import board as boards
from reporting.selectors.coverage import CoverageRow
from reporting.tables.boards import coverage_columns, coverage_value, in_order, township_columns
from reporting.views.looking import Look, crumbs_to, with_principal_look
from reporting.views.remembered import remembered
from reporting.views.ways import heads_page, way_down

#: What the page shows already, told by htmx when it asks again.
STAMP_HEADER = "X-Board-Stamp"


@requires(VIEW_REPORTS)
@with_principal_look
def coverage(request: SignedInRequest, look: Look) -> HttpResponse:
    """The wall chart. htmx asks again with the stamp of what it shows, and gets nothing (204) where nothing moved."""
    look = look.on_its_day()
    stamp = boards.board_stamp(look.cycle, look.unit)
    is_part = bool(getattr(request, "htmx", False))
    if is_part and request.headers.get(STAMP_HEADER) == stamp:
        return HttpResponse(status=204)
    board = remembered(
        *("board", look.unit.pk, look.cycle.pk, stamp, request.GET.urlencode()),
        make=lambda: render_to_string(
            "reporting/dash/coverage_board.html", _board_context(request, look, stamp), request
        ),
    )
    if is_part:
        return HttpResponse(board)
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "form": CoverageForm(
            look.asked | {"cohort": request.GET.get("cohort", "")},
            cycles=look.cycles,
            unit=look.unit,
            cohorts=known_cohorts(request.user).open(),
        ),
        "board": board,
        "people_url": heads_page(look, "key_people_total", look.unit.pk),
        "wall_url": look.address("reporting:wall"),
        "crumbs": crumbs_to(request, look, "reporting:coverage"),
    }
    return render(request, "reporting/dash/coverage.html", context)


def _board_context(request: SignedInRequest, look: Look, stamp: str) -> dict[str, Any]:
    cohort = _cohort(request)
    board = boards.read_board(look.cycle, look.unit, lens=look.facts_lens, on=look.on, cohort=cohort)
    own = board.own_reports
    return {
        "unit": look.unit,
        "cycle": look.cycle,
        "board": board,
        "stamp": stamp,
        "now": clock.now(),
        "look": look,
        "refresh_url": look.address(
            "reporting:coverage", sort=request.GET.get("sort"), cohort=cohort and cohort.pk
        ),
        "headline": [
            {"card": card, "url": way_down(look, card.key, look.unit.pk)} for card in board.headline
        ],
        "levels": [
            row | {"url": look.address("reporting:blank_spots", level=row["level"])}
            for row in boards.level_rows(board)
        ],
        "shares": report_shares(own),
        "events": [
            (label, board.latest(key), look.address("reporting:sources", key))
            for key, label in boards.EVENT_LINES
        ],
        "rate_chart": boards.rate_chart(board),
        "people_chart": boards.people_chart(board),
        "events_chart": boards.events_chart(board),
        "field_chart": boards.field_chart(board),
        "lists": _lists(request, look, board, cohort),
    }


def _cohort(request: SignedInRequest) -> Cohort | None:
    """The set whose units are ranked apart; ``None`` where none in sight is named."""
    return known_cohorts(request.user).open().filter(pk=key_in(request.GET.get("cohort"))).first()


def report_shares(own: Any) -> list[dict[str, Any]]:
    """How the month's reports stand, tier by tier, as parts of a whole."""
    if own is None:
        return []
    tiers = [("市级", own.cities), ("县级和功能区", own.counties), ("乡镇（街道）", own.townships)]
    return [
        {
            "label": f"{label}月报",
            "counts": counts,
            "segments": [
                {"label": "已通过", "count": counts.accepted, "tone": "success"},
                {
                    "label": "已报待审",
                    "count": max(counts.submitted - counts.accepted - counts.returned, 0),
                    "tone": "info",
                },
                {"label": "退回未改", "count": counts.returned, "tone": "danger"},
                {"label": "尚未上报", "count": counts.expected - counts.submitted, "tone": "neutral"},
            ],
        }
        for label, counts in tiers
        if counts.expected
    ]


def _lists(
    request: SignedInRequest, look: Look, board: boards.Board, cohort: Cohort | None
) -> list[tables.Table]:
    """Those directly below: cities, counties and zones apart and ranked; townships in code order."""
    if look.unit.level >= Level.TOWNSHIP:
        return []

    def people(pk: int) -> str:
        return heads_page(look, "key_people_total", pk)

    if any(row.level == Level.TOWNSHIP for row in board.table.rows):
        columns = township_columns(lambda pk: reverse("orgs:detail", args=[pk]), people)
        townships = [row for row in board.table.rows if row.level == Level.TOWNSHIP]
        return [tables.build(townships, columns, caption="乡镇（街道）", layout="scroll")]
    columns = coverage_columns(
        lambda pk: look.address("reporting:coverage", unit=pk),
        is_ranked=True,
        way=lambda key, pk: way_down(look, key, pk),
    )
    order = tables.order_of(request, columns, default="code")
    groups: list[tuple[str, list[CoverageRow]]] = [
        ("各市", [row for row in board.table.regular if row.level == Level.CITY]),
        ("县（市、区）", [row for row in board.table.regular if row.level == Level.COUNTY]),
        ("功能区（单列，不与县比较）", board.table.zones),
    ]
    if cohort is not None:
        groups = [
            (f"{caption} · {label}", [row for row in rows if row.is_in_cohort is is_in])
            for caption, rows in groups
            for label, is_in in ((cohort.name, True), ("其他", False))
        ]
    return [
        tables.build(
            in_order(rows, order, coverage_value),
            columns,
            request=request,
            order=order,
            caption=caption,
            layout="scroll",
        )
        for caption, rows in groups
        if rows
    ]
