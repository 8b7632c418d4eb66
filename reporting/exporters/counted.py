"""The reports behind a number as a workbook: the rows of the page."""

from __future__ import annotations

from typing import Any

from core import clock, formats
from core.xlsx import XLSX, write_rows
from files.conditions import Asker, query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.filters.counted import CountedFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.counted import reports_in_sight
from reporting.tables.counted import COUNTED_SHEET, counted_line

KIND = "reporting.counted"
TITLE = "报表清单"


def counted_asked_for(user: Any, query: dict[str, Any]) -> CountedFilter:
    """The filter over every report in sight."""
    return CountedFilter(query_of(query), reports_in_sight(user), request=Asker(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_REPORTS) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    rows = counted_asked_for(user, params.get("query", {})).qs.order_by(
        "-cycle__period", "unit__division_code", "pk"
    )
    moment = formats.moment(clock.now())
    count = write_rows(
        path,
        COUNTED_SHEET,
        (counted_line(row) for row in rows.iterator(chunk_size=500)),
        sheet=TITLE,
        title=TITLE,
        note=f"截至{moment}。导出人：{user.actor_label}",
        total=rows.count(),
        progress=progress,
    )
    return Built(f"{TITLE}-{clock.today():%Y%m%d}.xlsx", {"份数": count, "截至": moment})


EXPORTER = Exporter(kind=KIND, title=lambda params: TITLE, allowed=_allowed, build=_build, content_type=XLSX)


def register_counted_sheet() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
