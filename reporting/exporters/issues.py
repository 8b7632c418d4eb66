"""The list of problems and suggestions as a workbook: the rows of the page, with the answers in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core import clock, formats
from core.xlsx import XLSX, write_rows
from files.conditions import Asker, query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.filters.issues import IssueFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.issues import issues_in_sight, with_steps
from reporting.tables.issues import ISSUE_SHEET, issue_row

KIND = "reporting.issues"
TITLE = "问题建议"
CHUNK = 500


def issues_asked_for(user: Any, query: dict[str, Any]) -> IssueFilter:
    """The filter over everything in sight, as the list and the file both use it; withdrawn ones only when asked for."""
    data = query_of(query)
    rows = issues_in_sight(user)
    return IssueFilter(data, rows if data.get("state") else rows.standing(), request=Asker(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_REPORTS) and user.can_anywhere(EXPORT))


def _rows(found: Any) -> Iterator[list[Any]]:
    order = ("-report__cycle__period", "unit__division_code", "kind", "position", "pk")
    for issue in with_steps(found).order_by(*order).iterator(chunk_size=CHUNK):
        yield issue_row(issue)


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    found = issues_asked_for(user, params.get("query", {})).qs
    total, today = found.count(), clock.today()
    written = write_rows(
        path,
        ISSUE_SHEET,
        _rows(found),
        sheet=TITLE,
        title=f"{user.unit.display_name}{TITLE}",
        note=f"截至{formats.day(today)}，共{total}条。导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"{TITLE}-{today:%Y%m%d}.xlsx", {"条数": written, "截至": formats.day(today)})


EXPORTER = Exporter(kind=KIND, title=lambda params: TITLE, allowed=_allowed, build=_build, content_type=XLSX)


def register_issue_sheet() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
