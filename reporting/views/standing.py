"""单位对比: the province's and the cities' look at those below."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import requires
from core import formats, tables
from core.access import SignedInRequest
from core.tables import Column
from reporting.filters.boards import StandingForm
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.standing import MEASURES, Place, keys_of, read_standing, standing_chart
from reporting.tables.boards import in_order
from reporting.views.looking import Look, crumbs_to, may_drill, may_export, with_principal_look
from reporting.views.ways import way_down


@requires(VIEW_REPORTS)
@require_GET
@with_principal_look
def standing(request: SignedInRequest, look: Look) -> HttpResponse:
    """Units by one ratio: against last month, last year, the target and the sisters; who fell, who lies apart."""
    look = look.on_its_day()
    asked = request.GET.get("measure", "")
    measure = asked if asked in MEASURES else next(iter(MEASURES))
    found = read_standing(look.cycle, look.unit, measure, lens=look.facts_lens, on=look.on)
    columns = place_columns(look, measure)
    order = tables.order_of(request, columns, default="code")
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "form": StandingForm(
            look.asked | {"measure": measure},
            cycles=look.cycles,
            unit=look.unit,
            measures=list(MEASURES.items()),
        ),
        "standing": found,
        "as_of": formats.day(found.as_of),
        "chart": standing_chart(found),
        "table": tables.build(
            _ordered(found.places, order),
            columns,
            request=request,
            order=order,
            caption=f"{found.label}对比",
            layout="scroll",
        ),
        "may_export": may_export(request, "reporting.standing"),
        "export_url": look.address("files:start", "reporting.standing", measure=measure),
        "crumbs": crumbs_to(request, look, "reporting:standing"),
    }
    return render(request, "reporting/dash/standing.html", context)


def _ordered(places: list[Place], order: str) -> list[Place]:
    """In the order asked for, zones after the others."""
    apart = [each for each in places if each.row.is_zone]
    others = [each for each in places if not each.row.is_zone]
    return [*in_order(others, order, _sort_value), *in_order(apart, order, _sort_value)]


def _sort_value(each: Place, key: str) -> Any:
    return each.row.code if key == "code" else getattr(each, key)


def place_columns(look: Look, measure: str) -> list[Column]:
    key = keys_of(measure)[0]

    def drill(each: Place) -> str | None:
        if each.row.is_group:
            return None
        page = "reporting:standing" if may_drill(each.row.level + 1) else "reporting:coverage"
        return look.address(page, unit=each.row.unit_id)

    def made_of(each: Place) -> str | None:
        return None if each.row.is_group else way_down(look, key, each.row.unit_id)

    return [
        Column("name", "单位", "name", link=drill, sort="code"),
        Column("rate", "本期", "percent", link=made_of, sort="rate"),
        Column("on_month", "环比（百分点）", "amount", value=_signed("on_month"), sort="on_month"),
        Column("on_year", "同比（百分点）", "amount", value=_signed("on_year"), sort="on_year"),
        Column("target", "目标", "amount", value=lambda each: each.target and each.target.shown_target),
        Column("pace", "进度", "pill", value=lambda each: each.target.pill if each.target else None),
        Column(
            "sisters",
            "与平均相差（百分点）",
            "amount",
            value=_signed("against_sisters"),
            sort="against_sisters",
        ),
        Column("apart", "提示", "pill", value=_hint),
    ]


def _signed(name: str) -> Any:
    return lambda each: formats.signed(getattr(each, name), 1)


def _hint(each: Place) -> tuple[str, str, str] | None:
    if each.fell:
        return "比上月下降", "warning", "arrow-down"
    return ("与同级相差大", "info", "exclamation-circle") if each.is_apart else None
