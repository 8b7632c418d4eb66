"""总体情况: the first page of cities, of the province and of leaders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import requires
from core import formats, tables
from core.access import SignedInRequest
from core.tables import Column
from orgs.choices import Level
from reporting.filters.boards import DashboardForm
from reporting.permissions import CHASE, VIEW_REPORTS
from reporting.selectors.board import basis_words, headlines
from reporting.selectors.coverage import CoverageRow, coverage_table
from reporting.selectors.moves import Move, read_moves
from reporting.selectors.other_work import other_work
from reporting.selectors.overview import Overview, read_overview
from reporting.selectors.spots import SpotQuery, moment_of, soonest, spots_of
from reporting.tables.boards import matrix_columns, spot_columns
from reporting.views.looking import Look, crumbs_to, may_drill, with_look
from reporting.views.recorded import ways_since
from reporting.views.remembered import remembered
from reporting.views.ways import way_down
from sanzhang.selectors.desk import body_work

#: Blank spots by name before the whole list is asked for.
SPOTS_SHOWN = 6
ANY = SpotQuery()
BELOW_LABELS = {Level.PROVINCE: "县级", Level.CITY: "乡镇"}


@requires(VIEW_REPORTS)
@with_look
def overview(request: SignedInRequest, look: Look) -> HttpResponse:
    """What must I do now, how far coverage is and what moved, who is late or missing, what is blank."""
    look = look.on_its_day()
    post = request.user.posting
    month = remembered(
        *("overview", request.user.pk, post.pk, look.unit.pk, look.cycle.pk, request.GET.urlencode()),
        make=lambda: render_to_string("reporting/dash/overview_month.html", _context(request, look), request),
    )
    return render(request, "reporting/dash/overview.html", {"month": month})


def _context(request: SignedInRequest, look: Look) -> dict[str, Any]:
    found = read_overview(look.cycle, look.unit, request.user, look.lens)
    is_own = look.unit.pk == request.user.unit.pk and look.lens.is_then
    has_work = is_own and (look.is_present or not look.cycle.is_locked)
    others = other_work(look.unit, request.user, beside=look.cycle) if has_work else []
    return {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "overview": found,
        "has_work": has_work,
        "others": [work for work in others if work.is_soon and not found.looks_on],
        "others_later": [work for work in others if found.looks_on or not work.is_soon],
        "body_work": body_work(look.unit, request.user) if has_work else None,
        "registry_url": look.address("reporting:registry"),
        "registered": ways_since(look, request.user, found.registered),
        "form": DashboardForm(look.asked, cycles=look.cycles, unit=look.unit),
        "may_chase": request.user.can(CHASE, look.unit) and not look.cycle.is_locked,
        "crumbs": crumbs_to(request, look, "reporting:overview"),
        "links": _links(look),
        "tells_changes": look.is_present and look.lens.is_then,
        **_who(request, look, found),
        **_coverage(look),
    }


def _who(request: SignedInRequest, look: Look, found: Overview) -> dict[str, Any]:
    """Who is in: of cities and counties those behind alone unless all are asked for; of townships all."""
    owe_below = look.unit.level + 2 in look.cycle.collection.levels
    below = BELOW_LABELS.get(Level(look.unit.level), "") if owe_below else ""
    columns = matrix_columns(
        report=lambda pk: reverse("reporting:report", args=[pk]),
        drill=lambda pk: look.address("reporting:completeness", unit=pk),
        below=below,
        charges_lateness=look.unit.level < Level.COUNTY,
    )
    may_shorten = look.unit.level < Level.COUNTY and look.lens.is_then
    shows_all = not may_shorten or request.GET.get("units") == "all"
    rows = found.matrix if shows_all else found.behind
    return {
        "matrix": tables.build(
            rows,
            columns if below else columns[: 3 if look.unit.level >= Level.COUNTY else 4],
            caption=f"{look.cycle.heading}报送情况" if shows_all else "迟报、未报和退回的单位",
            layout="scroll",
        ),
        "may_shorten": may_shorten,
        "shows_all": shows_all,
        "who_url": look.address("reporting:overview", units=None if shows_all else "all"),
    }


def _coverage(look: Look) -> dict[str, Any]:
    """Coverage in a few numbers, the ratios against last month, last year and the target, and what is blank."""
    if not (look.cycle.collection.is_principal and may_drill(look.unit.level)):
        return {}
    table = coverage_table(look.cycle, look.unit, lens=look.facts_lens, on=look.on)
    if table.whole is None:
        return {"no_facts": True}
    moves = [
        move
        for move in read_moves(look.cycle, look.unit, table, lens=look.facts_lens, on=look.on)
        if move.rate is not None or move.target is not None
    ]
    columns = move_columns(look, moves)
    spots = [] if look.is_now else spots_of(look.unit, moment_of(look.cycle, ANY, look.on), ANY)
    return {
        "headline": [
            (card, way_down(look, card.key, look.unit.pk))
            for card in headlines(table.whole.facts, table.before)
            if card.value is not None and not _says_nothing(card.key, look)
        ],
        "has_delta": bool(table.before),
        "basis_words": basis_words(look.cycle, table, look.on),
        "moves": tables.build(moves, columns, caption=_compared(columns)),
        "moves_note": not_compared(look, moves),
        "shows_spots": not look.is_now,
        "spots": tables.build(
            soonest(spots)[:SPOTS_SHOWN],
            [
                column
                for column in spot_columns(_unit_page)
                if column.key in ("name", "planned_on", "responsible")
            ],
            caption="计划最早的在前，没有计划的在后",
            layout="scroll",
        ),
        "spot_count": len(spots),
        "spots_url": look.address("reporting:blank_spots"),
        "village_spots": _village_spots(table.whole),
        "village_spots_url": look.address("reporting:blank_spots", level=Level.VILLAGE.value),
        "coverage_url": look.address("reporting:coverage"),
    }


def _village_spots(whole: CoverageRow) -> int:
    expected, established = (whole.number(f"units_{sort}_village") for sort in ("expected", "established"))
    return (expected or 0) - (established or 0)


def _compared(columns: Sequence[Column]) -> str:
    """与上月、上年、目标比, of those that there are; the list's caption."""
    names = {"on_month": "上期", "on_year": "上年同期", "target": "目标"}
    known = [names[column.key] for column in columns if column.key in names]
    return f"与{'、'.join(known)}比" if known else "本期比率"


