"""Columns of the list of exemptions and extensions, on the page and in the sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from core.tables import Column
from core.xlsx import SheetColumn
from reporting.choices_collections import ExcuseKind, ExcuseState
from reporting.models import Report
from reporting.selectors.deadline import due_day

KIND_TONES = {ExcuseKind.EXEMPT: ("neutral", "slash-circle"), ExcuseKind.DEFERRED: ("info", "clock")}
STATE_TONES = {
    ExcuseState.EXEMPT: ("neutral", "slash-circle"),
    ExcuseState.RUNNING: ("info", "clock"),
    ExcuseState.IN_TIME: ("success", "check-circle-fill"),
    ExcuseState.LATE: ("warning", "exclamation-circle"),
    ExcuseState.MISSING: ("danger", "x-octagon"),
}


def until_of(row: Any) -> dt.date | None:
    """The last day of an extension; an exemption is for its cycle."""
    return None if row.is_exempt else due_day(row.deferred_to)


def _pill(value: Any, tones: dict[Any, tuple[str, str]]) -> tuple[str, str, str]:
    return (str(value.label), *tones[value])


def _report(row: Report) -> str:
    return reverse("reporting:report", args=[row.pk])


EXCUSE_COLUMNS = [
    Column(
        "unit",
        "填报单位",
        "name",
        value=lambda row: row.unit_name,
        link=_report,
        sort="unit__division_code",
        is_fixed=True,
    ),
    Column("cycle", "填报期", value=lambda row: row.cycle.title, sort="cycle__period"),
    Column(
        "kind", "事项", "pill", value=lambda row: _pill(ExcuseKind(row.excuse), KIND_TONES), sort="excuse"
    ),
    Column("reason", "原因"),
    Column("granted_by", "批准人", sort="granted_by"),
    Column("due", "原截止日", "day", value=lambda row: due_day(row.due_at), sort="due_at"),
    Column("until", "缓报至", "day", value=until_of, sort="deferred_to"),
    Column(
        "state",
        "状态",
        "pill",
        value=lambda row: _pill(ExcuseState(row.excuse_state), STATE_TONES),
        sort="excuse_state",
    ),
    Column("submitted", "首次上报", "moment", value=lambda row: row.first_submitted_at, is_extra=True),
    Column("exempted_at", "免报批准时间", "moment", sort="exempted_at", is_extra=True),
]

EXCUSE_SHEET = [
    SheetColumn("填报单位", width=30),
    SheetColumn("填报期", width=24),
    SheetColumn("事项", width=10),
    SheetColumn("原因", width=40),
    SheetColumn("批准人", width=30),
    SheetColumn("原截止日", "day", 14),
    SheetColumn("缓报至", "day", 14),
    SheetColumn("状态", width=16),
    SheetColumn("首次上报", "moment", 18),
]


def excuse_line(row: Any) -> list[Any]:
    return [
        row.unit_name,
        row.cycle.title,
        ExcuseKind(row.excuse).label,
        row.reason,
        row.granted_by,
        due_day(row.due_at),
        until_of(row),
        ExcuseState(row.excuse_state).label,
        row.first_submitted_at,
    ]
