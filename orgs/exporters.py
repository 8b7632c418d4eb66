"""The list of units as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core import clock
from core.formats import moment
from core.xlsx import XLSX, SheetColumn, write_rows
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.choices import EstablishmentState
from orgs.models import OrgUnitQuerySet
from orgs.permissions import VIEW_UNITS
from orgs.selectors.units import narrowed, visible_units, with_facts

KIND = "orgs.units"
COLUMNS = [
    SheetColumn("行政区划代码", width=16),
    SheetColumn("单位", width=32),
    SheetColumn("层级", width=9),
    SheetColumn("类别", width=10),
    SheetColumn("应建", width=10),
    SheetColumn("建立情况", width=10),
    SheetColumn("六有项数", "number", 10),
    SheetColumn("分管领导", width=12),
    SheetColumn("联络员", width=12),
    SheetColumn("设立日期", "day", 12),
]


def _title(params: dict[str, Any]) -> str:
    return "科协组织名册"


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.can_anywhere(VIEW_UNITS) and user.can_anywhere(EXPORT)


def _rows(units: OrgUnitQuerySet) -> Iterator[tuple[Any, ...]]:
    for unit in units.iterator(chunk_size=2000):
        yield (
            unit.division_code,
            unit.display_name,
            unit.get_level_display(),
            unit.get_kind_display(),
            "应建" if unit.is_expected else "不计应建",
            EstablishmentState(unit.state).label,
            unit.haves,
            unit.leader,
            unit.liaison,
            unit.opened_on,
        )


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    units = narrowed(visible_units(user), params).in_code_order()
    total = units.count()
    now = clock.now()
    note = f"截至 {moment(now)}，共 {total:,} 个单位；导出人：{user.actor_label}"
    write_rows(
        path,
        COLUMNS,
        _rows(with_facts(units)),
        sheet="单位名册",
        title="科协组织名册",
        note=note,
        total=total,
        progress=progress,
    )
    return Built(
        file_name=f"科协组织名册-{clock.local_day(now):%Y%m%d}.xlsx",
        basis={"截至": moment(now), "单位数": total},
    )


UNITS = Exporter(kind=KIND, title=_title, allowed=_allowed, build=_build, content_type=XLSX)
