"""报送质量: who is in, late, missing, exempt; from the cities down to the townships."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import requires
from core import tables
from core.access import SignedInRequest
from orgs.choices import Level
from reporting.filters import DashboardForm
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.below import rows_below
from reporting.selectors.completeness import CompletenessRow, Counts, completeness, directly_governed
from reporting.selectors.quality_months import months_until, quality_by_month
from reporting.tables import CompletenessLine, completeness_columns, in_order, quality_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_look

#: What the tabs show: label, and the counts of a row.
TIERS = {
    "charged": ("市县合计", lambda row: row.charged),
    "city": ("市级", lambda row: row.cities),
    "county": ("县（市、区）", lambda row: row.tier("county")),
    "zone": ("功能区", lambda row: row.tier("zone")),
    "township": ("乡镇（街道）", lambda row: row.townships),
}


@requires(VIEW_REPORTS)
@with_look
def completeness_page(request: SignedInRequest, look: Look) -> HttpResponse:
    """The unit in view and those directly below it."""
    rows = completeness(look.cycle, within=look.unit, lens=look.lens)
    tiers = _tiers(rows, look)
    tier = request.GET.get("tier", "")
    tier = tier if tier in tiers else next(iter(tiers), "charged")
    context: dict[str, Any] = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "form": DashboardForm(look.asked, cycles=look.cycles, unit=look.unit),
        "whole": next((row for row in rows if row.unit_id == look.unit.pk), None),
        "tier_label": TIERS[tier][0],
        "is_township": tier == "township",
        "tabs": [
            {
                "label": TIERS[name][0],
                "url": look.address("reporting:completeness", tier=name),
                "active": name == tier,
                "badge": "",
            }
            for name in tiers
        ],
        "townships": rows_below(look.cycle, look.unit.pk) if _lists_townships(look) else [],
        "crumbs": crumbs_to(request, look, "reporting:completeness"),
        "may_export": may_export(request, "reporting.completeness"),
        "export_url": look.address("files:start", "reporting.completeness"),
    }
    if context["whole"] is not None:
        context["counts"] = TIERS[tier][1](context["whole"])
    context["lists"] = _lists(request, look, rows, tier)
    context["months"] = _months(look, tier)
    return render(request, "reporting/dash/completeness.html", context)


def _lists_townships(look: Look) -> bool:
    """A county's townships are listed with their reports as they were sent to it, so only by its own tree."""
    return look.unit.level == Level.COUNTY and look.lens.is_then


def _tiers(rows: list[CompletenessRow], look: Look) -> list[str]:
    """The tabs that have something to show for the unit in view."""
    whole = next((row for row in rows if row.unit_id == look.unit.pk), None)
    if whole is None:
        return []
    wanted = ["charged", "city", "county", "zone", "township"] if look.unit.level == Level.PROVINCE else []
    wanted = wanted or (["charged", "township"] if look.unit.level == Level.CITY else ["township"])
    return [name for name in wanted if TIERS[name][1](whole) != Counts()]


def _months(look: Look, tier: str) -> tables.Table | None:
    """按时率 of the last months (上报率 for townships), by the units directly below."""
    if look.unit.level >= Level.COUNTY:
        return None
    is_township = tier == "township"
    cycles = months_until(look.cycle)
    lines = quality_by_month(cycles, look.unit, look.lens)

    def rate(row: CompletenessRow) -> Any:
        counts = TIERS[tier][1](row)
        return counts.submitted_rate if is_township else counts.on_time_rate

    def address(unit: int, cycle: int) -> str:
        return look.address("reporting:completeness", unit=unit, cycle=cycle)

    lines = [line for line in lines if any(TIERS[tier][1](row) != Counts() for row in line.rows.values())]
    caption = f"近{len(cycles)}期{'上报率' if is_township else '按时率'}"
    columns = quality_columns(cycles, rate, address)
    return tables.build(lines, columns, caption=caption, layout="scroll") if lines else None


def _lists(request: SignedInRequest, look: Look, rows: list[CompletenessRow], tier: str) -> list[Any]:
    """Cities, or counties and zones apart; the sums of those that report below each."""
    if look.unit.level >= Level.COUNTY:
        return []
    if look.unit.level == Level.PROVINCE:
        cities = [row for row in rows if row.level == Level.CITY]
        governed = directly_governed(look.cycle, look.unit, look.lens)
        groups = [("各市", cities), ("省直管县（市、区）", [row for row in rows if row.unit_id in governed])]
    else:
        counties = [row for row in rows if row.level == Level.COUNTY]
        groups = [
            ("县（市、区）", [row for row in counties if not row.is_zone]),
            ("功能区", [row for row in counties if row.is_zone]),
        ]
    columns = completeness_columns(
        lambda pk: look.address("reporting:completeness", unit=pk, tier=None), is_township=tier == "township"
    )
    order = tables.order_of(request, columns, default="code")
    found = []
    for caption, group in groups:
        lines = [CompletenessLine(row, TIERS[tier][1](row)) for row in group]
        lines = [line for line in lines if line.counts != Counts()]
        if lines:
            ordered = in_order(lines, order, CompletenessLine.value)
            found.append(
                tables.build(ordered, columns, request=request, order=order, caption=caption, layout="scroll")
            )
    return found
