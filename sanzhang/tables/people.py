"""Columns of the list of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core import formats
from core.keys import key_in
from core.tables import Column
from sanzhang.choices import Discipline
from sanzhang.models import Appointment, KeyPerson
from sanzhang.strokekeys import UNKNOWN_STROKES
from sanzhang.tables.seats import seat_words

DISCIPLINES = dict(Discipline.choices)
#: The sort keys of a name: by its sound, or by the strokes of the surname.
BY_PINYIN, BY_STROKES = "pinyin", "stroke_key"


def highest(person: KeyPerson) -> Appointment | None:
    """The highest of the seats that the list put on the person."""
    return person.seats[0] if person.seats else None


def seats_in_words(person: KeyPerson) -> str:
    """The highest seat, and how many others there are."""
    if not person.seats:
        return ""
    others = f"，另任{len(person.seats) - 1}职" if len(person.seats) > 1 else ""
    return seat_words(person.seats[0]) + others


def disciplines_in_words(person: KeyPerson) -> str:
    """医科、教育."""
    return "、".join(DISCIPLINES.get(key, key) for key in person.disciplines)


def strokes_in_words(person: KeyPerson) -> str:
    """4画: the strokes of the surname's first character."""
    strokes = key_in(person.stroke_key[:2])
    return f"{strokes}画" if strokes and strokes != UNKNOWN_STROKES else ""


def _of_highest(name: str) -> Any:
    def read(person: KeyPerson) -> Any:
        seat = highest(person)
        value = getattr(seat, name, None) if seat else None
        return value() if callable(value) else value

    return read


def _flag(name: str) -> Any:
    return lambda person: "是" if getattr(person, name) else "否"


PEOPLE = [
    Column("name", "姓名", "name", link=lambda person: person.get_absolute_url(), sort=BY_PINYIN),
    Column("occupation.name", "职业身份", sort="occupation__order"),
    Column("employer", "工作单位", sort="employer"),
    Column("seats", "在任职务", value=seats_in_words),
    Column("employment", "任职方式", value=_of_highest("get_employment_display")),
    Column("valid_from", "起始日期", "day", value=_of_highest("valid_from")),
    Column("phone_masked", "电话"),
]


def retired_in_words(person: KeyPerson) -> str | None:
    """The month of retirement for who manages the record, as with the month of birth; asterisks for everyone else."""
    if person.retired_on is None:
        return None
    return formats.month(person.retired_on) if person.shows_months else "****"


#: Columns that one may add to the list.
MORE = {
    column.key: column
    for column in [
        Column("strokes", "姓氏笔画", value=strokes_in_words, sort=BY_STROKES),
        Column("occupation.get_category_display", "类别"),
        Column("occupation.get_field_display", "领域"),
        Column("post", "单位职务", sort="post"),
        Column("get_sex_display", "性别", sort="sex"),
        Column("get_education_display", "学历"),
        Column("title", "职称", sort="title"),
        Column("disciplines", "学科", value=disciplines_in_words),
        Column("is_party_member", "中共党员", value=_flag("is_party_member"), sort="is_party_member"),
        Column("is_front_line", "一线", value=_flag("is_front_line"), sort="is_front_line"),
        Column("is_retired", "已退休", value=_flag("is_retired"), sort="is_retired"),
        Column(
            "retired_on",
            "退休时间",
            value=retired_in_words,
        ),
        Column("get_new_organisation_display", "新经济、新社会组织", sort="new_organisation"),
        Column("unit.display_name", "档案单位", sort="unit__division_code"),
        Column("way_in", "吸纳方式", value=_of_highest("get_way_in_display")),
        Column("recorded_at", "登记时间", "moment", sort="recorded_at"),
        Column("updated_at", "更新时间", "moment", sort="updated_at"),
    ]
}


def people_columns(more: Sequence[str]) -> list[Column]:
    """The list's columns with those added that were asked for."""
    return [*PEOPLE[:-1], *(MORE[key] for key in more if key in MORE), PEOPLE[-1]]
