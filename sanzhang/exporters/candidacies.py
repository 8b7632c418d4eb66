"""The candidacies as a workbook, by the same filter and rows as the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import Asker, query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from sanzhang.filters.seats import CandidacyFilter
from sanzhang.models import Candidacy
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.board import longest_waiting, shown, with_people

KIND = "sanzhang.candidacies"
CHUNK = 1000

COLUMNS = [
    SheetColumn("姓名", width=12),
    SheetColumn("职业身份", width=20),
    SheetColumn("领域", width=8),
    SheetColumn("工作单位", width=28),
    SheetColumn("拟任单位", width=28),
    SheetColumn("拟任职务", width=10),
    SheetColumn("程序", width=26),
    SheetColumn("提名日期", "day", width=12),
    SheetColumn("当前环节", width=24),
    SheetColumn("等待", width=20),
    SheetColumn("最近办理", "day", width=12),
    SheetColumn("天数", "number", width=8),
    SheetColumn("原因", width=40),
]


def candidacies_asked_for(user: Any, query: dict[str, Any]) -> CandidacyFilter:
    """The filter over every candidacy ``user`` may see, as the pages and the file use it; open ones unless asked."""
    data = query_of(query, state="open")
    rows = Candidacy.objects.visible_to(user, VIEW_PEOPLE)
    return CandidacyFilter(data, rows, request=Asker(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_PEOPLE) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    rows = longest_waiting(with_people(candidacies_asked_for(user, params.get("query", {})).qs))
    total, today = rows.count(), clock.today()
    written = write_rows(
        path,
        COLUMNS,
        _rows(rows.select_related("procedure")),
        sheet="吸纳程序",
        title="“三长”吸纳程序办理情况",
        note=f"截至{formats.day(today)}，共{total}件。导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"吸纳程序-{today:%Y%m%d}.xlsx", {"件数": written, "截至": formats.day(today)})


def _rows(candidacies: Any) -> Iterator[list[Any]]:
    stream = candidacies.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        for row in shown(chunk):
            held = row.candidacy
            yield [
                held.person.name,
                held.person.occupation.name,
                held.person.occupation.get_field_display(),
                held.person.employer,
                held.unit.display_name,
                held.get_position_display(),
                str(held.procedure),
                held.opened_on,
                f"{row.stage}（暂缓）" if row.is_deferred else row.stage,
                row.waits_for,
                row.since,
                row.days,
                held.reason,
            ]


CANDIDACIES_EXPORTER = Exporter(
    kind=KIND,
    title=lambda params: f"吸纳程序（{formats.day(clock.today())}）",
    allowed=_allowed,
    build=_build,
    content_type=XLSX,
)
