"""Composition and coverage as workbooks, by the same conditions, rows and columns as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core import clock, formats
from core.errors import DomainError
from core.tables import Column
from core.xlsx import XLSX, SheetColumn, write_rows
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.models import OrgUnit
from sanzhang.filters.composition import (
    BodiesForm,
    CompositionForm,
    CoverageForm,
    CoverUnitsForm,
    day_words,
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


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_PEOPLE) and user.can_anywhere(EXPORT))


def _unit(user: Any, params: dict[str, Any]) -> OrgUnit:
    unit = unit_asked_for(user, str(params.get("unit", "")))
    if unit is None:
        raise DomainError.of("unit_out_of_sight", "所选单位不在您的管辖范围内。")
    return unit


def _sheet(
    user: Any,
    path: str,
    progress: Progress,
    *,
    title: str,
    form: Any,
    columns: Sequence[Column],
    rows: Sequence[Any],
) -> Built:
    heads = [
        SheetColumn(column.label, _KINDS.get(column.kind, column.kind), _WIDTHS.get(column.key, 14.0))  # type: ignore[arg-type]
        for column in columns
    ]
    done = write_rows(
        path,
        heads,
        (tables.written(row, columns) for row in rows),
        sheet=title,
        title=f"{form.of_unit.association}{title}",
        note=f"{day_words(form.at.day)}，按当日区划和职业身份；共{len(rows)}行。导出人：{user.actor_label}",
        total=len(rows),
        progress=progress,
    )
    day = formats.day(form.at.day)
    return Built(f"{title}-{form.at.day:%Y%m%d}.xlsx", {"单位": form.of_unit.name, "截至": day, "行数": done})


def _build_composition(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    form = CompositionForm(params, unit=_unit(user, params))
    rows = picture(form.of_unit, form.at, kind=form.kind, levels=form.levels).children
    return _sheet(
        user, path, progress, title="领导机构构成", form=form, columns=tables.child_columns(), rows=rows
    )


def _build_bodies(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    form = BodiesForm(params, unit=_unit(user, params))
    return _sheet(
        user,
        path,
        progress,
        title="各机构构成与比例要求",
        form=form,
        columns=tables.body_columns(),
        rows=bodies_asked_for(form),
    )


def _build_coverage(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    form = CoverageForm(params, unit=_unit(user, params), user=user)
    found = coverage(form.of_unit, form.at, levels=form.levels, asked=form.seats, cohort=form.cohort_asked)
    return _sheet(
        user,
        path,
        progress,
        title="三长覆盖",
        form=form,
        columns=tables.cover_columns(),
        rows=[*found.regular, *found.zones, found.whole],
    )


def _build_units(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    form = CoverUnitsForm(params, unit=_unit(user, params), user=user)
    return _sheet(
        user,
        path,
        progress,
        title="三长覆盖单位名单",
        form=form,
        columns=tables.unit_columns(),
        rows=units_asked_for(form),
    )


def _titled(title: str) -> Callable[[dict[str, Any]], str]:
    return lambda params: f"{title}（{params.get('on') or formats.day(clock.today())}）"


EXPORTERS = [
    Exporter(COMPOSITION, _titled("领导机构构成"), _allowed, _build_composition, XLSX),
    Exporter(BODIES, _titled("各机构构成与比例要求"), _allowed, _build_bodies, XLSX),
    Exporter(COVERAGE, _titled("三长覆盖"), _allowed, _build_coverage, XLSX),
    Exporter(UNITS, _titled("三长覆盖单位名单"), _allowed, _build_units, XLSX),
]
