"""报送质量: who is in, late, missing, exempt; of one cycle or several, from the cities down to the townships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import requires
from core import tables
from core.access import SignedInRequest
from orgs.choices import Level
from reporting.filters.boards import QualityForm
from reporting.filters.counted import NUMBERS
from reporting.filters.excuses import STANDING
from reporting.models import Cycle
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.below import rows_below
from reporting.selectors.completeness import CompletenessRow, Counts
from reporting.selectors.quality import TIERS, Quality, quality_of
from reporting.selectors.quality_months import months_until, quality_by_month
from reporting.tables.boards import (
    CompletenessLine,
    WayDown,
    completeness_columns,
    in_order,
    quality_columns,
)
from reporting.tables.quality import period_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_look

Address = Callable[..., str]


@requires(VIEW_REPORTS)
@with_look
def completeness_page(request: SignedInRequest, look: Look) -> HttpResponse:
    """The unit in view and those directly below it, in the cycle asked for or from an earlier one on."""
    earlier = _earlier(look)
    since = next((cycle for cycle in earlier if str(cycle.pk) == request.GET.get("since", "")), None)
    found = quality_of(look.cycle, within=look.unit, since=since, lens=look.lens)
    tiers = found.tiers
    tier = request.GET.get("tier", "")
    tier = tier if tier in tiers else next(iter(tiers), "charged")

    def address(name: str, *args: Any, **query: Any) -> str:
        return look.address(name, *args, **({"since": since.pk if since else None} | query))

    context: dict[str, Any] = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "quality": found,
        "is_range": since is not None,
        "form": QualityForm(
            look.asked | {"since": since.pk if since else ""},
            cycles=look.cycles,
            earlier=earlier,
            unit=look.unit,
        ),
        "whole": found.whole,
        "tier_label": TIERS[tier][0],
        "is_township": tier == "township",
        "tabs": [
            {
                "label": TIERS[name][0],
                "url": address("reporting:completeness", tier=name),
                "active": name == tier,
                "badge": "",
            }
            for name in tiers
        ],
        "townships": rows_below(look.cycle, look.unit.pk) if _lists_townships(look) and not since else [],
        "crumbs": crumbs_to(request, look, "reporting:completeness"),
        "may_export": may_export(request, "reporting.completeness"),
        "export_url": look.address("files:start", "reporting.completeness"),
        "table_url": address("files:start", "reporting.completeness_table", tier=tier),
    }
    if found.whole is not None:
        context["counts"] = TIERS[tier][1](found.whole)
        context |= _excuse_links(look, tier) if since is None else {}
    way_down = _way_down(look, tier, since)
    context["down"] = {name: way_down(look.unit.pk, name) for name, _label in NUMBERS} if way_down else {}
    context["lists"] = _lists(request, found, tier, address, way_down)
    context["periods"] = _periods(found, tier, address)
    context["months"] = None if since else _months(look, tier)
    return render(request, "reporting/dash/completeness.html", context)


def _excuse_links(look: Look, tier: str) -> dict[str, str]:
    """Where the numbers of exempt and deferred lead; only by the tree of the time, as the reports were opened."""
    if not look.lens.is_then:
        return {}
    kinds = {"exempt_url": "exempt", "deferred_url": "deferred"}
    return {
        name: look.address("reporting:excuses", kind=kind, state=STANDING, tier=tier, lens=None, on=None)
        for name, kind in kinds.items()
    }


def _way_down(look: Look, tier: str, since: Cycle | None) -> WayDown | None:
    """Where a number leads: its reports, listed as they were opened, so only by the tree of the time."""
    if not look.lens.is_then:
        return None
    start = since.pk if since else None
    return lambda unit, number: look.address(
        "reporting:counted", unit=unit, number=number, tier=tier, since=start, lens=None, on=None
    )


def _earlier(look: Look) -> list[Cycle]:
    """The cycles of the same collection before the one in view, newest first."""
    own = [cycle for cycle in look.cycles if cycle.collection_id == look.cycle.collection_id]
    return [cycle for cycle in own if cycle.period < look.cycle.period]


def _lists_townships(look: Look) -> bool:
    """A county's townships are listed with their reports as they were sent to it, so only by its own tree."""
    return look.unit.level == Level.COUNTY and look.lens.is_then


def _periods(found: Quality, tier: str, address: Address) -> tables.Table | None:
    """The unit in view, cycle by cycle: what the sums are made of."""
    lines = found.periods(tier)
    columns = period_columns(
        lambda cycle: address("reporting:completeness", cycle=cycle.pk, since=None, tier=tier),
        is_township=tier == "township",
    )
    return tables.build(lines, columns, caption="逐期", layout="scroll") if lines else None


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


def _lists(
    request: SignedInRequest, found: Quality, tier: str, address: Address, way_down: WayDown | None
) -> list[Any]:
    """Cities, or counties and zones apart; the sums of those that report below each."""
    columns = completeness_columns(
        lambda pk: address("reporting:completeness", unit=pk, tier=None),
        is_township=tier == "township",
        way_down=way_down,
    )
    order = tables.order_of(request, columns, default="code")
    shown = []
    for caption, group in found.groups():
        lines = [CompletenessLine(row, TIERS[tier][1](row)) for row in group]
        lines = [line for line in lines if line.counts != Counts()]
        if lines:
            ordered = in_order(lines, order, CompletenessLine.value)
            shown.append(
                tables.build(ordered, columns, request=request, order=order, caption=caption, layout="scroll")
            )
    return shown
