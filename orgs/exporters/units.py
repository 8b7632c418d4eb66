"""The list of units as a sheet, with the columns chosen; it may be edited and brought back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import clock
from core.formats import day as written
from core.formats import moment
from core.roundtrip import write_book
from core.xlsx import XLSX
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.layouts.units import layout_for
from orgs.permissions import VIEW_UNITS
from orgs.selectors.listing import SORTS, narrowed, ordered
from orgs.selectors.past import stood_on
from orgs.selectors.rows import every_row
from orgs.selectors.units import visible_units

KIND = "orgs.units"
COLUMNS, ORDER = "columns", "order"


def _title(params: dict[str, Any]) -> str:
    return "科协组织名册"


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.can_anywhere(VIEW_UNITS) and user.can_anywhere(EXPORT)


def _order(params: dict[str, Any]) -> str:
    order = str(params.get(ORDER) or "")
    return order if order.removeprefix("-") in SORTS else "division_code"


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    day = dt.date.fromisoformat(params["on"]) if params.get("on") else None
    visible = visible_units(user)
    rows = narrowed(visible if day is None else stood_on(visible, day), params, day)
    total = rows.count()
    now = clock.now()
    as_of = moment(now) if day is None else f"{written(day)}（当时的区划）"
    write_book(
        path,
        layout_for(params.get(COLUMNS) or ()),
        every_row(ordered(rows, _order(params), day), day),
        title="科协组织名册",
        note=f"截至 {as_of}，共 {total:,} 个单位；导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(
        file_name=f"科协组织名册-{day or clock.local_day(now):%Y%m%d}.xlsx",
        basis={"截至": as_of, "单位数": total},
    )


UNITS = Exporter(kind=KIND, title=_title, allowed=_allowed, build=_build, content_type=XLSX)
