"""The yearly numbers of meetings as a workbook, by the same filter and rows as the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from sanzhang.filters.yearly_meetings import YearlyAsked
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.meeting_norms import YearlyRow

KIND = "sanzhang.yearly_meetings"

COLUMNS = [
    SheetColumn("单位", width=34),
    SheetColumn("层级", width=10),
    SheetColumn("会议", width=12),
    SheetColumn("要求", width=12),
    SheetColumn("已开次数", "number", width=10),
    SheetColumn("要求次数", "number", width=10),
    SheetColumn("还差次数", "number", width=10),
    SheetColumn("情况", width=10),
    SheetColumn("说明", width=40),
]


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_PEOPLE) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    data = query_of(params.get("query", {}))
    today = clock.today()
    asked = YearlyAsked(user, data, today)
    total = sum(len(row.by_kind) for row in asked.rows)
    written = write_rows(
        path,
        COLUMNS,
        _rows(asked.rows),
        sheet="会议年度次数",
        title=f"{asked.year}年各级科协会议召开情况",
        note=f"截至{formats.day(today)}，共{len(asked.rows)}个单位。导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"会议年度次数-{asked.year}-{today:%Y%m%d}.xlsx", {"行数": written, "年度": str(asked.year)})


def _rows(rows: list[YearlyRow]) -> Iterator[list[Any]]:
    for row in rows:
        for standing in row.by_kind.values():
            yield [
                row.unit.display_name,
                row.unit.get_level_display(),
                standing.norm.get_kind_display(),
                standing.norm.words,
                standing.held,
                standing.norm.times,
                standing.short,
                standing.state.label,
                standing.words,
            ]


YEARLY_MEETINGS_EXPORTER = Exporter(
    kind=KIND,
    title=lambda params: f"会议年度次数（{formats.day(clock.today())}）",
    allowed=_allowed,
    build=_build,
    content_type=XLSX,
)
