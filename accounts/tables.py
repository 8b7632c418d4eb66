"""Columns of the lists of accounts, on pages and in sheets."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.tables import Column
from core.xlsx import SheetColumn


def _postings_text(user: User) -> str:
    """Postings of today by the prefetched rows, so that a page of accounts costs no query each."""
    today = clock.today()
    held = [
        posting
        for posting in user.postings.all()
        if posting.starts_on <= today and (posting.ends_on is None or posting.ends_on >= today)
    ]
    return (
        "；".join(f"{posting.unit} {Role(posting.role).label}" for posting in held) if user.is_active else ""
    )


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
