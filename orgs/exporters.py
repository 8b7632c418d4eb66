"""The list of units as a sheet, with the columns chosen; it may be edited and brought back."""

from __future__ import annotations

from typing import Any

from core import clock
from core.formats import moment
from core.roundtrip import write_book
from core.xlsx import XLSX
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.permissions import VIEW_UNITS
from orgs.selectors.listing import SORTS, narrowed, ordered
from orgs.selectors.rows import every_row
from orgs.selectors.units import visible_units
from orgs.sheets import layout_for

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
    units = ordered(narrowed(visible_units(user), params), _order(params))
    total = units.count()
    now = clock.now()
    write_book(
        path,
        layout_for(params.get(COLUMNS) or ()),
        every_row(units),
        title="科协组织名册",
        note=f"截至 {moment(now)}，共 {total:,} 个单位；导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(
        file_name=f"科协组织名册-{clock.local_day(now):%Y%m%d}.xlsx",
        basis={"截至": moment(now), "单位数": total},
    )


UNITS = Exporter(kind=KIND, title=_title, allowed=_allowed, build=_build, content_type=XLSX)
