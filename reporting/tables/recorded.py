"""Lists of what was recorded since a moment."""

from __future__ import annotations

from django.urls import reverse

from core.tables import Column
from reporting.selectors.recorded import ENDED, RECORDED
from sanzhang.tables.seats import seat_words

FOUNDED_COLUMNS = [
    Column(
        "unit.association",
        "科协",
        "name",
        link=lambda row: reverse("orgs:detail", args=[row.unit_id]),
        sort="unit__division_code",
    ),
    Column("unit.division_code", "行政区划代码"),
    Column("valid_from", "建立日期", "day", sort="valid_from"),
    Column("basis", "成立文件"),
    Column("recorded_at", "登记时间", "moment", sort="recorded_at"),
    Column("recorded_by", "登记人"),
]


def seat_columns(kind: str) -> list[Column]:
    """Who, in which seat, since or until when, and when that was written down."""
    columns = [
        Column(
            "person.name",
            "姓名",
            "name",
            link=lambda row: row.person.get_absolute_url(),
            sort="person__pinyin",
        ),
        Column("person.occupation.name", "职业身份"),
        Column("person.employer", "工作单位"),
        Column("seat", "职务", value=seat_words, sort="unit__division_code"),
        Column("valid_from", "任职日期", "day", sort="valid_from"),
    ]
    if kind == ENDED:
        columns += [
            Column("valid_to", "离任日期", "day", sort="valid_to"),
            Column("get_end_reason_display", "离任原因"),
        ]
    return [
        *columns,
        Column(RECORDED[kind], "登记时间", "moment", sort=RECORDED[kind]),
        Column("person.phone_masked", "电话"),
    ]
