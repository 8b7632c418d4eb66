"""Columns of the list of delegations, on the page and in the sheet."""

from __future__ import annotations

from typing import Any

from accounts.models import Delegation
from core.tables import Column
from core.xlsx import SheetColumn


def state_of(row: Delegation) -> tuple[str, str]:
    """In a word, and its tone."""
    if row.ended_at is not None:
        return "已提前终止", "neutral"
    if row.is_over:
        return "已到期", "neutral"
    return ("代行中", "success") if row.is_in_force else ("未开始", "info")


DELEGATION_COLUMNS = [
    Column("principal", "委托人", "name", value=lambda row: row.principal.name, is_fixed=True),
    Column("deputy", "受托人", value=lambda row: row.deputy.name),
    Column("role", "代行", value=lambda row: row.get_role_display()),
    Column("starts_on", "起始", "day", sort="starts_on"),
    Column("ends_on", "截止", "day", sort="ends_on"),
    Column("reason", "事由"),
    Column("state", "状态", "pill", value=state_of),
    Column("made_by", "办理人", is_extra=True),
    Column("ended_by", "终止人", is_extra=True),
]

DELEGATION_SHEET = [
    SheetColumn("单位", width=28),
    SheetColumn("委托人", width=14),
    SheetColumn("受托人", width=14),
    SheetColumn("代行", width=12),
    SheetColumn("起始", "day", 14),
    SheetColumn("截止", "day", 14),
    SheetColumn("事由", width=30),
    SheetColumn("状态", width=12),
    SheetColumn("办理时间", "moment", 18),
    SheetColumn("办理人", width=26),
    SheetColumn("终止时间", "moment", 18),
    SheetColumn("终止人", width=26),
]


def delegation_row(row: Delegation) -> list[Any]:
    return [
        str(row.unit),
        row.principal.name,
        row.deputy.name,
        row.get_role_display(),
        row.starts_on,
        row.ends_on,
        row.reason,
        state_of(row)[0],
        row.made_at,
        row.made_by,
        row.ended_at,
        row.ended_by,
    ]
