"""The bodies with their terms as a workbook, by the same filter and rows as the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import Asker, query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.filters.seats import TermFilter
from sanzhang.models import LeadershipBody
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors import body_terms
from sanzhang.selectors.terms import with_present_term

KIND = "sanzhang.terms"
CHUNK = 1000

COLUMNS = [
    SheetColumn("单位", width=34),
    SheetColumn("层级", width=10),
    SheetColumn("领导机构", width=16),
    SheetColumn("届次", width=8),
    SheetColumn("届期开始", "day", width=12),
    SheetColumn("应换届日期", "day", width=12),
    SheetColumn("状态", width=18),
    SheetColumn("剩余天数", "number", width=10),
    SheetColumn("最近提醒", width=18),
]


def terms_asked_for(user: Any, query: dict[str, Any]) -> TermFilter:
    """The filter over every leadership body ``user`` may see, the most urgent renewals first."""
    data = query_of(query)
    bodies = LeadershipBody.objects.visible_to(user, VIEW_PEOPLE).filter(
        kind__in=LEADERSHIP_KINDS, unit__closed_on__isnull=True
    )
    return TermFilter(data, with_present_term(bodies), request=Asker(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_PEOPLE) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    bodies = terms_asked_for(user, params.get("query", {})).qs
    total, today = bodies.count(), clock.today()
    written = write_rows(
        path,
        COLUMNS,
        _rows(bodies),
        sheet="届次与换届",
        title="各级科协领导机构届次与换届情况",
        note=f"截至{formats.day(today)}，共{total}个领导机构。导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"届次与换届-{today:%Y%m%d}.xlsx", {"机构数": written, "截至": formats.day(today)})


def _rows(bodies: Any) -> Iterator[list[Any]]:
    stream = bodies.iterator(chunk_size=CHUNK)
    today = clock.today()
    while chunk := list(islice(stream, CHUNK)):
        for row in body_terms(chunk, today):
            term = row.term
            yield [
                row.unit.display_name,
                row.unit.get_level_display(),
                row.body.get_kind_display(),
                f"第{term.ordinal}届" if term else "",
                term.starts_on if term else None,
                term.lawful_end if term else None,
                row.state.label,
                row.days_left,
                formats.moment(row.chased_at) if row.chased_at else "",
            ]


TERMS_EXPORTER = Exporter(
    kind=KIND,
    title=lambda params: f"届次与换届（{formats.day(clock.today())}）",
    allowed=_allowed,
    build=_build,
    content_type=XLSX,
)
