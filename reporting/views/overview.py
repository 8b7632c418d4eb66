"""总体情况: the first page of cities and the province."""

from __future__ import annotations

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
from reporting.selectors.board import Headline, headlines
from reporting.selectors.coverage import coverage_table
from reporting.selectors.moves import Move, read_moves
from reporting.selectors.other_work import other_work
from reporting.selectors.overview import read_overview
from reporting.tables.boards import matrix_columns
from reporting.views.looking import Look, crumbs_to, may_drill, with_look
from reporting.views.remembered import remembered
from sanzhang.selectors.desk import body_work

BELOW_LABELS = {Level.PROVINCE: "县级", Level.CITY: "乡镇"}


@requires(VIEW_REPORTS)
@with_look
def overview(request: SignedInRequest, look: Look) -> HttpResponse:
    """What must I do now, who is in, late or missing, what moved, how far coverage is."""
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
    owe_below = look.unit.level + 2 in look.cycle.collection.levels
    below = BELOW_LABELS.get(Level(look.unit.level), "") if owe_below else ""
    columns = matrix_columns(
        report=lambda pk: reverse("reporting:report", args=[pk]),
        drill=lambda pk: look.address("reporting:completeness", unit=pk),
        below=below,
        charges_lateness=look.unit.level < Level.COUNTY,
    )
    headline, moves = _coverage(look)
    return {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "overview": found,
        "is_own": is_own,
        "others": other_work(look.unit, request.user, beside=look.cycle) if is_own else [],
        "body_work": body_work(look.unit, request.user) if is_own else None,
        "matrix": tables.build(
            found.matrix,
            columns if below else columns[: 3 if look.unit.level >= Level.COUNTY else 4],
            caption=f"{look.cycle.heading}报送情况",
            empty="本期没有下级需要报送",
            layout="scroll",
        ),
        "headline": headline,
        "moves": tables.build(moves, move_columns(look), caption="与上月、上年和目标比", layout="scroll"),
        "registry_url": look.address("reporting:registry"),
        "form": DashboardForm(look.asked, cycles=look.cycles, unit=look.unit),
        "may_chase": request.user.can(CHASE, look.unit),
        "coverage_url": look.address("reporting:coverage"),
        "crumbs": crumbs_to(request, look, "reporting:overview"),
        "links": _links(look),
    }


def _coverage(look: Look) -> tuple[list[Headline], list[Move]]:
    """Coverage in five numbers, and the ratios against last month, last year and the target, from one reading."""
    if not (look.cycle.collection.is_principal and may_drill(look.unit.level)):
        return [], []
    table = coverage_table(look.cycle, look.unit, lens=look.facts_lens, on=look.on)
    if table.whole is None:
        return [], []
    moves = read_moves(look.cycle, look.unit, table, lens=look.facts_lens, on=look.on)
    return headlines(table.whole.facts, table.before), moves


def move_columns(look: Look) -> list[Column]:
    """The ratios of one unit; with those that fell below it where units below are compared."""
    compares = look.unit.level < Level.COUNTY

    def compare(move: Move) -> str:
        return look.address("reporting:standing", measure=move.measure)

    columns = [
        Column("label", "指标", "name", link=compare if compares else None),
        Column("rate", "本期", "percent"),
        Column("on_month", "环比（百分点）", "amount", value=lambda each: formats.signed(each.on_month, 1)),
        Column("on_year", "同比（百分点）", "amount", value=lambda each: formats.signed(each.on_year, 1)),
        Column("target", "目标", "amount", value=lambda each: each.target and each.target.shown_target),
        Column("pace", "进度", "pill", value=lambda each: each.target.pill if each.target else None),
    ]
    fell = Column(
        "fell_words", "比上月下降的下级（百分点）", link=lambda each: compare(each) if each.fell else None
    )
    return [*columns, fell] if compares else columns


def _links(look: Look) -> list[tuple[str, str]]:
    reported = [
        ("报送质量", look.address("reporting:completeness")),
        ("汇总数据", look.address("reporting:totals")),
    ]
    if not look.cycle.collection.is_principal:
        return reported
    return [
        ("挂图作战", look.address("reporting:coverage")),
        ("单位对比", look.address("reporting:standing")),
        *reported,
        ("空白点名单", look.address("reporting:blank_spots")),
    ]
