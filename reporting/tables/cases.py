"""Columns of the list of corrections and belated reports, on the page and in the sheet."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core import formats
from core.tables import Column
from core.xlsx import SheetColumn
from reporting.choices import CaseState
from reporting.models import CaseItem
from reporting.tables.boards import case_pill


def _waits_for(case: Any) -> str | None:
    return f"{case.waiting_for}科协" if case.state == CaseState.OPEN and case.waiting_for else None


def _title(case: Any) -> str:
    return f"{case.report.unit_name}{case.report.cycle.title}{case.get_kind_display()}"


CASE_COLUMNS = [
    Column(
        "title",
        "事项",
        "name",
        value=_title,
        link=lambda case: reverse("reporting:case", args=[case.pk]),
        sort="report__unit__division_code",
        is_fixed=True,
    ),
    Column("state", "状态", "pill", value=case_pill, sort="state"),
    Column("waiting_for", "等待确认", value=_waits_for, sort="waiting_for"),
    Column("reason", "原因"),
    Column(
        "opened_at",
        "提出",
        value=lambda case: f"{formats.short_day(case.opened_at)}，{case.opened_by}",
        sort="opened_at",
    ),
    Column(
        "cycle",
        "期",
        value=lambda case: case.report.cycle.heading,
        sort="report__cycle__period",
        is_extra=True,
    ),
    Column("unit", "单位", value=lambda case: case.report.unit_name, is_extra=True),
    Column("closed_at", "办结", "moment", sort="closed_at", is_extra=True),
]

CASE_SHEET = [
    SheetColumn("行政区划代码", width=15),
    SheetColumn("单位", width=24),
    SheetColumn("报表", width=22),
    SheetColumn("类别", width=8),
    SheetColumn("状态", width=10),
    SheetColumn("等待确认", width=18),
    SheetColumn("原因", width=36),
    SheetColumn("改动", width=60),
    SheetColumn("提出人", width=24),
    SheetColumn("提出时间", "moment", 18),
    SheetColumn("办结时间", "moment", 18),
]


def case_line(case: Any) -> list[Any]:
    """``case`` with its ``items`` and their indicators."""
    return [
        case.report.unit.division_code,
        case.report.unit_name,
        case.report.cycle.title,
        case.get_kind_display(),
        case.get_state_display(),
        _waits_for(case) or "",
        case.reason,
        "；".join(map(_changed, case.items.all())),
        case.opened_by,
        case.opened_at,
        case.closed_at,
    ]


def _changed(item: CaseItem) -> str:
    name, places = item.indicator.name, item.indicator.places
    if not item.indicator.is_numeric:
        return f"{name}：文字有改动"
    return f"{name}：{formats.number(item.old_value, places)} → {formats.number(item.new_value, places)}"
