"""Entries of the side bar."""

from __future__ import annotations

from core import nav
from sanzhang.permissions import EDIT_OCCUPATIONS, VIEW_PEOPLE

GROUP = "三长队伍"


def declare_menu() -> None:
    """Register the entries; called once at start."""
    nav.register_group(GROUP, order=40)
    for order, (label, url, icon, permission) in enumerate(
        [
            ("三长名册", "sanzhang:list", "people", VIEW_PEOPLE),
            ("吸纳程序", "sanzhang:candidacies", "signpost", VIEW_PEOPLE),
            ("届次与换届", "sanzhang:terms", "calendar-check", VIEW_PEOPLE),
            ("职业身份", "sanzhang:occupations", "tags", EDIT_OCCUPATIONS),
        ]
    ):
        nav.register(nav.NavItem(label, url, GROUP, icon=icon, permission=permission.code, order=order))
