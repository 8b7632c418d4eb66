"""Entries of the side bar."""

from __future__ import annotations

from typing import Any

from core import nav
from orgs.choices import Level
from reporting.permissions import (
    ANSWER,
    CHASE,
    FILL,
    MANAGE_CYCLES,
    REVIEW,
    SET_REPORTING,
    SIGN,
    VIEW_REPORTS,
)
from reporting.selectors.cases import waiting_cases
from reporting.selectors.issues import waiting_issues
from reporting.selectors.queue import waiting_count
from reporting.selectors.waits import begins_at_overview, looks_on, to_sign_count


def _is_county(request: Any) -> bool:
    unit = request.user.unit
    return unit is not None and unit.level == Level.COUNTY


def _has_units_below(request: Any) -> bool:
    unit = request.user.unit
    return unit is not None and unit.level < Level.TOWNSHIP


def _works_at_a_desk(request: Any) -> bool:
    """Those that begin elsewhere have an entry for that: the overview, or what is to be signed."""
    user = request.user
    return user.unit is not None and not begins_at_overview(user) and not looks_on(user, user.unit)


def _begins_at_overview(request: Any) -> bool:
    return begins_at_overview(request.user)


def _to_sign(request: Any) -> int:
    return to_sign_count(request.user)


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
    nav.register(nav.NavItem("待签批", "reporting:signing", group, "pen", SIGN.code, 20, badge=_to_sign))
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
            "本级报表", "reporting:mine", group, icon="clipboard-data", permission=VIEW_REPORTS.code, order=30
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


def _is_city_or_province(request: Any) -> bool:
    unit = request.user.unit
    return unit is not None and unit.level <= Level.CITY


def _to_review(request: Any) -> int:
    unit = request.user.unit
    return waiting_count(unit) if unit is not None else 0


def _to_answer(request: Any) -> int:
    unit = request.user.unit
    return waiting_issues(unit) if unit is not None and request.user.can(ANSWER, unit) else 0


def _to_confirm(request: Any) -> int:
    unit = request.user.unit
    return waiting_cases(unit) if unit is not None and request.user.can(REVIEW, unit) else 0


def register_review_pages() -> None:
    """Called once at start."""
    work, board, manage = "本月工作", "数据看板", "填报管理"
    nav.register_group(board, order=20)
    nav.register_group(manage, order=60)
    view, review = VIEW_REPORTS.code, REVIEW.code
    entries = [
        nav.NavItem(
            "总体情况", "reporting:overview", work, "speedometer2", view, 10, shown=_begins_at_overview
        ),
        nav.NavItem(
            "待审核",
            "reporting:queue",
            work,
            "check2-all",
            review,
            30,
            badge=_to_review,
            shown=_has_units_below,
        ),
        nav.NavItem("更正补报", "reporting:cases", work, "pencil-square", view, 50, badge=_to_confirm),
        nav.NavItem("问题建议", "reporting:issues", work, "chat-square-text", view, 55, badge=_to_answer),
        nav.NavItem("挂图作战", "reporting:coverage", board, "map", view, 10, shown=_has_units_below),
        nav.NavItem(
            "报送质量", "reporting:completeness", board, "clipboard-check", view, 20, shown=_has_units_below
        ),
        nav.NavItem("汇总数据", "reporting:totals", board, "table", view, 30, shown=_has_units_below),
        nav.NavItem(
            "空白点名单", "reporting:blank_spots", board, "geo-alt", view, 40, shown=_has_units_below
        ),
        nav.NavItem(
            "报表与通报", "reporting:papers", board, "file-earmark-text", view, 50, shown=_has_units_below
        ),
        nav.NavItem(
            "单位对比", "reporting:standing", board, "bar-chart", view, 15, shown=_is_city_or_province
        ),
        nav.NavItem("自助查询", "reporting:asking", board, "funnel", view, 35),
        nav.NavItem("目标", "reporting:targets", board, "bullseye", view, 45, shown=_has_units_below),
        nav.NavItem("文件订阅", "reporting:subscriptions", "我的", "bell", view, 912),
        nav.NavItem("填报任务", "reporting:collections", manage, "calendar-plus", MANAGE_CYCLES.code, 5),
        nav.NavItem("填报期", "reporting:cycles", manage, "calendar-range", MANAGE_CYCLES.code, 10),
        nav.NavItem(
            "截止日", "reporting:deadlines", manage, "calendar-event", review, 20, shown=_is_city_or_province
        ),
        nav.NavItem("报表准入清单", "reporting:forms", manage, "card-checklist", view, 25),
        nav.NavItem("减负意见", "reporting:feedback", manage, "chat-left-text", view, 30),
    ]
    for entry in entries:
        nav.register(entry)