def _unit_page(pk: int) -> str:
    return reverse("orgs:detail", args=[pk])


def _says_nothing(key: str, look: Look) -> bool:
    """One county is covered or not: a ratio of one is none."""
    return key == "county_coverage_rate" and look.unit.level >= Level.COUNTY


def move_columns(look: Look, moves: Sequence[Move]) -> list[Column]:
    """The ratios of one unit beside what they can be compared with; with those that fell below it where units below
    are compared."""
    compares = look.unit.level < Level.COUNTY

    def compare(move: Move) -> str:
        return look.address("reporting:standing", measure=move.measure)

    columns = [
        Column("label", "指标", "name", link=compare if compares else None),
        Column("rate", "本期", "percent"),
    ]
    if any(each.on_month is not None for each in moves):
        columns.append(Column("on_month", "环比（百分点）", "amount", value=_signed("on_month")))
    if any(each.on_year is not None for each in moves):
        columns.append(Column("on_year", "同比（百分点）", "amount", value=_signed("on_year")))
    if any(each.target for each in moves):
        columns.append(
            Column("target", "目标", "amount", value=lambda each: each.target and each.target.shown_target)
        )
        columns.append(
            Column("pace", "进度", "pill", value=lambda each: each.target.pill if each.target else None)
        )
    if compares and any(each.fell is not None for each in moves):
        fell = f"比{look.cycle.beat.last}下降的下级（百分点）"
        columns.append(Column("fell_words", fell, link=lambda each: compare(each) if each.fell else None))
    return columns


def _signed(name: str) -> Callable[[Move], str]:
    return lambda each: formats.signed(getattr(each, name), 1)


def not_compared(look: Look, moves: Sequence[Move]) -> str:
    """What the ratios cannot be compared with yet, in words; empty where nothing is wanting."""
    beat, wanting = look.cycle.beat, []
    if moves and all(each.on_month is None for each in moves):
        wanting.append(f"没有{beat.last}的台账数，不列环比")
    if moves and all(each.on_year is None for each in moves):
        wanting.append(f"没有{beat.year_ago}的台账数，不列同比")
    if moves and all(each.target is None for each in moves):
        wanting.append("还没有下达目标")
    return f"{'；'.join(wanting)}。" if wanting else ""


def _links(look: Look) -> list[tuple[str, str]]:
    reported = [
        ("报送质量", look.address("reporting:completeness")),
        ("汇总数据", look.address("reporting:totals")),
    ]
    if not look.cycle.collection.is_principal:
        return reported
    compared = [("单位对比", look.address("reporting:standing"))] if look.unit.level < Level.COUNTY else []
    return [
        ("挂图作战", look.address("reporting:coverage")),
        *compared,
        *reported,
        ("空白点名单", look.address("reporting:blank_spots")),
    ]
