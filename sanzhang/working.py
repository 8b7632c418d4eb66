"""What duty records and the support ledger tell the other floors at start: files, doors, messages, the side bar."""

from __future__ import annotations

from core import nav
from files.registry import register_exporter
from sanzhang.exporters.duty import EXPORTERS
from sanzhang.notifying.duty import subscribe
from sanzhang.permissions import SET_STANDARD, VIEW_PEOPLE
from sanzhang.selectors.duty_life import work_events
from sanzhang.selectors.life import register_life_source
from sanzhang.services.photos import open_doors

GROUP = "履职与支持"


def declare_work() -> None:
    """Called once at start."""
    for exporter in EXPORTERS:
        register_exporter(exporter)
    open_doors()
    subscribe()
    register_life_source(work_events)
    nav.register_group(GROUP, order=45)
    for order, (label, url, icon, permission) in enumerate(
        [
            ("履职记录", "duty:activities", "journal-check", VIEW_PEOPLE),
            ("履职情况对照", "duty:list", "list-check", VIEW_PEOPLE),
            ("支持台账", "duty:supports", "cash-coin", VIEW_PEOPLE),
            ("典型", "duty:exemplars", "award", VIEW_PEOPLE),
            ("活动类别", "duty:kinds", "tags", SET_STANDARD),
        ]
    ):
        nav.register(
            nav.NavItem(
                label,
                url,
                GROUP,
                icon=icon,
                permission=permission.code,
                order=order,
                exact=url == "duty:list",
            )
        )
