"""What waits for review as a workbook."""

from __future__ import annotations

from typing import Any

from core import clock, formats
from core.xlsx import XLSX, write_rows
from files.conditions import Asker, query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.filters.queue import QueueFilter
from reporting.permissions import REVIEW
from reporting.selectors.queue import waiting_reports
from reporting.tables.queue import QUEUE_SHEET, queue_row

KIND = "reporting.queue"
TITLE = "待审核报表"


def queue_asked_for(user: Any, query: dict[str, Any]) -> QueueFilter:
    """The filter over what waits for the desk in use."""
    return QueueFilter(query_of(query), waiting_reports(user.unit), request=Asker(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.unit is not None and bool(user.can(REVIEW, user.unit) and user.can(EXPORT, user.unit))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    found = queue_asked_for(user, params.get("query", {})).qs
    moment = formats.moment(clock.now())
    written = write_rows(
        path,
        QUEUE_SHEET,
        (queue_row(row) for row in found),
        sheet=TITLE,
        title=f"{user.unit.association}{TITLE}",
        note=f"截至{moment}。导出人：{user.actor_label}",
        total=found.count(),
        progress=progress,
    )
    return Built(f"{TITLE}-{clock.today():%Y%m%d}.xlsx", {"份数": written, "截至": moment})


EXPORTER = Exporter(kind=KIND, title=lambda params: TITLE, allowed=_allowed, build=_build, content_type=XLSX)


def register_queue_sheet() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
