"""Columns of the record, on the page and in the sheet."""

from __future__ import annotations

import json
from typing import Any

from audit.models import AuditEvent
from audit.selectors import area_name
from core.tables import Column
from core.xlsx import SheetColumn


def _data(event: AuditEvent) -> str:
    return json.dumps(event.data, ensure_ascii=False) if event.data else ""


def _object(event: AuditEvent) -> str:
    return f"{event.object_label}:{event.object_id}" if event.object_label else ""


COLUMNS = [
    Column("at", "时间", "moment", is_fixed=True),
    Column("actor_label", "操作人", "name"),
    Column("summary", "摘要"),
    Column("unit_label", "所涉单位"),
    Column("kind", "事项", value=lambda event: area_name(event.kind.split(".")[0])),
    Column("ip", "来源地址"),
    Column("code", "事项代码", value=lambda event: event.kind, is_extra=True),
    Column("object", "对象", value=_object, is_extra=True),
    Column("data", "明细", value=_data, is_extra=True),
]

SHEET = [
    SheetColumn("编号", "number", 10),
    SheetColumn("时间", "moment", 18),
    SheetColumn("操作人", width=28),
    SheetColumn("事项", width=28),
    SheetColumn("摘要", width=60),
    SheetColumn("所涉单位", width=28),
    SheetColumn("对象", width=30),
    SheetColumn("来源地址", width=18),
    SheetColumn("明细", width=60),
]


def sheet_row(event: AuditEvent) -> list[Any]:
    return [
        event.pk,
        event.at,
        event.actor_label,
        event.kind,
        event.summary,
        event.unit_label,
        _object(event),
        event.ip or "",
        _data(event),
    ]
