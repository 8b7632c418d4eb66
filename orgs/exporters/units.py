"""The list of units as a sheet, with the columns chosen; it may be edited and brought back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.xlsx import XLSX
from files.lists import Caption, with_export, write_editable
from files.registry import Built, Exporter, Progress
from orgs.layouts.units import layout_for
from orgs.permissions import VIEW_UNITS
from orgs.selectors.listing import SORTS, narrowed, ordered
from orgs.selectors.past import stood_on
from orgs.selectors.rows import every_row
from orgs.selectors.units import visible_units

KIND = "orgs.units"
COLUMNS, ORDER = "columns", "order"


def _order(params: dict[str, Any]) -> str:
    order = str(params.get(ORDER) or "")
    return order if order.removeprefix("-") in SORTS else "division_code"


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    day = dt.date.fromisoformat(params["on"]) if params.get("on") else None
    visible = visible_units(user)
    rows = narrowed(visible if day is None else stood_on(visible, day), params, day)
    caption = Caption(
        title="科协组织名册",
        total=rows.count(),
        counted="个单位",
        on=day,
        remarks=("按当时的区划",) if day else (),
    )
    layout = layout_for(params.get(COLUMNS) or ())
    lines = every_row(ordered(rows, _order(params), day), day)
    return write_editable(caption, layout, lines, path, by=user, progress=progress)


UNITS = Exporter(
    kind=KIND,
    title=lambda params: "科协组织名册",
    allowed=with_export(VIEW_UNITS),
    build=_build,
    content_type=XLSX,
)
