"""Reorganisations, their lines and their consequences as tables."""

from __future__ import annotations

from typing import Any

from core.formats import day, moment
from core.tables import Column
from orgs.choices import ReorganisationState
from orgs.models import Reorganisation
from orgs.selectors.reorganisations import target_words

STATE_TONES = {
    ReorganisationState.DRAFT: "info",
    ReorganisationState.SCHEDULED: "warning",
    ReorganisationState.APPLIED: "success",
    ReorganisationState.UNDONE: "neutral",
    ReorganisationState.DISCARDED: "neutral",
}


def state_of(row: Reorganisation) -> tuple[str, str]:
    return str(row.get_state_display()), STATE_TONES[ReorganisationState(row.state)]


def facts_of(row: Reorganisation) -> list[tuple[str, str]]:
    """What the adjustment rests on, and who drafted it, carried it out and took it back, as the page and the file say it."""
    facts = [
        ("批准文件", row.document or "未填写"),
        ("生效日期", day(row.effective_on) if row.effective_on else "未填写"),
        ("涉及范围", str(row.unit)),
        ("依据说明", row.basis_note),
        ("起草", f"{row.created_by} {moment(row.created_at)}"),
    ]
    if row.applied_at:
        facts.append(("办理", f"{row.applied_by} {moment(row.applied_at)}"))
    if row.undone_at:
        facts.append(("撤回", f"{row.undone_by} {moment(row.undone_at)}"))
        facts.append(("撤回原因", row.undone_reason))
    if row.obstacle:
        facts.append(("未能生效的原因", row.obstacle))
    return [fact for fact in facts if fact[1]]


REORGANISATION_COLUMNS = [
    Column("title", "事项", "name", link=lambda row: row.get_absolute_url(), sort="title"),
    Column("state", "状态", "pill", value=state_of, sort="state"),
    Column("document", "文号", sort="document"),
    Column("effective_on", "生效日期", "day", sort="effective_on"),
    Column("unit", "涉及范围"),
    Column("lines", "事项数", "number", sort="lines"),
    Column("created_by", "起草人"),
    Column("applied_by", "办理人"),
]


def unit_words(act: Any) -> str:
    return act.unit_label or (f"{act.name}（新设）" if act.kind == "open" else "")


ACT_COLUMNS = [
    Column("get_kind_display", "类别"),
    Column("unit_label", "单位", "name", value=unit_words),
    Column("target", "承接单位或新上级", value=target_words),
    Column("name", "新名称"),
    Column("division_code", "新代码"),
    Column("is_main", "主要承接", value=lambda act: "是" if act.is_main else ""),
]

CONSEQUENCE_COLUMNS = [
    Column("unit", "单位", "name"),
    Column("group", "类别"),
    Column("label", "内容"),
    Column("before", "现在"),
    Column("after", "办理后"),
]
