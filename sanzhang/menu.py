"""Entries of the side bar."""

from __future__ import annotations

from typing import Any

from core import nav
from core.permissions import Permission
from sanzhang.permissions import (
    EDIT_OCCUPATIONS,
    EDIT_PROCEDURES,
    GIVE_OPINION,
    SET_RATIOS,
    SET_STANDARD,
    VIEW_PEOPLE,
)
from sanzhang.selectors.board import opinions_waiting

PEOPLE, WORK = "三长队伍", "履职与支持"
#: Label, address, icon and permission, in their order.
ENTRIES: dict[str, list[tuple[str, str, str, Permission]]] = {
    PEOPLE: [
        ("三长名册", "sanzhang:list", "people", VIEW_PEOPLE),
        ("吸纳程序", "sanzhang:candidacies", "signpost", VIEW_PEOPLE),
        ("领导机构构成", "sanzhang:composition", "pie-chart", VIEW_PEOPLE),
        ("三长覆盖", "sanzhang:coverage", "map", VIEW_PEOPLE),
        ("届次与换届", "sanzhang:terms", "calendar-check", VIEW_PEOPLE),
        ("会议", "sanzhang:meetings", "calendar-event", VIEW_PEOPLE),
        ("职业身份", "sanzhang:occupations", "tags", EDIT_OCCUPATIONS),
        ("构成比例要求", "sanzhang:ratios", "sliders", SET_RATIOS),
        ("吸纳程序规则", "sanzhang:procedures", "list-check", EDIT_PROCEDURES),
    ],
    WORK: [
        ("履职记录", "duty:activities", "journal-check", VIEW_PEOPLE),
        ("履职情况对照", "duty:list", "list-check", VIEW_PEOPLE),
        ("支持台账", "duty:supports", "cash-coin", VIEW_PEOPLE),
        ("典型", "duty:exemplars", "award", VIEW_PEOPLE),
        ("活动类别", "duty:kinds", "tags", SET_STANDARD),
    ],
}
#: Addresses that others of the menu begin with.
EXACT = {"duty:list"}


def _opinions_waiting(request: Any) -> int:
    """How many candidacies wait for the desk's own unit."""
    return opinions_waiting(request.user.unit)


def declare_menu() -> None:
    """Register the entries; called once at start."""
    nav.register_group(PEOPLE, order=40)
    nav.register_group(WORK, order=45)
    for group, entries in ENTRIES.items():
        for order, (label, url, icon, permission) in enumerate(entries):
            nav.register(
                nav.NavItem(
                    label,
                    url,
                    group,
                    icon=icon,
                    permission=permission.code,
                    order=order,
                    exact=url in EXACT,
                )
            )
    nav.register(
        nav.NavItem(
            "待我出具意见",
            "sanzhang:opinions",
            PEOPLE,
            icon="chat-square-text",
            permission=GIVE_OPINION.code,
            order=1,
            badge=_opinions_waiting,
        )
    )
