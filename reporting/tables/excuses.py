"""Columns of the list of exemptions and extensions, on the page and in the sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from core import formats
from core.tables import Column
from core.xlsx import SheetColumn
from reporting.choices import ExcuseKind, ExcuseState
from reporting.models import Excuse
from reporting.selectors.deadline import due_day

KIND_TONES = {ExcuseKind.EXEMPT: ("neutral", "slash-circle"), ExcuseKind.DEFERRED: ("info", "clock")}
STATE_TONES = {
    ExcuseState.EXEMPT: ("neutral", "slash-circle"),
    ExcuseState.RUNNING: ("info", "clock"),
    ExcuseState.IN_TIME: ("success", "check-circle-fill"),
    ExcuseState.LATE: ("warning", "exclamation-circle"),
    ExcuseState.MISSING: ("danger", "x-octagon"),
    ExcuseState.LIFTED: ("neutral", "x-circle"),
}


def until_of(row: Excuse) -> dt.date | None:
    """The last day of an extension; an exemption is for its cycle."""
    return None if row.until is None else due_day(row.until)


def lifted_words(row: Excuse) -> str:
    """Who withdrew it, when and why."""
    if row.lifted_at is None:
        return ""
    return f"{formats.moment(row.lifted_at)} {row.lifted_by}：{row.lifted_reason}"


def _pill(value: Any, tones: dict[Any, tuple[str, str]]) -> tuple[str, str, str]:
    return (str(value.label), *tones[value])


def _report(row: Excuse) -> str:
    return reverse("reporting:report", args=[row.report_id])


EXCUSE_COLUMNS = [
    Column(
        "unit",
        "填报单位",
        "name",
        value=lambda row: row.report.unit_name,
        link=_report,
        sort="report__unit__division_code",
        is_fixed=True,
    ),
    Column("cycle", "填报期", value=lambda row: row.report.cycle.title, sort="report__cycle__period"),
    Column("kind", "事项", "pill", value=lambda row: _pill(ExcuseKind(row.kind), KIND_TONES), sort="kind"),
    Column("reason", "原因"),
    Column("granted_by", "批准人", sort="granted_by"),
    Column("granted_at", "批准时间", "moment", sort="granted_at", is_extra=True),
    Column("due", "原截止日", "day", value=lambda row: due_day(row.report.due_at), sort="report__due_at"),
    Column("until", "缓报至", "day", value=until_of, sort="until"),
    Column(
        "state", "状态", "pill", value=lambda row: _pill(ExcuseState(row.state), STATE_TONES), sort="state"
    ),
    Column("lifted", "撤销情况", value=lifted_words, sort="lifted_at"),
    Column("submitted", "首次上报", "moment", value=lambda row: row.report.first_submitted_at, is_extra=True),
]

EXCUSE_SHEET = [
    SheetColumn("填报单位", width=30),
    SheetColumn("填报期", width=24),
    SheetColumn("事项", width=10),
    SheetColumn("原因", width=40),
    SheetColumn("批准人", width=30),
    SheetColumn("批准时间", "moment", 18),
    SheetColumn("原截止日", "day", 14),
    SheetColumn("缓报至", "day", 14),
    SheetColumn("状态", width=16),
    SheetColumn("撤销时间", "moment", 18),
    SheetColumn("撤销人", width=30),
    SheetColumn("撤销原因", width=40),
    SheetColumn("首次上报", "moment", 18),
]


def excuse_line(row: Any) -> list[Any]:
    return [
        row.report.unit_name,
        row.report.cycle.title,
        ExcuseKind(row.kind).label,
        row.reason,
        row.granted_by,
        row.granted_at,
        due_day(row.report.due_at),
        until_of(row),
        ExcuseState(row.state).label,
        row.lifted_at,
        row.lifted_by,
        row.lifted_reason,
        row.report.first_submitted_at,
    ]
