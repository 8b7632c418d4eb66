"""The side bar's entries of facts and cohorts."""

from __future__ import annotations

from core import nav
from orgs.permissions import CHECK_TREE, VIEW_UNITS

GROUP = "组织"


def register_entries() -> None:
    """Called once at start."""
    entries = [
        ("联络表", "orgs:roster", "person-lines-fill", 40),
        ("基础信息缺项", "orgs:missing", "exclamation-octagon", 50),
        ("六有四缺覆盖", "orgs:item_coverage", "ui-checks-grid", 60),
        ("年度确认", "orgs:confirmations", "check2-all", 70),
        ("单位集", "orgs:cohorts", "collection", 80),
        ("区划调整", "orgs:reorganisations", "arrow-left-right", 90),
    ]
    nav.register(
        nav.NavItem(
            "组织树核对", "orgs:integrity", "管理", icon="shield-check", permission=CHECK_TREE.code, order=840
        )
    )
    for label, url_name, icon, order in entries:
        nav.register(nav.NavItem(label, url_name, GROUP, icon=icon, permission=VIEW_UNITS.code, order=order))
