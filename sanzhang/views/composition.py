"""领导机构构成: of whom the bodies are made up, held against the ratios, down to each body and each name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import tables
from core.access import SignedInRequest, requires
from core.listing import listing
from files.permissions import EXPORT
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS, SEAT_ORDER, Measure, Unknown, Verdict
from sanzhang.exporters.composition import BODIES, COMPOSITION, bodies_asked_for
from sanzhang.filters.composition import YES, BodiesForm, CompositionForm, HeadsForm, unit_asked_for
from sanzhang.models import KeyPerson
from sanzhang.permissions import SET_RATIOS, VIEW_PEOPLE
from sanzhang.selectors import seats_of_people
from sanzhang.selectors.bodies_composed import Picture, Tally, picture
from sanzhang.selectors.composition import TOGETHER, Composition, heads_of
from sanzhang.selectors.paging import KeyPaginator
from sanzhang.tables.composition import body_columns, child_columns, sorted_rows
from sanzhang.tables.people import BY_PINYIN, people_columns

PAGE_SIZE = 50
CARDS = (Measure.CORE, Measure.FRONT_LINE, Measure.YOUNG, Measure.WOMEN)


def unit_in_view(request: SignedInRequest) -> OrgUnit:
    """The unit asked for; absent where it is out of sight or has no bodies at or below it."""
    unit = unit_asked_for(request.user, request.GET.get("unit", ""))
    if unit is None:
        raise Http404
    return unit


def crumbs_to(
    request: SignedInRequest, unit: OrgUnit, name: str, kept: dict[str, str]
) -> list[tuple[str, str]]:
    """The units above that are in sight, each with the same page."""
    above = [pk for pk in unit.ancestor_ids() if pk != unit.pk]
    seen = OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE).filter(pk__in=above).order_by("level")
    return [(one.name, address(name, kept | {"unit": str(one.pk)})) for one in seen]


def address(name: str, query: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def file_url(request: SignedInRequest, kind: str, query: dict[str, str]) -> str:
    """Where the workbook is asked for; nothing for who may not."""
    if not request.user.can_anywhere(EXPORT):
        return ""
    return f"{reverse('files:start', args=[kind])}?{urlencode(query)}"


@require_GET
@requires(VIEW_PEOPLE)
def composition(request: SignedInRequest) -> HttpResponse:
    """The bodies of a unit and of all below it on a day: shares, ratios, and each unit right below."""
    unit = unit_in_view(request)
    form = CompositionForm(request.GET, unit=unit)
    found = picture(unit, form.at, kind=form.kind, levels=form.levels)
    kept = form.kept()
    columns = child_columns(
        lambda row: address("sanzhang:composition", kept | {"unit": str(row.unit.unit_id)}),
        lambda row, counted: _heads_url(form, counted, unit=row.unit.unit_id, body=form.kind),
        lambda row: (
            address("sanzhang:composed_bodies", kept | {"unit": str(row.unit.unit_id)}) if row.asked else None
        ),
    )
    shown = listing(request, "sanzhang:composition", columns, default="code")
    rows = sorted_rows(found.children, shown.order, columns)
    whole = found.whole.get(form.kind, Composition())
    own = found.own
    context = {
        "unit": unit,
        "form": form,
        "day": form.at.day,
        "whole": whole,
        "cards": [
            (
                measure.label,
                whole.share(measure),
                whole.count(measure),
                _heads_url(form, measure, body=form.kind),
            )
            for measure in CARDS
        ],
        "kinds": _kinds(found),
        "lines": _lines(form, found),
        "seats": _seats(whole),
        "tallies": [(tally, _tally_urls(form, tally)) for tally in found.tallies],
        "own": own.get(TOGETHER),
        "own_url": _heads_url(form, None, own=YES),
        "listing": shown,
        "table": shown.table(rows, caption="下级单位", layout="scroll") if found.children else None,
        "bodies_url": address("sanzhang:composed_bodies", kept),
        "coverage_url": address("sanzhang:coverage", form.kept(body=None)),
        "export_url": file_url(request, COMPOSITION, kept),
        "may_set": request.user.can_anywhere(SET_RATIOS),
        "crumbs": crumbs_to(request, unit, "sanzhang:composition", kept),
    }
    return render(request, "sanzhang/composition/composition.html", context)


def _kinds(found: Picture) -> list[tuple[str, str]]:
    """The kinds of bodies in which somebody sits, then all together."""
    kinds = [(kind.value, str(kind.label)) for kind in LEADERSHIP_KINDS if kind.value in found.whole]
    return [*kinds, (TOGETHER, "合计")]


def _lines(form: CompositionForm, found: Picture) -> list[dict[str, Any]]:
    """Members, each measure and what is unknown, kind by kind, every number with the way to its names."""
    bodies = [(kind, found.whole.get(kind, Composition())) for kind, _label in _kinds(found)]
    members = {
        "label": "在任人数",
        "cells": [(made.members, None, _heads_url(form, None, body=kind)) for kind, made in bodies],
    }
    measures = [
        {
            "label": str(measure.label),
            "cells": [
                (made.count(measure), made.share(measure), _heads_url(form, measure, body=kind))
                for kind, made in bodies
            ],
        }
        for measure in Measure
    ]
    unknowns = [
        {
            "label": str(unknown.label),
            "is_unknown": True,
            "cells": [
                (made.count(unknown), None, _heads_url(form, unknown, body=kind)) for kind, made in bodies
            ],
        }
        for unknown in Unknown
    ]
    return [members, *measures, *unknowns]


def _seats(whole: Composition) -> list[tuple[str, int]]:
    """Heads by the highest seat, the highest first."""
    return [(seat.label, whole.by_seat.get(seat.value, 0)) for seat in reversed(SEAT_ORDER[1:])]


def _tally_urls(form: CompositionForm, tally: Tally) -> dict[str, str]:
    target = tally.target
    query = form.kept(body=target.kind, measure=target.measure, level=target.level)
    if form.of_unit.level >= Level.TOWNSHIP:
        query.pop("level")
    urls = {
        verdict.value: address("sanzhang:composed_bodies", query | {"verdict": verdict.value})
        for verdict in Verdict
    }
    return urls | {"all": address("sanzhang:composed_bodies", query)}


def _heads_url(form: Any, counted: Measure | Unknown | None, **query: Any) -> str:
    """The names behind a number."""
    kept = form.kept(counted=counted.value if counted else None, measure=None, verdict=None, q=None, **query)
    return address("sanzhang:composed_people", kept)


@require_GET
@requires(VIEW_PEOPLE)
def composed_bodies(request: SignedInRequest) -> HttpResponse:
    """Body by body: shares, and whether the ratios are met."""
    unit = unit_in_view(request)
    form = BodiesForm(request.GET, unit=unit)
    kept = form.kept()
    columns = body_columns(
        lambda row: reverse("sanzhang:bodies", args=[row.unit.unit_id]),
        lambda row, counted: _heads_url(
            form, counted, unit=row.unit.unit_id, body=row.kind.value, own=YES, level=None
        ),
    )
    shown = listing(request, "sanzhang:composed_bodies", columns, default="code")
    rows = sorted_rows(bodies_asked_for(form), shown.order, columns)
    page = shown.page(rows)
    context = {
        "unit": unit,
        "form": form,
        "day": form.at.day,
        "listing": shown,
        "page": page,
        "table": shown.table(
            page.object_list,
            caption="各机构构成",
            layout="scroll",
            empty="没有符合条件的领导机构",
            empty_hint="没有登记在任人员的机构不在此列；可放宽条件。",
        ),
        "export_url": file_url(request, BODIES, kept),
        "crumbs": [
            *crumbs_to(request, unit, "sanzhang:composed_bodies", kept),
            ("领导机构构成", address("sanzhang:composition", {"unit": str(unit.pk)})),
        ],
    }
    return render(request, "sanzhang/composition/bodies.html", context)


@require_GET
@requires(VIEW_PEOPLE)
def composed_people(request: SignedInRequest) -> HttpResponse:
    """The names behind a number of composition or coverage, as far as they are in sight."""
    unit = unit_in_view(request)
    form = HeadsForm(request.GET, unit=unit)
    asked = form.asked
    keys = heads_of(
        unit,
        form.at,
        kind=asked.get("body") or TOGETHER,
        counted=form.measure,
        levels=form.levels,
        own_only=asked.get("own") == YES,
        seats=form.seats.conditions(),
    )
    people = KeyPerson.objects.visible_to(request.user, VIEW_PEOPLE).among(keys)
    columns = people_columns([])
    order = tables.order_of(request, columns, BY_PINYIN)
    whole = KeyPerson.objects.select_related("occupation", "unit")
    pages = KeyPaginator(people.order_by(order, "id"), PAGE_SIZE, whole=whole)
    page = pages.get_page(request.GET.get("page"))
    shown = list(page.object_list)
    seats = seats_of_people(shown, form.at.day)
    for person in shown:
        person.seats = seats.get(person.pk, [])
    context = {
        "unit": unit,
        "form": form,
        "day": form.at.day,
        "page": page,
        "hidden": len(keys) - page.paginator.count,
        "table": tables.build(
            shown, columns, request=request, order=order, caption="人员", empty="没有符合条件的人员"
        ),
        "crumbs": [
            *crumbs_to(request, unit, "sanzhang:composition", {}),
            ("领导机构构成", address("sanzhang:composition", {"unit": str(unit.pk)})),
        ],
    }
    return render(request, "sanzhang/composition/people.html", context)
