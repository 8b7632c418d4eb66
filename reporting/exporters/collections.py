"""The list of collections as a workbook: the rows of the page."""

from __future__ import annotations

from typing import Any

from core import clock, formats
from core.xlsx import XLSX, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.forms.collections import CollectionNarrowing
from reporting.permissions import MANAGE_CYCLES
from reporting.selectors.collections import collections_of, narrowed
from reporting.tables.collections import COLLECTION_SHEET, collection_row

KIND = "reporting.collections"
TITLE = "填报任务"


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(MANAGE_CYCLES) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    narrowing = CollectionNarrowing(query_of(params.get("query", {})))
    found = narrowed(collections_of(user.unit), narrowing.criteria).order_by("-is_principal", "pk")
    today = formats.day(clock.today())
    written = write_rows(
        path,
        COLLECTION_SHEET,
        (collection_row(row) for row in found),
        sheet=TITLE,
        title=f"{user.unit.display_name}{TITLE}",
        note=f"截至{today}。导出人：{user.actor_label}",
        total=found.count(),
        progress=progress,
    )
    return Built(f"{TITLE}-{clock.today():%Y%m%d}.xlsx", {"条数": written, "截至": today})


EXPORTER = Exporter(kind=KIND, title=lambda params: TITLE, allowed=_allowed, build=_build, content_type=XLSX)


def register_collection_sheet() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
