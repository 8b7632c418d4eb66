"""Columns of the lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.tables import IN_USE, Column
from sanzhang.choices import Position
from sanzhang.models import Appointment, Occupation
from sanzhang.selectors import BodyTerm, Waiting


def seat_words(seat: Appointment) -> str:
    """历下区科协副主席."""
    return f"{seat.unit.association}{seat.get_position_display()}"


def _stage(row: Waiting) -> tuple[str, str, str]:
    if row.is_deferred:
        return (f"{row.stage}（暂缓）", "warning", "pause")
    if row.candidacy.closed_on is not None:
        return (row.stage, "success" if row.candidacy.outcome == "appointed" else "neutral", "")
    if not row.candidacy.due:
        return (row.stage, "success", "check-circle-fill")
    return (row.stage, "primary", "hourglass-split")


BOARD = [
    Column(
        "candidacy.person.name",
        "姓名",
        "name",
        link=lambda row: reverse("sanzhang:candidacy", args=[row.candidacy.pk]),
        sort="person__pinyin",
    ),
    Column("candidacy.person.occupation.name", "职业身份", sort="person__occupation__order"),
    Column(
        "seat",
        "拟任职务",
        value=lambda row: f"{row.candidacy.unit.association}{row.candidacy.get_position_display()}",
        sort="unit__division_code",
    ),
    Column("stage", "当前环节", "pill", value=_stage, sort="due"),
    Column("waits_for", "等待"),
    Column("candidacy.opened_on", "提名日期", "day", sort="opened_on"),
    Column("since", "最近办理", "day", sort="moved_on"),
    Column("days", "已等待（天）", "number", hint="已办结的为全程天数"),
]

TERMS = [
    Column(
        "unit.association",
        "单位",
        "name",
        link=lambda row: reverse("sanzhang:bodies", args=[row.unit.pk]),
        sort="unit__division_code",
    ),
    Column("body.get_kind_display", "领导机构"),
    Column("ordinal", "届次", value=lambda row: f"第{row.term.ordinal}届" if row.term else None),
    Column("starts_on", "届期开始", "day", value=lambda row: row.term.starts_on if row.term else None),
    Column(
        "lawful_end",
        "应换届日期",
        "day",
        value=lambda row: row.term.lawful_end if row.term else None,
        sort="lawful_end",
    ),
    Column("state", "状态", "pill", value=lambda row: (row.state.label, row.state.tone)),
    Column("left", "期限", value=lambda row: days_in_words(row)),
    Column("chased_at", "最近提醒", "moment"),
]


def days_in_words(row: BodyTerm) -> str:
    """还有 120 天 / 已逾期 30 天."""
    if row.days_left is None:
        return ""
    return f"还有{row.days_left}天" if row.days_left > 0 else f"已逾期{-row.days_left}天"


def renew_column(can_renew: Any) -> Column:
    """The way to the renewal, for who may do it."""
    return Column(
        "renew",
        "办理",
        value=lambda row: "换届" if row.term and can_renew(row.unit) else None,
        link=lambda row: (
            f"{reverse('sanzhang:renew', args=[row.unit.pk])}?bodies={row.body.kind}"
            if row.term and can_renew(row.unit)
            else None
        ),
    )


def seats_of_occupation(occupation: Occupation) -> str:
    """县级：代表、委员；乡镇级：副主席."""
    labels = dict(Position.choices)
    return "；".join(
        f"{seat.get_level_display()}：{'、'.join(labels[position] for position in seat.positions)}"
        for seat in occupation.seats.all()
    )


OCCUPATIONS = [
    Column(
        "name",
        "职业身份",
        "name",
        link=lambda row: reverse("sanzhang:edit_occupation", args=[row.pk]),
        sort="name",
    ),
    Column("get_category_display", "类别", sort="category"),
    Column("get_field_display", "领域", sort="field"),
    Column("seats", "可任职务", value=seats_of_occupation),
    Column(
        "people_count",
        "登记人数",
        "number",
        link=lambda row: f"{reverse('sanzhang:list')}?occupation={row.pk}&office=all",
        sort="people_count",
    ),
    Column("order", "顺序", "number", sort="order"),
    IN_USE,
]
