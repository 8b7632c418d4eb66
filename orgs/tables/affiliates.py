"""Lists of affiliates as tables, and how a state is shown."""

from __future__ import annotations

from django.urls import reverse

from core.formats import day
from core.tables import IN_USE, Column
from orgs.choices import Level, Standing
from orgs.models import Affiliate, AffiliateKind

TONES = {
    Standing.NORMAL: ("success", ""),
    Standing.MODEL: ("info", "star"),
    Standing.DORMANT: ("warning", "exclamation-triangle"),
    Standing.EXITED: ("neutral", "box-arrow-right"),
}


def standing_pill(state: str) -> tuple[str, str, str]:
    """Words, tone and sign of where an affiliate stands; nothing said means before its time."""
    if not state:
        return "尚未成立", "neutral", ""
    standing = Standing(state)
    tone, symbol = TONES[standing]
    return str(standing.label), tone, symbol


def _unit_page(affiliate: Affiliate) -> str:
    return reverse("orgs:detail", args=[affiliate.unit_id])


def _party(affiliate: Affiliate) -> str:
    return "已建" if affiliate.has_party_group else ""


COLUMNS = [
    Column("name", "名称", "name", link=lambda row: row.get_absolute_url(), sort="pinyin", is_fixed=True),
    Column("kind", "类别", value=lambda row: row.kind.name, sort="kind__order"),
    Column(
        "unit",
        "指导单位",
        value=lambda row: row.unit.display_name,
        link=_unit_page,
        sort="unit__division_code",
    ),
    Column("state", "状态", "pill", value=lambda row: standing_pill(row.state), sort="state"),
    Column("leader_names", "“三长”牵头"),
    Column("personal", "个人会员", "number", sort="personal"),
    Column("partner_count", "对接单位", "number", sort="partner_count"),
    Column("founded_on", "成立日期", "day", sort="founded_on"),
    Column("sector", "领域", sort="sector", is_extra=True),
    Column("get_formation_display", "组建方式", sort="formation", is_extra=True),
    Column("host", "依托单位", sort="host", is_extra=True),
    Column("group_members", "团体会员", "number", sort="group_members", is_extra=True),
    Column("members_on", "会员统计日期", "day", sort="members_on", is_extra=True),
    Column("party", "党组织", value=_party, sort="has_party_group", is_extra=True),
    Column("registered_number", "登记证号", sort="registered_number", is_extra=True),
    Column("contact_name", "联系人", sort="contact_name", is_extra=True),
    Column("phone_mask", "电话", is_extra=True),
    Column("address", "地址", is_extra=True),
    Column("state_since", "现状态起始", "day", sort="state_since", is_extra=True),
]


def _levels(kind: AffiliateKind) -> str:
    return "、".join(str(Level(level).label) for level in kind.levels)


KINDS = [
    Column(
        "name", "类别", "name", link=lambda kind: reverse("orgs:affiliate_kind", args=[kind.pk]), sort="name"
    ),
    Column("get_group_display", "大类", sort="group"),
    Column("levels", "指导单位层级", value=_levels),
    Column("indicator_label", "计入月报"),
    Column(
        "count",
        "已登记",
        "number",
        link=lambda kind: f"{reverse('orgs:affiliates')}?kind={kind.pk}&state=all" if kind.count else None,
        sort="count",
    ),
    IN_USE,
    Column("order", "顺序", "number", sort="order"),
]

STATE_HISTORY = [
    Column("state", "状态", "pill", value=lambda fact: standing_pill(fact.state)),
    Column("valid_from", "自", "day"),
    Column("valid_to", "至", value=lambda fact: day(fact.valid_to) if fact.valid_to else "今"),
    Column("reason", "原因"),
    Column("basis", "依据"),
    Column("recorded_by", "登记人"),
    Column("recorded_at", "登记时间", "moment"),
]
MEMBER_HISTORY = [
    Column("valid_from", "统计日期", "day"),
    Column("personal", "个人会员", "number"),
    Column("group", "团体会员", "number"),
    Column("recorded_by", "登记人"),
    Column("recorded_at", "登记时间", "moment"),
]
PAST_PARTNERS = [
    Column("label", "单位", "name"),
    Column("get_kind_display", "类型"),
    Column("valid_from", "自", "day"),
    Column("valid_to", "至", "day"),
    Column("note", "合作内容"),
]
