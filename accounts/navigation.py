"""Entries of accounts in the side bar."""

from accounts.permissions import DELEGATE, MANAGE_ACCOUNTS, MANAGE_SECURITY, VIEW_SYSTEM
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
            "岗位交接",
            "accounts:handovers",
            "管理",
            icon="arrow-left-right",
            permission=(MANAGE_ACCOUNTS.code, MANAGE_SECURITY.code),
            order=815,
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
    nav.register(
        nav.NavItem(
            "外出委托",
            "accounts:delegations",
            "我的",
            icon="person-check",
            permission=DELEGATE.code,
            order=925,
        )
    )
    nav.register(nav.NavItem("我的账号", "accounts:own", "我的", icon="person-circle", order=930))
