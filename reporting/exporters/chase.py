"""The records of chasing as sheets, by the same filters as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.filters.chase import ChaseFilter, ReminderFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.chases import chases_in_sight, reminders_in_sight
from reporting.tables.chase import CHASE_SHEET, REMINDER_SHEET, chase_line, reminder_line


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_REPORTS) and user.can_anywhere(EXPORT))


def _log(
    kind: str,
    title: str,
    columns: list[SheetColumn],
    found: Callable[[Any, Any], Any],
    line: Callable[[Any], list[Any]],
) -> Exporter:
    def build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
        rows = found(query_of(params), user).order_by("-at", "-pk")
        moment = formats.moment(clock.now())
        count = write_rows(
            path,
            columns,
            (line(row) for row in rows.iterator(chunk_size=500)),
            sheet=title,
            title=title,
            note=f"截至 {moment}，制表：{user.actor_label}",
            total=rows.count(),
            progress=progress,
        )
        return Built(f"{title}-{clock.today():%Y%m%d}.xlsx", {"数据截至": moment, "行数": count})

    return Exporter(kind=kind, title=lambda params: title, allowed=_allowed, build=build, content_type=XLSX)


CHASES = _log(
    "reporting.chases",
    "催报登记",
    CHASE_SHEET,
    lambda asked, user: ChaseFilter(asked, queryset=chases_in_sight(user)).qs,
    chase_line,
)
REMINDERS = _log(
    "reporting.reminders",
    "系统提醒记录",
    REMINDER_SHEET,
    lambda asked, user: ReminderFilter(asked, queryset=reminders_in_sight(user)).qs,
    reminder_line,
)


def register_chase_lists() -> None:
    """Called once at start."""
    register_exporter(CHASES)
    register_exporter(REMINDERS)
