"""总体情况: the first page of cities and the province."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import requires
from core import tables
from core.access import SignedInRequest
from orgs.choices import Level
from reporting.filters import DashboardForm
from reporting.permissions import CHASE, VIEW_REPORTS
from reporting.selectors.board import coverage_headline
from reporting.selectors.other_work import other_work
from reporting.selectors.overview import read_overview
from reporting.tables import matrix_columns
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
        "headline": coverage_headline(look.cycle, look.unit, lens=look.facts_lens, on=look.on)
        if look.cycle.collection.is_principal and may_drill(look.unit.level)
        else [],
        "form": DashboardForm(look.asked, cycles=look.cycles, unit=look.unit),
        "may_chase": request.user.can(CHASE, look.unit),
        "coverage_url": look.address("reporting:coverage"),
        "crumbs": crumbs_to(request, look, "reporting:overview"),
        "links": _links(look),
    }


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
