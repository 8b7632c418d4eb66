"""Composition and coverage as workbooks, by the same conditions, rows and columns as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import QueryDict

from core.errors import DomainError
from core.tables import Column
from core.xlsx import SheetColumn
from files.lists import Listing, listing_file, with_export
from files.registry import Exporter
from orgs.models import OrgUnit
from sanzhang.filters.composition import (
    BodiesForm,
    CompositionForm,
    CoverageForm,
    CoverUnitsForm,
    unit_asked_for,
)
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.bodies_composed import BodyRow, picture
from sanzhang.selectors.coverage import UnitCover, coverage, with_establishment
from sanzhang.tables import composition as tables

COMPOSITION, BODIES = "sanzhang.composition", "sanzhang.composed_bodies"
COVERAGE, UNITS = "sanzhang.coverage", "sanzhang.cover_units"

_WIDTHS = {"name": 34.0, "checks": 50.0, "reason": 30.0}
_KINDS = {"name": "text", "pill": "text", "text": "text"}


def bodies_asked_for(form: BodiesForm) -> list[BodyRow]:
    """Each body in the subtree that fits the form, in the order of codes."""
    asked = form.asked
    found = picture(form.of_unit, form.at, kind=form.kind, levels=form.levels).bodies
    if measure := asked.get("measure"):
        for row in found:
            row.checks = [check for check in row.checks if check.target.measure == measure]
        found = [row for row in found if row.checks]
    if verdict := asked.get("verdict"):
        found = [row for row in found if (row.verdict or "none") == verdict]
    text = (asked.get("q") or "").strip()
    return [row for row in found if not text or text in row.unit.name or row.unit.code.startswith(text)]


_STATES: dict[str, Callable[[UnitCover], bool]] = {
    "blank": lambda cover: not cover.is_covered,
    "covered": lambda cover: cover.is_covered,
    "three": lambda cover: cover.has_three_fields,
    "partial": lambda cover: cover.is_covered and not cover.has_three_fields,
}


def units_asked_for(form: CoverUnitsForm) -> list[UnitCover]:
    """Each expected unit that fits the form, in the order of codes, with what is on record of its building."""
    asked = form.asked
    found = coverage(
        form.of_unit, form.at, levels=form.levels, asked=form.seats, cohort=form.cohort_asked
    ).units
    if state := asked.get("state"):
        found = [cover for cover in found if _STATES[state](cover)]
    text = (asked.get("q") or "").strip()
    found = [
        cover for cover in found if not text or text in cover.unit.name or cover.unit.code.startswith(text)
    ]
    return with_establishment(found, form.at)


def _unit(user: Any, query: QueryDict) -> OrgUnit:
    unit = unit_asked_for(user, str(query.get("unit", "")))
    if unit is None:
        raise DomainError.of("unit_out_of_sight", "所选单位不在您的管辖范围内。")
    return unit


def _listing(form: Any, title: str, columns: Sequence[Column], rows: Sequence[Any], counted: str) -> Listing:
    return Listing(
        title=f"{form.of_unit.association}{title}",
        name=title,
        columns=[
            SheetColumn(column.label, _KINDS.get(column.kind, column.kind), _WIDTHS.get(column.key, 14.0))  # type: ignore[arg-type]
            for column in columns
        ],
        rows=(tables.written(row, columns) for row in rows),
        total=len(rows),
        counted=counted,
        on=form.at.day,
        remarks=("按当日区划和职业身份",),
        basis={"单位": form.of_unit.name},
    )


def _composition(user: Any, query: QueryDict) -> Listing:
    form = CompositionForm(query, unit=_unit(user, query))
    rows = picture(form.of_unit, form.at, kind=form.kind, levels=form.levels).children
    return _listing(form, "领导机构构成", tables.child_columns(), rows, "行")


def _bodies(user: Any, query: QueryDict) -> Listing:
    form = BodiesForm(query, unit=_unit(user, query))
    return _listing(form, "各机构构成与比例要求", tables.body_columns(), bodies_asked_for(form), "个机构")


def _coverage(user: Any, query: QueryDict) -> Listing:
    form = CoverageForm(query, unit=_unit(user, query), user=user)
    found = coverage(form.of_unit, form.at, levels=form.levels, asked=form.seats, cohort=form.cohort_asked)
    rows = [*found.regular, *found.zones, found.whole]
    return _listing(form, "三长覆盖", tables.cover_columns(), rows, "行")


def _units(user: Any, query: QueryDict) -> Listing:
    form = CoverUnitsForm(query, unit=_unit(user, query), user=user)
    return _listing(form, "三长覆盖单位名单", tables.unit_columns(), units_asked_for(form), "个单位")


def _file(kind: str, title: str, find: Callable[[Any, QueryDict], Listing]) -> Exporter:
    return listing_file(kind=kind, title=title, allowed=with_export(VIEW_PEOPLE), find=find)


EXPORTERS = [
    _file(COMPOSITION, "领导机构构成", _composition),
    _file(BODIES, "各机构构成与比例要求", _bodies),
    _file(COVERAGE, "三长覆盖", _coverage),
    _file(UNITS, "三长覆盖单位名单", _units),
]
