"""汇总数据: every typed indicator of a unit, and from each total down to the single report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.access import requires
from core import tables
from core.access import SignedInRequest
from orgs.choices import Level
from reporting.choices import TYPED_FIGURES, Space, ValueKind
from reporting.filters.boards import DashboardForm, TotalsForm
from reporting.models import Cycle, Indicator
from reporting.permissions import VIEW_REPORTS
from reporting.rollup import Basis, basis_for, sources_of, trend
from reporting.selectors.answer_totals import answer_totals, answers_said, key_words, said
from reporting.selectors.board import MONTHS
from reporting.selectors.breaks import break_words, breaks_of, broken_series
from reporting.selectors.figures import drift_of, drift_reasons, fact_sections, total_sections
from reporting.selectors.layout import layout_of, shape_of
from reporting.tables.boards import source_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_look, with_principal_look
from reporting.views.ways import way_down


def _basis(request: SignedInRequest, cycle: Cycle) -> Basis:
    asked = request.GET.get("basis", "")
    return Basis(asked) if asked in Basis.values else basis_for(cycle)


@requires(VIEW_REPORTS)
@with_look
def totals(request: SignedInRequest, look: Look) -> HttpResponse:
    """本月, 本年累计, 上月, 环比 and 上年同期 of the unit in view."""
    basis = _basis(request, look.cycle)
    asked = request.GET.get("basis", "")
    sections = total_sections(look.cycle, look.unit, basis, look.lens)
    choices, answer_tables = answer_totals(look.cycle, look.unit, basis, look.lens)
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "basis": basis,
        "tabs": _tabs(look, "reporting:totals"),
        "is_settled": look.cycle.is_locked,
        "form": TotalsForm(look.asked | {"basis": asked}, cycles=look.cycles, unit=look.unit),
        "sections": [
            {
                "title": section.title,
                "lines": [
                    {"line": line, "url": look.address("reporting:sources", line.indicator.key, basis=asked)}
                    for line in section.lines
                ],
            }
            for section in sections
        ],
        "choices": [
            {"choice": one, "url": look.address("reporting:answers", one.item.indicator.key, basis=asked)}
            for one in choices
        ],
        "answer_tables": [
            {"total": one, "url": look.address("reporting:answers", one.item.indicator.key, basis=asked)}
            for one in answer_tables
        ],
        "has_below": look.unit.level < Level.TOWNSHIP,
        "has_drift": any(line.drift_words for section in sections for line in section.lines),
        "may_export": may_export(request, "reporting.figures"),
        "export_url": look.address("files:start", "reporting.figures"),
        "crumbs": crumbs_to(request, look, "reporting:totals"),
    }
    return render(request, "reporting/dash/totals.html", context)


@requires(VIEW_REPORTS)
@with_principal_look
def registry(request: SignedInRequest, look: Look) -> HttpResponse:
    """台账数据: what the registry computes for the unit in view; nobody types it."""
    table, sections = fact_sections(look.cycle, look.unit, look.lens)
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "form": DashboardForm(look.asked, cycles=look.cycles, unit=look.unit),
        "tabs": _tabs(look, "reporting:registry"),
        "as_of": table.as_of,
        "is_provisional": table.is_provisional,
        "sections": [
            (title, [(line, _way_down(look, line.indicator.key)) for line in lines])
            for title, lines in sections
        ],
        "crumbs": crumbs_to(request, look, "reporting:registry"),
    }
    return render(request, "reporting/dash/registry.html", context)


def _way_down(look: Look, key: str) -> str:
    """What a figure of the cycle is made of; nothing where it is told by the tree of another day."""
    if look.on is not None:
        return ""
    found = way_down(look, key, look.unit.pk)
    return "" if found == look.address("reporting:registry") else found


def _tabs(look: Look, active: str) -> list[dict[str, Any]]:
    pages = [("填报数据", "reporting:totals")]
    if look.cycle.collection.is_principal:
        pages.append(("台账数据", "reporting:registry"))
    return [
        {"label": label, "url": look.address(name), "active": name == active, "badge": ""}
        for label, name in pages
    ]


@requires(VIEW_REPORTS)
@with_look
def sources(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """What makes one total: the unit's own report first, then each part below, down to the report that was typed."""
    typed = Indicator.objects.filter(space=Space.SUM, value_kind__in=TYPED_FIGURES)
    indicator = get_object_or_404(typed.exclude(source="R"), key=key)
    basis = _basis(request, look.cycle)
    asked = request.GET.get("basis", "")
    parts = sources_of(look.cycle, look.unit, indicator, basis, look.lens)
    known = [part.value for part in parts if part.value is not None]
    whole = sum(known, Decimal(0)) if known else None
    moved = drift_of(look.cycle, look.unit, key, look.lens)
    breaks = breaks_of([key])
    months = trend(look.unit, [key], look.cycle, MONTHS, lens=look.lens)
    columns = source_columns(
        lambda pk: look.address("reporting:sources", key, unit=pk, basis=asked),
        lambda pk: reverse("reporting:report", args=[pk]),
        is_money=indicator.places > 0,
        whole=whole,
    )
    context: dict[str, Any] = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "basis": basis,
        "indicator": indicator,
        "whole": whole,
        "is_money": indicator.places > 0,
        "break_words": break_words(breaks, key, look.cycle.period),
        "form": TotalsForm(look.asked | {"basis": asked}, cycles=look.cycles, unit=look.unit),
        "table": tables.build(parts, columns, caption=f"{indicator.name}的来源", layout="scroll"),
        "drift": moved,
        "drift_reasons": drift_reasons(moved) if moved else "",
        "chart": {
            "type": "line",
            "categories": months.labels,
            "series": broken_series(
                indicator.name,
                months.periods,
                [None if value is None else float(value) for value in months.series[key]],
                breaks.get(key, []),
            ),
            "unit": indicator.unit_label,
            "category_name": "月份",
        },
        "crumbs": [
            ("汇总数据", look.address("reporting:totals", basis=asked)),
            *crumbs_to(request, look, "reporting:sources", key),
        ],
    }
    return render(request, "reporting/dash/sources.html", context)


