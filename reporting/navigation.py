"""Entries of the side bar."""

from __future__ import annotations

from django.http import HttpRequest

from core import nav
from orgs.choices import Level
from reporting.permissions import CHASE, FILL, SET_REPORTING, VIEW_REPORTS


def _is_county(request: HttpRequest) -> bool:
    unit = request.user.unit
    return unit is not None and unit.level == Level.COUNTY


def _has_units_below(request: HttpRequest) -> bool:
    unit = request.user.unit
    return unit is not None and unit.level < Level.TOWNSHIP


def _works_at_a_desk(request: HttpRequest) -> bool:
    """Cities and the province begin at their overview, which has its own entry."""
    unit = request.user.unit
    return unit is not None and unit.level > Level.CITY


def register_desk_pages() -> None:
    """Called once at start."""
    group = "本月工作"
    nav.register_group(group, order=10)
    nav.register(
        nav.NavItem(
            "本月要做的事",
            "reporting:desk",
            group,
            icon="list-check",
            permission=VIEW_REPORTS.code,
            order=10,
            shown=_works_at_a_desk,
        )
    )
    nav.register(
        nav.NavItem(
            "乡镇数据录入",
            "reporting:grid",
            group,
            icon="grid-3x3",
            permission=FILL.code,
            order=20,
            shown=_is_county,
        )
    )
    nav.register(
        nav.NavItem(
            "催报",
            "reporting:chase",
            group,
            icon="telephone",
            permission=CHASE.code,
            order=40,
            shown=_has_units_below,
        )
    )
    nav.register(
        nav.NavItem(
            "填报设置",
            "reporting:settings",
            group,
            icon="sliders",
            permission=SET_REPORTING.code,
            order=90,
            shown=_has_units_below,
        )
    )
