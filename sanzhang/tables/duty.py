"""Columns of the lists of work: activities, supports, the year against the standard, exemplars."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core import clock
from core.tables import IN_USE, Column
from orgs.choices import Level
from sanzhang.choices import DutyItem, PartRole
from sanzhang.models import Activity, ActivityPart, Support
from sanzhang.selectors.duty import DutyRow

#: So many names stand in a cell; the others are counted.
NAMES_SHOWN = 4


def people_in_words(parts: list[ActivityPart]) -> str:
    """牵头：王秀兰；参与：赵一鸣、李强等6人."""
    words = []
    for role in PartRole:
        names = [part.person.name for part in parts if part.role == role]
        if names:
            more = f"等{len(names)}人" if len(names) > NAMES_SHOWN else ""
            words.append(f"{role.label}：{'、'.join(names[:NAMES_SHOWN])}{more}")
    return "；".join(words)


def activity_state(activity: Activity) -> tuple[str, str]:
    if activity.voided_at:
        return ("已作废", "neutral")
    if activity.was_reported:
        return ("不再计入月报", "info")
    return ("补录", "warning") if activity.is_late else ("有效", "success")


ACTIVITIES = [
    Column("title", "活动", "name", link=lambda row: row.get_absolute_url(), sort="title"),
    Column("kind.name", "类别", sort="kind__order"),
    Column("held_on", "日期", "day", sort="held_on"),
    Column("unit.association", "主办单位", sort="unit__division_code"),
    Column("place", "地点", sort="place"),
    Column("people", "“三长”", value=lambda row: people_in_words(row.shown_parts)),
    Column("reached", "人次", "number", sort="reached"),
    Column("adopted", "项次", "number", value=lambda row: row.adopted or None, sort="adopted"),
    Column("state", "状态", "pill", value=activity_state),
]


def receipt(support: Support) -> tuple[str, str, str]:
    if support.voided_at:
        return ("已作废", "neutral", "slash-circle")
    if support.confirmed_at:
        return ("已确认收到", "success", "check-circle-fill")
    if support.receiver_id is None:
        return ("不需确认", "neutral", "dash-circle")
    return ("待确认", "warning", "hourglass-split")


SUPPORTS = [
    Column("title", "内容", "name", link=lambda row: row.get_absolute_url(), sort="title"),
    Column("get_kind_display", "类别", sort="kind"),
    Column("given_on", "日期", "day", sort="given_on"),
    Column("giver.association", "支持单位", sort="giver__division_code"),
    Column("receiver_name", "受援单位", sort="receiver__division_code"),
    Column("amount", "金额（万元）", "money", sort="amount"),
    Column("heads", "人数", "number", sort="heads"),
    Column("is_own", "安排", value=lambda row: "本级安排" if row.is_own else "上级转拨"),
    Column("receipt", "确认", "pill", value=receipt),
]


def _of(item: DutyItem) -> Any:
    return lambda row: row.of(item)


def duty_columns(year: int) -> list[Column]:
    """Done and least of each item, the state in words, the grade."""

    def work(row: DutyRow) -> str:
        return f"{reverse('duty:activities')}?person={row.person_id}&since={year}-01-01&until={year}-12-31"

    return [
        Column(
            "name",
            "姓名",
            "name",
            link=lambda row: reverse("sanzhang:person", args=[row.person_id]),
            sort="name",
        ),
        Column("unit.association", "任职单位", sort="unit"),
        Column("position_label", "职务", sort="position"),
        *(
            Column(item.value, f"{item.label}/要求", value=_of(item), link=work, sort=item.value)
            for item in DutyItem
        ),
        Column("state", "履职情况", "pill", value=lambda row: row.pill),
        Column("lacks", "还差"),
        Column("grade_label", "年度评价"),
    ]


EXEMPLARS = [
    Column("title", "标题", "name", link=lambda row: row.get_absolute_url(), sort="title"),
    Column("get_kind_display", "类别", sort="kind"),
    Column("year", "年度", value=lambda row: f"{row.year}年", sort="year"),
    Column("person.name", "人员"),
    Column("unit.association", "推荐单位", sort="unit__division_code"),
    Column(
        "level",
        "选树层级",
        "pill",
        value=lambda row: (
            f"{Level(row.level).label}典型",
            "success" if row.level <= Level.CITY else "info",
            "award",
        ),
        sort="level",
    ),
    Column(
        "chosen_at", "推荐日期", "day", value=lambda row: clock.local_day(row.chosen_at), sort="chosen_at"
    ),
]

CAMPAIGN_DAYS = [
    Column("name", "主题日", "name", link=lambda row: reverse("duty:edit_day", args=[row.pk])),
    Column(
        "day",
        "日期",
        value=lambda row: f"{row.month}月{row.day}日" + (f"起{row.days}天" if row.days > 1 else ""),
    ),
    Column("kind.name", "建议活动"),
    IN_USE,
]

KINDS = [
    Column("name", "活动类别", "name", link=lambda row: reverse("duty:edit_kind", args=[row.pk])),
    Column("get_counts_as_display", "计入月报"),
    Column("get_duty_display", "计入履职规范"),
    Column("asks_adopted", "登记项次", value=lambda row: "是" if row.asks_adopted else ""),
    Column("activities_count", "已登记", "number"),
    IN_USE,
]
