"""The lists of work as workbooks, from the rows of the pages and with the scope of who asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from core import clock
from core.chunks import in_chunks
from core.keys import key_in, year_in
from core.xlsx import SheetColumn
from files.conditions import Asker, query_of
from files.lists import Listing, each, list_file, listing_file, with_export
from orgs.models import OrgUnit
from sanzhang.choices import DutyItem
from sanzhang.filters.duty import ActivityFilter, ExemplarFilter, SupportFilter
from sanzhang.models import Exemplar, Support
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.activities import activities_in_sight, parts_of
from sanzhang.selectors.duty import DutyQuery, DutyRow, duty_counts, duty_rows
from sanzhang.tables.duty import activity_state, people_in_words, receipt

ACTIVITY_COLUMNS = [
    SheetColumn("活动", width=28),
    SheetColumn("类别", width=14),
    SheetColumn("日期", "day", width=12),
    SheetColumn("结束日期", "day", width=12),
    SheetColumn("主办单位", width=26),
    SheetColumn("联合主办", width=26),
    SheetColumn("地点", width=20),
    SheetColumn("“三长”牵头、参与", width=34),
    SheetColumn("青少年", "number", width=9),
    SheetColumn("社区居民", "number", width=9),
    SheetColumn("农民", "number", width=9),
    SheetColumn("其他", "number", width=9),
    SheetColumn("人次合计", "number", width=10),
    SheetColumn("项次", "number", width=8),
    SheetColumn("志愿服务", width=9),
    SheetColumn("状态", width=12),
    SheetColumn("登记时间", "moment", width=17),
    SheetColumn("登记人", width=24),
    SheetColumn("备注", width=30),
]
SUPPORT_COLUMNS = [
    SheetColumn("内容", width=30),
    SheetColumn("类别", width=12),
    SheetColumn("日期", "day", width=12),
    SheetColumn("支持单位", width=24),
    SheetColumn("受援单位", width=24),
    SheetColumn("金额（万元）", "money", width=12),
    SheetColumn("人数", "number", width=8),
    SheetColumn("安排", width=10),
    SheetColumn("确认", width=12),
    SheetColumn("确认人", width=24),
    SheetColumn("登记人", width=24),
    SheetColumn("备注", width=30),
]
DUTY_COLUMNS = [
    SheetColumn("姓名", width=12),
    SheetColumn("任职单位", width=26),
    SheetColumn("职务", width=10),
    *(
        SheetColumn(f"{item.label}{part}", "number", width=9)
        for item in DutyItem
        for part in ("次数", "要求")
    ),
    SheetColumn("履职情况", width=12),
    SheetColumn("还差", width=30),
    SheetColumn("年度评价", width=10),
]
EXEMPLAR_COLUMNS = [
    SheetColumn("标题", width=30),
    SheetColumn("类别", width=12),
    SheetColumn("年度", "text", width=8),
    SheetColumn("人员", width=12),
    SheetColumn("推荐单位", width=26),
    SheetColumn("选树层级", width=10),
    SheetColumn("事迹", width=80),
]


def activities_asked_for(user: Any, query: Mapping[str, Any]) -> ActivityFilter:
    """The filter over everything in sight, as the list and the file both use it."""
    return ActivityFilter(query_of(query, state="standing"), activities_in_sight(user), request=Asker(user))


def supports_asked_for(user: Any, query: Mapping[str, Any]) -> SupportFilter:
    rows = Support.objects.visible_to(user, VIEW_PEOPLE)
    return SupportFilter(query_of(query, state="standing"), rows, request=Asker(user))


def exemplars_asked_for(user: Any, query: Mapping[str, Any]) -> ExemplarFilter:
    rows = Exemplar.objects.visible_to(user, VIEW_PEOPLE).filter(withdrawn_at__isnull=True)
    return ExemplarFilter(query_of(query), rows, request=Asker(user))


def duty_asked_for(user: Any, query: Mapping[str, Any]) -> DutyQuery:
    """Whose year: of the unit asked for, else of the desk; what is no condition is ignored."""
    data = query_of(query)
    unit = user.unit
    if asked := key_in(data.get("unit")):
        unit = get_object_or_404(OrgUnit.objects.visible_to(user, VIEW_PEOPLE), pk=asked)
    return DutyQuery(
        within=unit,
        year=year_in(data.get("year")) or clock.today().year,
        q=str(data.get("q", "")).strip()[:40],
        state=str(data.get("met", "")),
        position=str(data.get("position", "")),
        grade=str(data.get("grade", "")),
        sort=str(data.get("sort", "unit")),
    )


def _activities(user: Any, query: QueryDict) -> QuerySet[Any]:
    rows = activities_asked_for(user, query).qs
    related = rows.select_related("unit", "kind").prefetch_related("co_hosts__unit", "co_hosts__affiliate")
    return related.order_by("-held_on", "-id")


def _activity_lines(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    for chunk in in_chunks(rows):
        parts = parts_of(chunk)
        for row in chunk:
            yield [
                row.title,
                row.kind.name,
                row.held_on,
                row.ended_on,
                row.unit.association,
                "、".join(
                    str(host.unit.association if host.unit else host.affiliate) for host in row.co_hosts.all()
                ),
                row.place,
                people_in_words(parts.get(row.pk, [])),
                *(row.youth, row.residents, row.farmers, row.others, row.reached, row.adopted),
                "是" if row.is_volunteer else "",
                activity_state(row)[0],
                row.recorded_at,
                row.recorded_by,
                row.note,
            ]


def _supports(user: Any, query: QueryDict) -> QuerySet[Support]:
    rows = supports_asked_for(user, query).qs
    return rows.select_related("giver", "receiver").order_by("-given_on", "-id")


def _support_line(row: Support) -> list[Any]:
    return [
        row.title,
        row.get_kind_display(),
        row.given_on,
        row.giver.association,
        row.receiver_name,
        row.amount,
        row.heads,
        "本级安排" if row.is_own else "上级转拨",
        receipt(row)[0],
        row.confirmed_by,
        row.recorded_by,
        row.note,
    ]


def _exemplars(user: Any, query: QueryDict) -> QuerySet[Exemplar]:
    rows = exemplars_asked_for(user, query).qs
    return rows.select_related("unit", "person").order_by("-year", "level", "-id")


def _exemplar_line(row: Exemplar) -> list[Any]:
    return [
        row.title,
        row.get_kind_display(),
        str(row.year),
        row.person.name if row.person else "",
        row.unit.association,
        row.get_level_display(),
        row.text,
    ]


def _duty_line(row: DutyRow) -> list[Any]:
    return [
        row.name,
        row.unit.association,
        row.position_label,
        *(number for item in DutyItem for number in (row.done[item], row.least.get(item))),
        row.pill[0],
        row.lacks,
        row.grade_label,
    ]


def duty_listing(user: Any, query: Mapping[str, Any]) -> Listing:
    """The heads of the page in its order, each with what was done and what is demanded."""
    asked = duty_asked_for(user, query)
    return Listing(
        title="履职情况对照",
        columns=DUTY_COLUMNS,
        rows=map(_duty_line, duty_rows(asked)),
        total=sum(duty_counts(asked).values()),
        counted="人",
        on=asked.day,
    )


ACTIVITIES_FILE = list_file(
    kind="sanzhang.activities",
    title="履职活动",
    columns=ACTIVITY_COLUMNS,
    rows=_activities,
    lines=_activity_lines,
    allowed=with_export(VIEW_PEOPLE),
)
SUPPORTS_FILE = list_file(
    kind="sanzhang.supports",
    title="支持台账",
    columns=SUPPORT_COLUMNS,
    rows=_supports,
    lines=each(_support_line),
    allowed=with_export(VIEW_PEOPLE),
)
DUTY_FILE = listing_file(
    kind="sanzhang.duty", title="履职情况对照", allowed=with_export(VIEW_PEOPLE), find=duty_listing
)
EXEMPLARS_FILE = list_file(
    kind="sanzhang.exemplars",
    title="典型",
    columns=EXEMPLAR_COLUMNS,
    rows=_exemplars,
    lines=each(_exemplar_line),
    allowed=with_export(VIEW_PEOPLE),
)
