"""Columns of the lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from core.tables import Column
from sanzhang.choices import Position
from sanzhang.models import Appointment, KeyPerson, Occupation
from sanzhang.selectors import BodyTerm, Waiting


def seat_words(seat: Appointment) -> str:
    """历下区科协副主席."""
    return f"{seat.unit.association}{seat.get_position_display()}"


def highest(person: KeyPerson) -> Appointment | None:
    """The highest of the seats that the list put on the person."""
    return person.seats[0] if person.seats else None


def seats_in_words(person: KeyPerson) -> str:
    """The highest seat, and how many others there are."""
    if not person.seats:
        return ""
    others = f"，另任{len(person.seats) - 1}职" if len(person.seats) > 1 else ""
    return seat_words(person.seats[0]) + others


def _of_highest(name: str) -> Any:
    def read(person: KeyPerson) -> Any:
        seat = highest(person)
        value = getattr(seat, name, None) if seat else None
        return value() if callable(value) else value

    return read


PEOPLE = [
    Column("name", "姓名", "name", link=lambda person: person.get_absolute_url(), sort="pinyin"),
    Column("occupation.name", "职业身份", sort="occupation__order"),
    Column("employer", "工作单位", sort="employer"),
    Column("seats", "在任职务", value=seats_in_words),
    Column("employment", "任职方式", value=_of_highest("get_employment_display")),
    Column("valid_from", "起始日期", "day", value=_of_highest("valid_from")),
    Column("phone_masked", "电话"),
]

#: Columns that one may add to the list.
MORE = {
    column.key: column
    for column in [
        Column("occupation.get_category_display", "类别"),
        Column("occupation.get_field_display", "领域"),
        Column("post", "单位职务"),
        Column("get_sex_display", "性别"),
        Column("get_education_display", "学历"),
        Column("title", "职称"),
        Column("unit.display_name", "档案单位", sort="unit__division_code"),
        Column("way_in", "吸纳方式", value=_of_highest("get_way_in_display")),
        Column("updated_at", "更新时间", "moment", sort="updated_at"),
    ]
}


def people_columns(more: Sequence[str]) -> list[Column]:
    """The list's columns with those added that were asked for."""
    return [*PEOPLE[:-1], *(MORE[key] for key in more if key in MORE), PEOPLE[-1]]


def _stage(row: Waiting) -> tuple[str, str, str]:
    if row.is_deferred:
        return (f"{row.stage}（暂缓）", "warning", "pause")
    return (
        (row.stage, "primary", "hourglass-split") if row.due else (row.stage, "success", "check-circle-fill")
    )


BOARD = [
    Column(
        "candidacy.person.name",
        "姓名",
        "name",
        link=lambda row: reverse("sanzhang:candidacy", args=[row.candidacy.pk]),
    ),
    Column("candidacy.person.occupation.name", "职业身份"),
    Column(
        "seat",
        "拟任职务",
        value=lambda row: f"{row.candidacy.unit.association}{row.candidacy.get_position_display()}",
    ),
    Column("stage", "当前环节", "pill", value=_stage),
    Column("waits_for", "等待"),
    Column("since", "自", "day"),
    Column("days", "已等待（天）", "number"),
]

TERMS = [
    Column(
        "unit.association",
        "单位",
        "name",
        link=lambda row: f"{reverse('sanzhang:list')}?unit={row.unit.pk}",
    ),
    Column("body.get_kind_display", "领导机构"),
    Column("ordinal", "届次", value=lambda row: f"第{row.term.ordinal}届" if row.term else None),
    Column("starts_on", "届期开始", "day", value=lambda row: row.term.starts_on if row.term else None),
    Column("lawful_end", "应换届日期", "day", value=lambda row: row.term.lawful_end if row.term else None),
    Column("state", "状态", "pill", value=lambda row: (row.state.label, row.state.tone)),
    Column("left", "期限", value=lambda row: days_in_words(row)),
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
            reverse("sanzhang:renew_term", args=[row.term.pk]) if row.term and can_renew(row.unit) else None
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
    Column("people_count", "登记人数", "number", sort="people_count"),
    Column(
        "is_active",
        "状态",
        "pill",
        value=lambda row: ("启用", "success") if row.is_active else ("停用", "neutral"),
    ),
]
