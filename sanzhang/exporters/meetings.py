"""The yearly numbers of meetings as a workbook, by the same filter and rows as the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict

from core import clock
from core.xlsx import SheetColumn
from files.lists import Listing, listing_file, with_export
from sanzhang.filters.yearly_meetings import YearlyAsked
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.meeting_norms import YearlyRow

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


def _find(user: Any, query: QueryDict) -> Listing:
    asked = YearlyAsked(user, query, clock.today())
    return Listing(
        title=f"{asked.year}年各级科协会议召开情况",
        name=f"会议年度次数-{asked.year}",
        sheet="会议年度次数",
        columns=COLUMNS,
        rows=_lines(asked.rows),
        total=sum(len(row.by_kind) for row in asked.rows),
        counted="行",
        remarks=(f"{len(asked.rows):,}个单位",),
        basis={"年度": str(asked.year)},
    )


def _lines(rows: list[YearlyRow]) -> Iterator[list[Any]]:
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


YEARLY_MEETINGS_FILE = listing_file(
    kind="sanzhang.yearly_meetings", title="会议年度次数", allowed=with_export(VIEW_PEOPLE), find=_find
)
