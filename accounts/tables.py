"""Columns of the lists of accounts, on pages and in sheets."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import Delegation, Handover, HandoverState, User
from accounts.roles import Role
from core import clock
from core.tables import Column
from core.xlsx import SheetColumn


def _postings_text(user: User) -> str:
    """Postings of today by the prefetched rows, so that a page of accounts costs no query each."""
    if not user.is_active:
        return ""
    held = [posting for posting in user.postings.all() if posting.holds_on(clock.today())]
    return "；".join(f"{posting.unit} {Role(posting.role).label}" for posting in held)


def _state(user: User) -> tuple[str, str]:
    if not user.is_active:
        return "已停用", "neutral"
    if user.must_change_password:
        return "待首次登录" if user.last_login is None else "待改密码", "warning"
    return "使用中", "success"


ACCOUNT_COLUMNS = [
    Column(
        "name",
        "姓名",
        "name",
        link=lambda user: reverse("accounts:detail", args=[user.pk]),
        sort="name",
        is_fixed=True,
    ),
    Column("username", "账号", sort="username"),
    Column("postings", "单位与角色", value=_postings_text),
    Column("state", "状态", "pill", value=_state),
    Column("last_login", "最近登录", "moment", sort="last_login"),
    Column("created_at", "开通时间", "moment", sort="created_at", is_extra=True),
    Column("created_by", "开通人", is_extra=True),
]

HANDOVER_TONES = {
    HandoverState.OPEN: ("warning", "hourglass-split"),
    HandoverState.DONE: ("success", "check-circle-fill"),
    HandoverState.CANCELLED: ("neutral", "slash-circle"),
}


def handover_pill(handover: Handover) -> tuple[str, str, str]:
    return handover.get_state_display(), *HANDOVER_TONES[HandoverState(handover.state)]


HANDOVER_COLUMNS = [
    Column(
        "leaver",
        "移交人",
        "name",
        value=lambda handover: handover.leaver.name,
        link=lambda handover: reverse("accounts:handover", args=[handover.pk]),
        sort="leaver__name",
        is_fixed=True,
    ),
    Column("successor", "接任人", value=lambda handover: handover.successor.name, sort="successor__name"),
    Column("unit", "单位", sort="unit__division_code"),
    Column("state", "状态", "pill", value=handover_pill, sort="state"),
    Column("opened_at", "发起时间", "moment", sort="opened_at"),
    Column("given_at", "移交人确认", "moment"),
    Column("taken_at", "接任人确认", "moment"),
    Column("opened_by", "发起人", is_extra=True),
]

HANDOVER_SHEET = [
    SheetColumn("移交人", width=14),
    SheetColumn("接任人", width=14),
    SheetColumn("单位", width=28),
    SheetColumn("状态"),
    SheetColumn("发起时间", "moment", 18),
    SheetColumn("发起人", width=24),
    SheetColumn("移交人确认", "moment", 18),
    SheetColumn("代为确认原因", width=24),
    SheetColumn("接任人确认", "moment", 18),
    SheetColumn("办结时间", "moment", 18),
    SheetColumn("取消原因", width=24),
]


def handover_row(handover: Handover) -> list[Any]:
    return [
        handover.leaver.name,
        handover.successor.name,
        str(handover.unit),
        handover.get_state_display(),
        handover.opened_at,
        handover.opened_by,
        handover.given_at,
        handover.stand_in_reason,
        handover.taken_at,
        handover.ended_at,
        handover.cancel_reason,
    ]


ACCOUNT_SHEET = [
    SheetColumn("账号", width=18),
    SheetColumn("姓名", width=16),
    SheetColumn("单位与角色", width=48),
    SheetColumn("状态"),
    SheetColumn("开通时间", "moment", 18),
    SheetColumn("最近登录", "moment", 18),
]

SECRET_SHEET = [
    SheetColumn("单位", width=30),
    SheetColumn("角色"),
    SheetColumn("账号", width=20),
    SheetColumn("姓名", width=24),
    SheetColumn("初始密码", width=22),
]


def account_row(user: User) -> list[Any]:
    return [
        user.username,
        user.name,
        _postings_text(user),
        _state(user)[0],
        user.created_at,
        user.last_login,
    ]


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
