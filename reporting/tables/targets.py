"""Targets and how far they are, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core import formats
from core.tables import Column
from orgs.models import OrgUnit
from reporting.choices import ValueKind
from reporting.models import Target
from reporting.selectors.paces import Goal, Progress
from reporting.selectors.target_grid import plain


def progress_columns(address: Callable[[Progress], str]) -> list[Column]:
    """Target, figure, share done and pace; a line is one figure."""
    return [
        Column("figure", "指标", "name", value=lambda each: each.goal.name),
        Column("due", "完成时限", "day", value=lambda each: each.goal.due_on),
        Column("target", "目标", "amount", value=lambda each: each.shown_target),
        Column("now", "现在", "amount", value=lambda each: each.shown_now, link=address),
        Column("completion", "完成率", "percent", value=lambda each: each.completion),
        Column("expected", "按进度应达", "amount", value=lambda each: each.shown_expected),
        Column("pace", "进度", "pill", value=lambda each: each.pill),
        Column("from", "下达单位", value=_setter),
    ]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit with its targets by indicator key."""

    unit: OrgUnit
    by_key: Mapping[str, Progress]


def matrix_columns(goals: Mapping[str, Goal], drill: Callable[[int], str]) -> list[Column]:
    """A line a unit, a column a figure: how much is done, and the pace in words."""
    return [
        Column(
            "unit", "单位", "name", value=lambda line: line.unit.name, link=lambda line: drill(line.unit.pk)
        ),
        *(Column(key, goal.name, "pill", value=_state_of(key)) for key, goal in goals.items()),
    ]


def _state_of(key: str) -> Callable[[UnitLine], Any]:
    def value(line: UnitLine) -> Any:
        each = line.by_key.get(key)
        if each is None:
            return None
        label, tone, icon = each.pill
        return f"{formats.percent(each.completion)} {label}", tone, icon

    return value


def _setter(each: Progress) -> str:
    return f"{each.goal.set_by}（按上级目标）" if each.goal.is_inherited else each.goal.set_by


def history_columns() -> list[Column]:
    return [
        Column("indicator", "指标", "name", value=lambda row: row.indicator.name),
        Column("due_on", "完成时限", "day"),
        Column("value", "目标", "amount", value=_value),
        Column("set_by", "下达单位", value=lambda row: row.set_by.name),
        Column("set_at", "下达时间", "moment"),
        Column("recorded_by", "登记人"),
        Column("basis", "依据"),
        Column("ended_at", "终止时间", "moment"),
        Column("state", "状态", "pill", value=_state),
    ]


def _value(row: Target) -> Any:
    is_ratio = row.indicator.value_kind == ValueKind.RATIO
    return f"{plain(row.value)}{'%' if is_ratio else row.indicator.unit_label}"


def _state(row: Target) -> tuple[str, str, str]:
    return (
        ("执行中", "success", "check-circle-fill")
        if row.is_current
        else ("已终止", "neutral", "slash-circle")
    )
