"""Columns of what waits for review, on its page and in its sheet."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.tables import Column
from core.xlsx import SheetColumn
from reporting.models import Report
from reporting.selectors.queue import waited_words
from reporting.tables.counted import timely_pill


def _returned(report: Report) -> str:
    return f"{report.returns}次" if report.returns else ""


QUEUE_COLUMNS = [
    Column(
        "unit_name",
        "单位",
        "name",
        link=lambda row: reverse("reporting:review", args=[row.pk]),
        sort="unit__division_code",
        is_fixed=True,
    ),
    Column("title", "报表", value=lambda row: row.cycle.title, sort="cycle__period"),
    Column("on_time", "及时性", "pill", value=timely_pill, sort="on_time"),
    Column("submitted_at", "上报时间", "moment", sort="submitted_at"),
    Column("waited", "已等待", "amount", value=lambda row: waited_words(row.submitted_at)),
    Column("returns", "退回过", "amount", value=_returned, sort="returns"),
    Column("version", "版本", value=lambda row: f"第{row.last_version.number}版"),
    Column("frozen_by", "上报人", value=lambda row: row.last_version.frozen_by, is_extra=True),
]

QUEUE_SHEET = [
    SheetColumn("行政区划代码", width=15),
    SheetColumn("单位", width=24),
    SheetColumn("报表", width=24),
    SheetColumn("及时性", width=9),
    SheetColumn("上报时间", "moment", 18),
    SheetColumn("已等待", width=14),
    SheetColumn("退回次数", "number", 10),
    SheetColumn("版次", width=8),
    SheetColumn("上报人", width=26),
]


def queue_row(report: Report) -> list[Any]:
    version = report.last_version
    return [
        report.unit.division_code,
        report.unit_name,
        report.cycle.title,
        timely_pill(report)[0],
        report.submitted_at,
        waited_words(report.submitted_at),
        report.returns,
        f"V{version.number}" if version else "",
        version.frozen_by if version else "",
    ]
