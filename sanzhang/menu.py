"""Entries of the side bar."""

from __future__ import annotations

from typing import Any

from core import nav
from sanzhang.permissions import (
    EDIT_OCCUPATIONS,
    EDIT_PROCEDURES,
    GIVE_OPINION,
    SET_RATIOS,
    VIEW_PEOPLE,
)
from sanzhang.selectors.board import opinions_waiting

GROUP = "三长队伍"


def _opinions_waiting(request: Any) -> int:
    """How many candidacies wait for the desk's own unit."""
    return opinions_waiting(request.user.unit)


def declare_menu() -> None:
    """Register the entries; called once at start."""
    nav.register_group(GROUP, order=40)
    for order, (label, url, icon, permission) in enumerate(
        [
            ("三长名册", "sanzhang:list", "people", VIEW_PEOPLE),
            ("吸纳程序", "sanzhang:candidacies", "signpost", VIEW_PEOPLE),
            ("领导机构构成", "sanzhang:composition", "pie-chart", VIEW_PEOPLE),
            ("三长覆盖", "sanzhang:coverage", "map", VIEW_PEOPLE),
            ("届次与换届", "sanzhang:terms", "calendar-check", VIEW_PEOPLE),
            ("会议", "sanzhang:meetings", "calendar-event", VIEW_PEOPLE),
            ("职业身份", "sanzhang:occupations", "tags", EDIT_OCCUPATIONS),
            ("构成比例要求", "sanzhang:ratios", "sliders", SET_RATIOS),
            ("吸纳程序规则", "sanzhang:procedures", "list-check", EDIT_PROCEDURES),
        ]
    ):
        nav.register(nav.NavItem(label, url, GROUP, icon=icon, permission=permission.code, order=order))
    nav.register(
        nav.NavItem(
            "待我出具意见",
            "sanzhang:opinions",
            GROUP,
            icon="chat-square-text",
            permission=GIVE_OPINION.code,
            order=1,
            badge=_opinions_waiting,
        )
    )