ANSWERS_PAGE = 50
ANSWERED = (*(ValueKind.CHOICE, ValueKind.CHOICES), ValueKind.TABLE)


@requires(VIEW_REPORTS)
@with_look
def answers(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """Who chose what, or which rows each unit gave: the reports behind a count of options or a total of rows."""
    item = layout_of(look.cycle.form_version).item(key)
    if item is None or item.indicator.value_kind not in ANSWERED:
        raise Http404
    basis, asked = _basis(request, look.cycle), request.GET.get("basis", "")
    chosen = request.GET.get("chosen", "")[:200]
    shape = shape_of(item)
    found = answers_said(look.cycle, look.unit, item, basis, chosen=chosen, lens=look.lens)
    page = Paginator(found, ANSWERS_PAGE).get_page(request.GET.get("page"))
    rows = [said(figure, shape, chosen) for figure in page]
    columns = [
        tables.Column(
            "unit_name", "单位", "name", link=lambda row: reverse("reporting:report", args=[row.report_id])
        ),
        tables.Column("words", "填报内容"),
    ]
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "indicator": item.indicator,
        "form": TotalsForm(look.asked | {"basis": asked}, cycles=look.cycles, unit=look.unit),
        "chosen_words": chosen and key_words(shape, chosen),
        "all_url": look.address("reporting:answers", key, basis=asked),
        "page": page,
        "table": tables.build(rows, columns, caption=f"{item.indicator.name}的来源", empty="没有单位填报"),
        "crumbs": [("汇总数据", look.address("reporting:totals", basis=asked))],
    }
    return render(request, "reporting/dash/answers.html", context)
