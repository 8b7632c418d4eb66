"""The list of exemptions and extensions as a workbook: the rows of the page."""

from __future__ import annotations

from typing import Any

from core import clock, formats
from core.xlsx import XLSX, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.filters.excuses import ExcuseFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.excuses import excuses_in_sight
from reporting.tables.excuses import EXCUSE_SHEET, excuse_line

KIND = "reporting.excuses"
TITLE = "缓报免报"


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_REPORTS) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    rows = ExcuseFilter(query_of(params), queryset=excuses_in_sight(user)).qs.order_by(
        "-report__cycle__period", "report__unit__division_code", "pk"
    )
    moment = formats.moment(clock.now())
    count = write_rows(
        path,
        EXCUSE_SHEET,
        (excuse_line(row) for row in rows.iterator(chunk_size=500)),
        sheet=TITLE,
        title=f"{TITLE}名单",
        note=f"截至 {moment}，制表：{user.actor_label}",
        total=rows.count(),
        progress=progress,
    )
    return Built(f"{TITLE}名单-{clock.today():%Y%m%d}.xlsx", {"数据截至": moment, "行数": count})


EXPORTER = Exporter(
    kind=KIND, title=lambda params: f"{TITLE}名单", allowed=_allowed, build=_build, content_type=XLSX
)


def register_excuse_sheet() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
