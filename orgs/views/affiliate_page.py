"""One affiliate's page as data: its facts in words, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.urls import reverse

from core import clock, formats, tables
from orgs.choices import DetailPart, Organ, PartnerKind
from orgs.leading import leaders
from orgs.models import Affiliate, AffiliateOrgan, AffiliatePartner
from orgs.permissions import EDIT_AFFILIATE_KINDS, MANAGE_AFFILIATES, VIEW_UNITS
from orgs.selectors.affiliates import AffiliateView, affiliate_view
from orgs.tables.affiliates import MEMBER_HISTORY, PAST_PARTNERS, STATE_HISTORY, standing_pill


def list_crumb() -> tuple[str, str]:
    return ("所属组织", reverse("orgs:affiliates"))


def views_of(user: Any, active: str) -> list[dict[str, Any]]:
    """The pages about all affiliates, as tabs; ``active`` is the URL name of the present one."""
    pages = [
        ("名册", "orgs:affiliates"),
        ("统计", "orgs:affiliates_overview"),
        ("对接关系", "orgs:affiliates_matrix"),
    ]
    if user.can_anywhere(EDIT_AFFILIATE_KINDS):
        pages.append(("类别", "orgs:affiliate_kinds"))
    return [{"label": label, "url": reverse(name), "active": name == active} for label, name in pages]


def affiliate_page(user: Any, affiliate: Affiliate) -> dict[str, Any]:
    """What the page shows to ``user``."""
    view = affiliate_view(affiliate)
    manages = user.can(MANAGE_AFFILIATES, affiliate.unit)
    label, tone, symbol = standing_pill(view.state.state if view.state else "")
    source = leaders()
    return {
        "affiliate": affiliate,
        "view": view,
        "crumbs": [list_crumb()],
        "state": {"label": label, "tone": tone, "icon": symbol},
        "manages": manages,
        "may_change": manages and not view.has_exited,
        "may_unmask": manages and bool(affiliate.phone_cipher),
        "basics": _basics(affiliate),
        "organs": _organs(view) if affiliate.kind.has(DetailPart.GOVERNANCE) else [],
        "has_members": affiliate.kind.has(DetailPart.MEMBERS),
        "members": tables.build(view.members, MEMBER_HISTORY, empty="尚未登记会员数"),
        "chart": _members_chart(view),
        "partners": list(_partner_groups(view.present_partners, user)),
        "past_partners": tables.build(view.past_partners, PAST_PARTNERS) if view.past_partners else None,
        "states": tables.build(view.states, STATE_HISTORY),
        "knows_leaders": source is not None,
        "leaders": source.lines(user, affiliate) if source else [],
        "add_leader_url": source.add_url(user, affiliate) if source and not view.has_exited else "",
    }


def _basics(affiliate: Affiliate) -> list[tuple[str, Any]]:
    kind = affiliate.kind
    found: list[tuple[str, Any]] = [
        ("类别", kind),
        ("大类", kind.get_group_display()),
        ("学科或行业领域", affiliate.sector),
        ("成立日期", formats.day(affiliate.founded_on)),
        ("依托（挂靠）单位", affiliate.host),
        ("地址", affiliate.address),
    ]
    if kind.has(DetailPart.FORMATION):
        found.insert(4, ("组建方式", affiliate.get_formation_display()))
    if kind.has(DetailPart.REGISTRATION):
        found.append(("登记证号", affiliate.registered_number))
    if kind.has(DetailPart.PARTY):
        found.append(("党组织", _party_words(affiliate)))
    found.append(("登记", f"{affiliate.recorded_by}　{formats.moment(affiliate.recorded_at)}"))
    return found


def _party_words(affiliate: Affiliate) -> str:
    if not affiliate.has_party_group:
        return "未建"
    since = affiliate.party_group_since
    return f"已建（{formats.day(since)}）" if since else "已建"


def _organs(view: AffiliateView) -> list[dict[str, Any]]:
    return [_organ(organ, view.organs.get(organ.value)) for organ in Organ]


def _organ(organ: Organ, row: AffiliateOrgan | None) -> dict[str, Any]:
    is_due = bool(row and row.renews_on and row.renews_on < clock.today())
    return {
        "label": organ.label,
        "there": row is not None,
        "since": row.since if row else None,
        "size": row.size if row else None,
        "renews_on": row.renews_on if row else None,
        "is_due": is_due,
    }


def _members_chart(view: AffiliateView) -> dict[str, Any] | None:
    if len(view.members) < 2:
        return None
    points = list(reversed(view.members))
    return {
        "type": "line",
        "categories": [formats.day(fact.valid_from) for fact in points],
        "series": [{"name": "个人会员", "data": [fact.personal for fact in points]}],
        "unit": "人",
        "category_name": "统计日期",
    }


def _partner_groups(partners: Iterable[AffiliatePartner], user: Any) -> Iterable[dict[str, Any]]:
    """Present partners by kind, in the order of :class:`PartnerKind`."""
    order = {kind.value: place for place, kind in enumerate(PartnerKind)}
    reach = user.reach_of(VIEW_UNITS)
    rows = sorted(partners, key=lambda partner: order[partner.kind])
    for kind, group in groupby(rows, key=lambda partner: partner.kind):
        found = [
            {
                "partner": partner,
                "url": reverse("orgs:detail", args=[partner.partner_unit_id])
                if partner.partner_unit and reach.covers(partner.partner_unit)
                else "",
            }
            for partner in group
        ]
        yield {"label": PartnerKind(kind).label, "rows": found, "count": len(found)}
