"""The register of forms as columns, of the page and of the sheet."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core import formats
from core.tables import Column
from core.xlsx import SheetColumn
from reporting.selectors.register import RegisterLine


def _state(line: RegisterLine) -> tuple[str, str, str]:
    if line.registration is None:
        return "未登记", "warning", "exclamation-triangle-fill"
    if not line.registration.is_listed:
        return "已退出", "neutral", "slash-circle"
    if line.version is None:
        return "起草中", "info", "pencil"
    return "在用", "success", "check-circle-fill"


def _said(line: RegisterLine, name: str) -> str:
    return getattr(line.registration, name) if line.registration else formats.ABSENT


def _kind(line: RegisterLine) -> str:
    return line.registration.get_kind_display() if line.registration else formats.ABSENT


def _minutes(line: RegisterLine) -> Any:
    if line.heaviest is None:
        return None
    return line.minutes_a_year


def _whom(line: RegisterLine) -> str:
    return str(line.heaviest.level.label) if line.heaviest else formats.ABSENT


FORM_COLUMNS = [
    Column(
        "name",
        "报表",
        "name",
        value=lambda line: line.form.name,
        link=lambda line: reverse("reporting:form", args=[line.pk]),
        is_fixed=True,
    ),
    Column("state", "状态", "pill", value=_state),
    Column("kind", "类别", value=_kind),
    Column("asked_by", "提出部门", value=lambda line: _said(line, "asked_by")),
    Column("basis", "依据", value=lambda line: _said(line, "basis")),
    Column("person", "责任人", value=lambda line: _said(line, "person")),
    Column("cells", "最多格数", "number"),
    Column("minutes_a_year", "每单位每年（分钟）", "number", value=_minutes, hint="填报最费时的一级"),
    Column("hours_of_all", "全省每年（小时）", "number", is_extra=True),
    Column("open_remarks", "待答复意见", "number"),
]

FORM_SHEET = [
    SheetColumn("报表", width=34),
    SheetColumn("状态", width=10),
    SheetColumn("类别", width=12),
    SheetColumn("提出部门", width=22),
    SheetColumn("依据", width=44),
    SheetColumn("责任人", width=18),
    SheetColumn("最多格数", "number", width=10),
    SheetColumn("最费时的一级", width=14),
    SheetColumn("每单位每年（分钟）", "number", width=18),
    SheetColumn("全省每年（小时）", "number", width=18),
    SheetColumn("减负意见", "number", width=10),
    SheetColumn("待答复", "number", width=10),
]


def form_row(line: RegisterLine) -> list[Any]:
    """A line of the register as the sheet holds it."""
    return [
        line.form.name,
        _state(line)[0],
        _kind(line),
        _said(line, "asked_by"),
        _said(line, "basis"),
        _said(line, "person"),
        line.cells,
        _whom(line),
        line.minutes_a_year,
        line.hours_of_all,
        line.remarks,
        line.open_remarks,
    ]
