"""Affiliates counted: kinds by unit, who works with whom; and the list of kinds."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.keys import key_in
from core.refusals import refusals_shown
from core.tables import Column
from files.answers import export_started
from files.permissions import EXPORT
from files.services import request_export
from orgs.choices import Level
from orgs.exporters.affiliates import MATRIX, OVERVIEW
from orgs.forms.affiliate_boards import INDICATOR_LABELS, BoardForm, KindForm, MatrixForm
from orgs.models import AffiliateKind, OrgUnit
from orgs.permissions import EDIT_AFFILIATE_KINDS, VIEW_UNITS
from orgs.selectors import affiliate_counts
from orgs.selectors.affiliate_counts import Overview, OverviewRow
from orgs.selectors.past import call_as_they_were
from orgs.selectors.units import visible_units
from orgs.services import affiliate_kinds
from orgs.tables.affiliates import KINDS
from orgs.views.affiliate_page import list_crumb, views_of
from orgs.views.days import day_bar
from orgs.views.pages import crumbs_of


def _asked_unit(request: SignedInRequest, fallback: OrgUnit | None, day: dt.date | None = None) -> OrgUnit:
    """The unit of ``?of=`` in reach, else ``fallback``, called as it was on ``day``; 404 where there is none."""
    unit = _unit_in_reach(request, fallback, with_closed=day is not None)
    if day is not None:
        call_as_they_were([unit], day)
    return unit


def _unit_in_reach(request: SignedInRequest, fallback: OrgUnit | None, *, with_closed: bool) -> OrgUnit:
    text = request.GET.get("of", "")
    units = visible_units(request.user) if with_closed else visible_units(request.user).open()
    units = units.select_related("province", "city", "county", "township")
    if text:
        return get_object_or_404(units, pk=key_in(text))
    if fallback is None:
        raise Http404
    return get_object_or_404(units, pk=fallback.pk)


@requires(VIEW_UNITS)
@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """Kinds × the units right below, as of a day; every number leads to its list."""
    form = BoardForm(request.GET)
    day = form.day()
    unit = _asked_unit(request, request.user.unit, day)
    found = affiliate_counts.overview(unit, day, user=request.user)
    context = {
        "unit": unit,
        "form": form,
        "views": views_of(request.user, "orgs:affiliates_overview"),
        "found": found,
        "crumbs": [list_crumb(), *crumbs_of(unit, request.user)[1:]],
        "table": tables.build(
            [*found.rows, found],
            _overview_columns(found),
            caption=f"{unit}所属组织",
            layout="scroll",
        ),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('orgs:affiliates_overview_export')}?{request.GET.urlencode()}",
        **day_bar(request, day),
    }
    return render(request, "orgs/affiliates/overview.html", context)


def _overview_columns(found: Overview) -> list[Column]:
    def of_kind(kind: AffiliateKind) -> Column:
        return Column(
            f"kind{kind.pk}",
            kind.name,
            "number",
            value=lambda row: (row.totals if row is found else row.counts).get(kind.pk, 0),
            link=lambda row: _list_address(row, found, kind),
        )

    return [
        Column("unit", "单位", "name", value=_row_name, link=lambda row: _row_address(row, found)),
        Column("total", "合计", "number", link=lambda row: _list_address(row, found, None)),
        *(of_kind(kind) for kind in found.kinds),
    ]


def _row_name(row: Overview | OverviewRow) -> str:
    if isinstance(row, Overview):
        return "合计"
    return f"{row.unit.name}（本级）" if row.is_own else row.unit.name


def _row_address(row: Overview | OverviewRow, found: Overview) -> str | None:
    """One level down, where there is one."""
    if isinstance(row, Overview) or row.is_own or row.unit.level >= Level.TOWNSHIP:
        return None
    asked = {"of": row.unit.pk} | ({"on": found.day} if found.day != clock.today() else {})
    return f"{reverse('orgs:affiliates_overview')}?{urlencode(asked)}"


def _list_address(row: Overview | OverviewRow, found: Overview, kind: AffiliateKind | None) -> str | None:
    counts = row.totals if isinstance(row, Overview) else row.counts
    if not (counts.get(kind.pk, 0) if kind else row.total):
        return None
    asked: dict[str, Any] = {"unit": row.unit.pk}
    if isinstance(row, OverviewRow) and row.is_own:
        asked["own"] = "true"
    if kind is not None:
        asked["kind"] = kind.pk
    if found.day != clock.today():
        asked["on"] = found.day.isoformat()
    return f"{reverse('orgs:affiliates')}?{urlencode(asked)}"


@requires(EXPORT)
@require_POST
def export_overview(request: SignedInRequest) -> HttpResponse:
    day = BoardForm(request.GET).day()
    unit = _asked_unit(request, request.user.unit, day)
    params = {"of": unit.pk, "on": _iso(day)}
    return export_started(request, request_export(kind=OVERVIEW, params=params, unit=unit, by=request.user))


@requires(VIEW_UNITS)
@require_GET
def matrix(request: SignedInRequest) -> HttpResponse:
    """Who works with whom: the societies of a county × its townships, or × enterprises, universities …"""
    form = MatrixForm(request.GET)
    units = affiliate_counts.units_with_partners(request.user)
    day = form.day()
    unit = _asked_unit(request, units[0] if units else request.user.unit, day)
    found = affiliate_counts.work_matrix(
        unit, group=form.group(), partner_kind=form.partner_kind(), on=day, user=request.user
    )
    context = {
        "unit": unit,
        "form": MatrixForm.showing(form, units, unit),
        "views": views_of(request.user, "orgs:affiliates_matrix"),
        "found": found,
        "labels": affiliate_counts.distinct_labels(found.columns),
        "rows": [
            {
                "affiliate": row.affiliate,
                "total": row.total,
                "cells": [row.partners.get(key) for key, _ in found.columns],
            }
            for row in found.rows
        ],
        "crumbs": [list_crumb(), *crumbs_of(unit, request.user)[1:]],
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('orgs:affiliates_matrix_export')}?{request.GET.urlencode()}",
        **day_bar(request, day),
    }
    return render(request, "orgs/affiliates/matrix.html", context)


@requires(EXPORT)
@require_POST
def export_matrix(request: SignedInRequest) -> HttpResponse:
    form = MatrixForm(request.GET)
    units = affiliate_counts.units_with_partners(request.user)
    unit = _asked_unit(request, units[0] if units else request.user.unit, form.day())
    params = {
        "of": unit.pk,
        "group": form.group(),
        "with": form.partner_kind(),
        "on": _iso(form.day()),
    }
    return export_started(request, request_export(kind=MATRIX, params=params, unit=unit, by=request.user))


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


@requires(EDIT_AFFILIATE_KINDS)
@require_GET
def kinds(request: SignedInRequest) -> HttpResponse:
    """Every kind, and how many affiliates are of it."""
    order = tables.order_of(request, KINDS, default="order")
    rows = list(AffiliateKind.objects.annotate(count=Count("affiliates")).order_by(order, "pk"))
    for row in rows:
        row.indicator_label = INDICATOR_LABELS.get(row.indicator, "")  # type: ignore[attr-defined]
    table = tables.build(rows, KINDS, request=request, order=order, caption="所属组织类别")
    context = {"table": table, "views": views_of(request.user, "orgs:affiliate_kinds")}
    return render(request, "orgs/affiliates/kinds.html", context)


@requires(EDIT_AFFILIATE_KINDS)
@require_http_methods(["GET", "POST"])
def edit_kind(request: SignedInRequest, kind_pk: int | None = None) -> HttpResponse:
    """Change a kind, or add one."""
    kind = None if kind_pk is None else get_object_or_404(AffiliateKind, pk=kind_pk)
    form = KindForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            affiliate_kinds.save_kind(kind=kind, by=request.user, **form.cleaned_data)
            messages.success(request, "已保存。")
            return redirect("orgs:affiliate_kinds")
    context = {
        "form": form,
        "kind": kind,
        "crumbs": [list_crumb(), ("类别", reverse("orgs:affiliate_kinds"))],
    }
    return render(request, "orgs/affiliates/kind.html", context, status=422 if form.errors else 200)
