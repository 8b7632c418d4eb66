"""Columns of the list of reports behind a number, on the page and in the sheet."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.tables import Column
from core.xlsx import SheetColumn
from reporting.models import Report
from reporting.selectors.below import state_pill
from reporting.selectors.deadline import due_day
from reporting.tables.boards import TIMELINESS_TONES


def timely_pill(report: Report) -> tuple[str, str, str]:
    found = report.timeliness()
    return str(found.label), *TIMELINESS_TONES[found]


def _state(report: Report) -> tuple[str, str, str]:
    pill = state_pill(report)
    return pill["label"], pill["tone"], pill["icon"]


COUNTED_COLUMNS = [
    Column(
        "unit",
        "单位",
        "name",
        value=lambda row: row.unit_name,
        link=lambda row: reverse("reporting:report", args=[row.pk]),
        sort="unit__division_code",
        is_fixed=True,
    ),
    Column("city", "市", value=lambda row: row.city.name if row.city else ""),
    Column("cycle", "报表", value=lambda row: row.cycle.title, sort="cycle__period"),
    Column("state", "状态", "pill", value=_state, sort="state"),
    Column("timeliness", "及时性", "pill", value=timely_pill),
    Column("deadline", "截止日", "day", value=lambda row: due_day(row.deadline), sort="due_at"),
    Column(
        "submitted", "首次上报", "moment", value=lambda row: row.first_submitted_at, sort="first_submitted_at"
    ),
    Column("returns", "退回次数", "number", sort="returns"),
    Column("is_nil", "零报告", value=lambda row: "是" if row.is_nil else "", is_extra=True),
    Column("accepted_at", "通过时间", "moment", sort="accepted_at", is_extra=True),
    Column("custodian", "填报单位", value=lambda row: row.custodian.name, is_extra=True),
    Column("reviewer", "审核单位", value=lambda row: row.reviewer.name, is_extra=True),
]

COUNTED_SHEET = [
    SheetColumn("行政区划代码", width=15),
    SheetColumn("单位", width=28),
    SheetColumn("市", width=14),
    SheetColumn("报表", width=24),
    SheetColumn("状态", width=10),
    SheetColumn("及时性", width=10),
    SheetColumn("截止日", "day", 13),
    SheetColumn("首次上报", "moment", 18),
    SheetColumn("退回次数", "number", 10),
    SheetColumn("零报告", width=8),
    SheetColumn("通过时间", "moment", 18),
    SheetColumn("填报单位", width=18),
    SheetColumn("审核单位", width=18),
]


def counted_line(report: Report) -> list[Any]:
    return [
        report.unit.division_code,
        report.unit_name,
        report.city.name if report.city else "",
        report.cycle.title,
        _state(report)[0],
        str(report.timeliness().label),
        due_day(report.deadline),
        report.first_submitted_at,
        report.returns,
        "是" if report.is_nil else "",
        report.accepted_at,
        report.custodian.name,
        report.reviewer.name,
    ]
