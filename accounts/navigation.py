"""Entries of accounts in the side bar."""

from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY, VIEW_SYSTEM
from core import nav


def register_entries() -> None:
    nav.register_group("管理", order=80)
    nav.register(
        nav.NavItem(
            "账号管理",
            "accounts:list",
            "管理",
            icon="person-gear",
            permission=(MANAGE_ACCOUNTS.code, MANAGE_SECURITY.code),
            order=810,
        )
    )
    nav.register(
        nav.NavItem(
            "安全管理",
            "accounts:security",
            "管理",
            icon="shield-lock",
            permission=MANAGE_SECURITY.code,
            order=820,
        )
    )
    nav.register(
        nav.NavItem(
            "运行状态", "accounts:system", "管理", icon="gear", permission=VIEW_SYSTEM.code, order=830
        )
    )
    nav.register(nav.NavItem("我的账号", "accounts:own", "我的", icon="person-circle", order=930))
