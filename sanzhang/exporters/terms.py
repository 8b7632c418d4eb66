"""The bodies with their terms as a workbook, by the same filter and rows as the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from core import clock, formats
from core.chunks import in_chunks
from core.xlsx import SheetColumn
from files.conditions import Asker, query_of
from files.lists import list_file, with_export
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.filters.seats import TermFilter
from sanzhang.models import LeadershipBody
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors import body_terms
from sanzhang.selectors.terms import with_present_term

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


def terms_asked_for(user: Any, query: Mapping[str, Any]) -> TermFilter:
    """The filter over every leadership body ``user`` may see, the most urgent renewals first."""
    data = query_of(query)
    bodies = LeadershipBody.objects.visible_to(user, VIEW_PEOPLE).filter(
        kind__in=LEADERSHIP_KINDS, unit__closed_on__isnull=True
    )
    return TermFilter(data, with_present_term(bodies), request=Asker(user))


def _lines(bodies: QuerySet[LeadershipBody]) -> Iterator[list[Any]]:
    today = clock.today()
    for chunk in in_chunks(bodies):
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


TERMS_FILE = list_file(
    kind="sanzhang.terms",
    title="届次与换届",
    heading=lambda user: "各级科协领导机构届次与换届情况",
    columns=COLUMNS,
    rows=lambda user, query: terms_asked_for(user, query).qs,
    lines=_lines,
    allowed=with_export(VIEW_PEOPLE),
    counted="个领导机构",
)
