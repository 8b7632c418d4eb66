"""What the pages of a unit share: the way back to it, and its facts ready to be shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from core import clock
from core.access import may_open
from core.formats import ABSENT, day, number
from core.keys import keys_in
from orgs.choices import ConfirmationState, HavesItem, LacksItem, OfficerRole
from orgs.models import OrgUnit, UnitOfficer
from orgs.permissions import VIEW_UNITS
from orgs.selectors.facts import missing_in
from orgs.selectors.roster import ROLE_ORDER
from orgs.selectors.standing import Standing
from orgs.selectors.units import UnitFacts
from orgs.tables.units import WORD_TONES, state_pill


def chosen_keys(request: HttpRequest, name: str = "units") -> list[int]:
    """The ticked rows of a list, as far as they are keys at all."""
    return keys_in(request.POST.getlist(name))


def crumbs_of(unit: OrgUnit, user: Any) -> list[tuple[str, str]]:
    """The units above; those outside the reach of ``user`` without an address."""
    above = [unit.province, unit.city, unit.county, unit.township]
    reach = user.reach_of(VIEW_UNITS)
    return [
        ("组织", reverse("orgs:tree")),
        *(
            (each.name, reverse("orgs:detail", args=[each.pk]) if reach.covers(each) else "")
            for each in above
            if each is not None and each.pk != unit.pk
        ),
    ]


def facts_panel(facts: UnitFacts, standing: Standing, *, user: Any, can_edit: bool) -> dict[str, Any]:
    """The facts of the unit page as labels and words, with the addresses where each is changed."""
    unit = facts.unit
    unit.state = facts.state
    label, tone = state_pill(unit)
    stated = facts.establishment
    return {
        "state": {"label": label, "tone": tone},
        "is_blank_spot": facts.is_blank_spot,
        "basics": [
            ("行政区划代码", unit.division_code),
            ("层级", unit.get_level_display()),
            ("类别", unit.get_kind_display()),
            ("是否应建", _expected_words(unit, standing)),
            ("设立日期", day(unit.opened_on)),
            *([("撤销日期", day(unit.closed_on))] if unit.closed_on else []),
            *(
                ("由来", f"{link.predecessor}（{day(link.on)} {link.get_cause_display()}）")
                for link in facts.origins
            ),
            *(
                ("去向", f"{link.successor}（{day(link.on)} {link.get_cause_display()}）")
                for link in facts.successions
            ),
        ],
        "establishment": [
            ("建立情况", label),
            ("自何日起", day(stated.valid_from) if stated else ""),
            ("成立文件", stated.basis if stated else ""),
            *_blank_words(facts),
        ],
        "officers": [_officer(unit, role, facts.officers.get(role), can_edit) for role in ROLE_ORDER],
        "missing": "、".join(
            str(fact.label) for fact in missing_in(unit, facts.officers, facts.establishment)
        ),
        "is_overdue": bool(stated and unit.is_expected and stated.is_overdue(clock.today())),
        "resources": _resource_words(standing),
        "word": _word(standing),
        "cohorts": standing.cohorts,
        "files": standing.files,
        "haves": [_item(item, item in facts.haves, "success", "neutral") for item in HavesItem],
        "haves_met": len(facts.haves),
        "haves_total": len(HavesItem),
        "lacks": [_item(item, item in facts.lacks, "danger", "neutral") for item in LacksItem],
        "links": _links(unit, user),
    }


def _expected_words(unit: OrgUnit, standing: Standing) -> str:
    words = "应建" if unit.is_expected else "不计应建"
    if said := standing.expectation:
        basis = f"，依据：{said['basis']}" if said["basis"] else ""
        return f"{words}（{day(dt.date.fromisoformat(said['since']))}起，{said['by']}确认{basis}）"
    return words if unit.is_expected or unit.expected_confirmed else f"{words}（导入时建议，待市级确认）"


def _blank_words(facts: UnitFacts) -> list[tuple[str, str]]:
    stated = facts.establishment
    if not facts.is_blank_spot:
        return []
    return [
        ("未建原因", (stated.reason_words if stated else "") or "未填写"),
        ("计划建成", day(stated.planned_on) if stated and stated.planned_on else "未填写"),
        ("责任人", (stated.responsible if stated else "") or "未填写"),
    ]


def _resource_words(standing: Standing) -> list[tuple[str, str]]:
    """Posts, staff, money and seats in words; not known is “—”, which is not zero."""
    said = standing.resources
    if said is None:
        return []
    separate = {True: "是", False: "否", None: ABSENT}[said["is_separate"]]

    def counted(name: str, unit: str, places: int = 0) -> str:
        return ABSENT if said[name] is None else f"{number(said[name], places)} {unit}"

    return [
        ("单独设置", separate),
        ("编制", counted("posts", "个")),
        ("专职人员", counted("full_time", "人")),
        ("兼职人员", counted("part_time", "人")),
        ("年度工作经费", counted("budget", "万元", 2)),
        ("政协科协界别委员", counted("conference_seats", "名")),
        ("依据", said["basis"]),
        ("自何日起", day(dt.date.fromisoformat(said["since"]))),
    ]


def _word(standing: Standing) -> dict[str, Any] | None:
    """This year's word on 六有四缺 as a pill and who gave it."""
    said = standing.word
    if said is None:
        return None
    at = dt.datetime.fromisoformat(said["at"])
    return {
        "label": ConfirmationState(said["state"]).label,
        "tone": WORD_TONES[said["state"]],
        "by": said["by"],
        "on": day(clock.local_day(at)),
        "remark": said["remark"],
    }


def _officer(unit: OrgUnit, role: OfficerRole, officer: UnitOfficer | None, can_edit: bool) -> dict[str, Any]:
    shown = {
        "role": role.label,
        "name": officer.name if officer else "未明确",
        "post": officer.post if officer else "",
        "is_chair": bool(officer and officer.is_chair),
        "phone": officer.phone_masked if officer else "",
        "since": officer.valid_from if officer else None,
        "edit_url": reverse("orgs:edit_officer", args=[unit.pk, role]) if can_edit else "",
        "phone_url": "",
    }
    if officer and officer.phone_cipher and can_edit:
        shown["phone_url"] = reverse("orgs:reveal_phone", args=[unit.pk, officer.pk])
    return shown


def _item(item: Any, holds: bool, tone: str, other: str) -> dict[str, Any]:
    return {
        "label": item.label if holds else f"{item.label}：否",
        "tone": tone if holds else other,
        "icon": "check-circle-fill" if holds and tone == "success" else "",
    }


#: What higher floors show of a unit: label, icon, URL name, and whether the unit is asked for in the query.
_ELSEWHERE = (
    ("本单位的“三长”", "people", "sanzhang:list", True),
    ("履职记录", "journal-check", "duty:activities", True),
    ("支持台账", "cash-coin", "duty:supports", True),
    ("本单位的月报", "clipboard-data", "reporting:unit", False),
)


def _links(unit: OrgUnit, user: Any) -> list[dict[str, str]]:
    """The pages of higher floors about ``unit`` that ``user`` may open."""
    links = []
    for label, icon, name, by_query in _ELSEWHERE:
        address = _address(name) if by_query else _address(name, unit.pk)
        if address and may_open(user, address):
            url = f"{address}?unit={unit.pk}" if by_query else address
            links.append({"label": label, "icon": icon, "url": url})
    return links


def _address(name: str, *args: Any) -> str:
    """The address of a page on a higher floor, empty where that floor is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
