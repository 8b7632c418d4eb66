"""The yearly code update as tables."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.tables import Column
from orgs.choices import ChangeKind, Decision, UpdateState
from orgs.models import DivisionChange, DivisionUpdate

_KIND_TONES = {
    ChangeKind.ADDED: "success",
    ChangeKind.GONE: "danger",
    ChangeKind.MOVED: "warning",
    ChangeKind.RECODED: "info",
    ChangeKind.RENAMED: "info",
    ChangeKind.RECLASSED: "neutral",
}


def _state(row: DivisionUpdate) -> tuple[str, str]:
    return str(row.get_state_display()), "info" if row.state == UpdateState.REVIEW else "neutral"


UPDATE_COLUMNS = [
    Column("year", "比对", "name", value=str, link=lambda row: row.get_absolute_url(), sort="year"),
    Column("state", "状态", "pill", value=_state),
    Column("unit", "范围"),
    Column("file_name", "区划文件"),
    Column("differences", "差异", "number", sort="differences"),
    Column("open_differences", "未决定", "number", sort="open_differences"),
    Column("compared_at", "比对时间", "moment", sort="compared_at"),
    Column("created_by", "发起人"),
]


def _difference(row: DivisionChange) -> tuple[str, str]:
    return str(row.get_kind_display()), _KIND_TONES[ChangeKind(row.kind)]


def _before(row: DivisionChange) -> str:
    return f"{row.unit_label}（{row.old_code}）" if row.unit_label else ""


def _after(row: DivisionChange) -> str:
    if row.kind == ChangeKind.GONE:
        return ""
    return f"{row.name}（{row.division_code}）"


def _reading(said: dict[str, Any]) -> str:
    """A proposal in words: 并入历下区解放路街道（95%）：下级 7 个中 7 个…"""
    if not said:
        return "没有建议，请查找判断"
    labels = "、".join(said.get("labels", ()))
    return f"{Decision(said['decision']).label}{labels}（{said['score']:.0%}）：{said['evidence']}"


def decision_of(row: DivisionChange) -> tuple[str, str]:
    if row.reorganisation is not None and row.reorganisation.state in ("draft", "scheduled", "applied"):
        words = f"{row.get_decision_display()}，{row.reorganisation.get_state_display()}"
        return words, "success" if row.reorganisation.state == "applied" else "info"
    if row.decision:
        return str(row.get_decision_display()), "neutral" if row.decision == Decision.IGNORE else "success"
    return ("待采纳", "info") if row.is_sure else ("待判断", "warning")


CHANGE_COLUMNS = [
    Column("kind", "差异", "pill", value=_difference, sort="kind"),
    Column(
        "name",
        "名称",
        "name",
        link=lambda row: reverse("orgs:division_change", args=[row.update_id, row.pk]),
        sort="name",
    ),
    Column("level", "层级", value=lambda row: row.get_level_display(), sort="level"),
    Column("before", "组织树现在", value=_before),
    Column("after", "新区划表", value=_after, sort="division_code"),
    Column("parent_label", "新的上级"),
    Column("proposal", "建议和依据", value=lambda row: _reading(row.proposal)),
    Column("decision", "审核", "pill", value=decision_of, sort="decision"),
]
