"""The lists of work as workbooks, from the rows of the pages and with the scope of who asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.shortcuts import get_object_or_404

from core import clock, formats
from core.keys import key_in, year_in
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import Asker, query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.models import OrgUnit
from sanzhang.choices import DutyItem
from sanzhang.filters.duty import ActivityFilter, ExemplarFilter, SupportFilter
from sanzhang.models import Exemplar, Support
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.activities import activities_in_sight, parts_of
from sanzhang.selectors.duty import DutyQuery, duty_counts, duty_rows
from sanzhang.tables.duty import activity_state, people_in_words, receipt

CHUNK = 1000

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


def activities_asked_for(user: Any, query: dict[str, Any]) -> ActivityFilter:
    """The filter over everything in sight, as the list and the file both use it."""
    return ActivityFilter(query_of(query, state="standing"), activities_in_sight(user), request=Asker(user))


def supports_asked_for(user: Any, query: dict[str, Any]) -> SupportFilter:
    rows = Support.objects.visible_to(user, VIEW_PEOPLE)
    return SupportFilter(query_of(query, state="standing"), rows, request=Asker(user))


def exemplars_asked_for(user: Any, query: dict[str, Any]) -> ExemplarFilter:
    rows = Exemplar.objects.visible_to(user, VIEW_PEOPLE).filter(withdrawn_at__isnull=True)
    return ExemplarFilter(query_of(query), rows, request=Asker(user))


def duty_asked_for(user: Any, query: dict[str, Any]) -> DutyQuery:
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


def _chunks(rows: Any) -> Iterator[list[Any]]:
    stream = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _activity_rows(rows: Any) -> Iterator[list[Any]]:
    related = rows.select_related("unit", "kind").prefetch_related("co_hosts__unit", "co_hosts__affiliate")
    for chunk in _chunks(related.order_by("-held_on", "-id")):
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


def _support_rows(rows: Any) -> Iterator[list[Any]]:
    for chunk in _chunks(rows.select_related("giver", "receiver").order_by("-given_on", "-id")):
        for row in chunk:
            yield [
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


def _duty_rows(asked: DutyQuery) -> Iterator[list[Any]]:
    for row in duty_rows(asked):
        yield [
            row.name,
            row.unit.association,
            row.position_label,
            *(number for item in DutyItem for number in (row.done[item], row.least.get(item))),
            row.pill[0],
            row.lacks,
            row.grade_label,
        ]


def _exemplar_rows(rows: Any) -> Iterator[list[Any]]:
    for chunk in _chunks(rows.select_related("unit", "person").order_by("-year", "level", "-id")):
        for row in chunk:
            yield [
                row.title,
                row.get_kind_display(),
                str(row.year),
                row.person.name if row.person else "",
                row.unit.association,
                row.get_level_display(),
                row.text,
            ]


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_PEOPLE) and user.can_anywhere(EXPORT))


def _exporter(
    kind: str,
    title: str,
    columns: list[SheetColumn],
    rows_of: Callable[[Any, dict[str, Any]], tuple[int, Iterator[list[Any]]]],
) -> Exporter:
    def build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
        total, rows = rows_of(user, params.get("query", {}))
        today = clock.today()
        written = write_rows(
            path,
            columns,
            rows,
            sheet=title,
            title=title,
            note=f"截至{formats.day(today)}，共{total}条。导出人：{user.actor_label}",
            total=total,
            progress=progress,
        )
        return Built(f"{title}-{today:%Y%m%d}.xlsx", {"条数": written, "截至": formats.day(today)})

    return Exporter(
        kind=kind,
        title=lambda params: f"{title}（{formats.day(clock.today())}）",
        allowed=_allowed,
        build=build,
        content_type=XLSX,
    )


def _filtered(asked: Any, rows: Callable[[Any], Iterator[list[Any]]]) -> tuple[int, Iterator[list[Any]]]:
    return asked.qs.count(), rows(asked.qs)


def duty_list_rows(user: Any, query: dict[str, Any]) -> tuple[int, Iterator[list[Any]]]:
    """How many heads the file holds, and its rows in the order of the page."""
    asked = duty_asked_for(user, query)
    return sum(duty_counts(asked).values()), _duty_rows(asked)


ACTIVITIES, SUPPORTS, DUTY, EXEMPLARS = (
    "sanzhang.activities",
    "sanzhang.supports",
    "sanzhang.duty",
    "sanzhang.exemplars",
)
EXPORTERS = [
    _exporter(
        ACTIVITIES,
        "履职活动",
        ACTIVITY_COLUMNS,
        lambda user, query: _filtered(activities_asked_for(user, query), _activity_rows),
    ),
    _exporter(
        SUPPORTS,
        "支持台账",
        SUPPORT_COLUMNS,
        lambda user, query: _filtered(supports_asked_for(user, query), _support_rows),
    ),
    _exporter(DUTY, "履职情况对照", DUTY_COLUMNS, duty_list_rows),
    _exporter(
        EXEMPLARS,
        "典型",
        EXEMPLAR_COLUMNS,
        lambda user, query: _filtered(exemplars_asked_for(user, query), _exemplar_rows),
    ),
]
