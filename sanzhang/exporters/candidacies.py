"""The candidacies as a workbook, by the same filter and rows as the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from core.chunks import in_chunks
from core.xlsx import SheetColumn
from files.conditions import Asker, query_of
from files.lists import list_file, with_export
from sanzhang.filters.seats import CandidacyFilter
from sanzhang.models import Candidacy
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.board import longest_waiting, shown, with_people

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


def candidacies_asked_for(user: Any, query: Mapping[str, Any]) -> CandidacyFilter:
    """The filter over every candidacy ``user`` may see, as the pages and the file use it; open ones unless asked."""
    data = query_of(query, state="open")
    rows = Candidacy.objects.visible_to(user, VIEW_PEOPLE)
    return CandidacyFilter(data, rows, request=Asker(user))


def _rows(user: Any, query: QueryDict) -> QuerySet[Candidacy]:
    found = longest_waiting(with_people(candidacies_asked_for(user, query).qs))
    return found.select_related("procedure")


def _lines(candidacies: QuerySet[Candidacy]) -> Iterator[list[Any]]:
    for chunk in in_chunks(candidacies):
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


CANDIDACIES_FILE = list_file(
    kind="sanzhang.candidacies",
    title="吸纳程序",
    heading=lambda user: "“三长”吸纳程序办理情况",
    columns=COLUMNS,
    rows=_rows,
    lines=_lines,
    allowed=with_export(VIEW_PEOPLE),
    counted="件",
)
