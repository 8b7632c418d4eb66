"""三长覆盖: which expected units have key people in their bodies, by position, field and occupation, on any day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, requires
from core.listing import listing
from orgs.choices import Level
from sanzhang.exporters.composition import COVERAGE, UNITS, units_asked_for
from sanzhang.filters.composition import PROGRAMME, YES, CoverageForm, CoverUnitsForm
from sanzhang.models import Occupation
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.coverage import Coverage, CoverRow, kind_rows, with_establishment
from sanzhang.selectors.coverage import coverage as read_coverage
from sanzhang.tables.composition import cover_columns, kind_columns, sorted_rows, unit_columns
from sanzhang.views.composition import address, crumbs_to, file_url, unit_in_view

#: How many blank spots the page names before it leads on to the list.
SPOTS_SHOWN = 20
KIND_TITLES = {"position": "按职务", "field": "按领域", "occupation": "按职业身份"}


@require_GET
@requires(VIEW_PEOPLE)
def coverage(request: SignedInRequest) -> HttpResponse:
    """How many of the expected units have somebody, unit by unit right below, kind by kind, and who has nobody."""
    unit = unit_in_view(request)
    form = CoverageForm(request.GET, unit=unit, user=request.user)
    found = read_coverage(unit, form.at, levels=form.levels, asked=form.seats, cohort=form.cohort_asked)
    kept = form.kept()
    heads = _heads(form)
    columns = cover_columns(
        lambda row: _of(row, "sanzhang:coverage", kept),
        lambda row: _of(row, "sanzhang:composed_people", heads) if row.heads else None,
        lambda row, state: _of(row, "sanzhang:cover_units", kept | ({"state": state} if state else {})),
    )
    shown = listing(request, "sanzhang:coverage", columns, default="code")
    blank = with_establishment(found.blank_spots[:SPOTS_SHOWN], form.at)
    context = {
        "unit": unit,
        "form": form,
        "day": form.at.day,
        "whole": found.whole,
        "units_url": address("sanzhang:cover_units", kept),
        "people_url": address("sanzhang:composed_people", heads),
        "listing": shown,
        "tables": _lists(found, shown, columns),
        "kinds": _kinds(found, form),
        "blank": tables.build(
            blank, unit_columns(_unit_url, lambda row: None), caption="未覆盖的单位", empty="没有未覆盖的单位"
        ),
        "more_blank": len(found.blank_spots) - len(blank),
        "export_url": file_url(request, COVERAGE, kept),
        "crumbs": crumbs_to(request, unit, "sanzhang:coverage", kept),
    }
    return render(request, "sanzhang/composition/coverage.html", context)


def _heads(form: CoverageForm) -> dict[str, str]:
    """The names behind the heads that coverage counts: in the bodies of its levels."""
    kept = form.kept(cohort=None)
    return kept if kept.get("level") or form.of_unit.level >= Level.TOWNSHIP else kept | {"level": PROGRAMME}


def _of(row: CoverRow, name: str, kept: dict[str, str]) -> str:
    return address(name, kept | {"unit": str(row.unit.unit_id)} if row.unit else kept)


def _unit_url(row: Any) -> str:
    return reverse("sanzhang:bodies", args=[row.unit.unit_id])


def _lists(found: Coverage, shown: Any, columns: list[tables.Column]) -> list[tables.Table]:
    """Those right below, zones apart from the others; counties and cities are not ranked against each other here."""
    groups = [("下级单位", found.regular), ("功能区（单列，不与县比较）", found.zones)]
    return [
        shown.table(sorted_rows(rows, shown.order, columns), caption=caption, layout="scroll")
        for caption, rows in groups
        if rows
    ]


def _kinds(found: Coverage, form: CoverageForm) -> list[dict[str, Any]]:
    """Units with somebody of each position, field and occupation, each with the way to the units."""
    rows = kind_rows(found.units, Occupation.objects.all())
    clear = dict.fromkeys(("position", "field", "occupation", "category", "employment"))
    columns = kind_columns(
        lambda row: (
            address("sanzhang:cover_units", form.kept(**clear | {row.condition: row.key}, state="covered"))
            if row.covered
            else None
        )
    )
    return [
        {"title": title, "table": tables.build(rows[name], columns, caption=title)}
        for name, title in KIND_TITLES.items()
    ]


@require_GET
@requires(VIEW_PEOPLE)
def cover_units(request: SignedInRequest) -> HttpResponse:
    """Unit by unit: covered or blank, who is there, which field is missing, what is on record about a blank spot."""
    unit = unit_in_view(request)
    form = CoverUnitsForm(request.GET, unit=unit, user=request.user)
    kept = form.kept()
    columns = unit_columns(
        _unit_url,
        lambda row: address(
            "sanzhang:composed_people",
            form.kept(unit=row.unit.unit_id, own=YES, cohort=None, state=None, q=None, level=None),
        ),
    )
    shown = listing(request, "sanzhang:cover_units", columns, default="code")
    page = shown.page(sorted_rows(units_asked_for(form), shown.order, columns))
    context = {
        "unit": unit,
        "form": form,
        "day": form.at.day,
        "listing": shown,
        "page": page,
        "table": shown.table(page.object_list, caption="单位名单", empty="没有符合条件的单位"),
        "export_url": file_url(request, UNITS, kept),
        "crumbs": [
            *crumbs_to(request, unit, "sanzhang:cover_units", kept),
            ("三长覆盖", address("sanzhang:coverage", {"unit": str(unit.pk)})),
        ],
    }
    return render(request, "sanzhang/composition/cover_units.html", context)
