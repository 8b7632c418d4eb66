"""Columns of the list of problems and suggestions, on its page and in its sheet."""

from __future__ import annotations

from typing import Any

from core.formats import day
from core.tables import Column
from core.xlsx import SheetColumn
from reporting.choices import IssueState
from reporting.models import Issue
from reporting.selectors.issues import TONES, last_answer


def _state(issue: Issue) -> tuple[str, str]:
    return issue.get_state_display(), TONES[IssueState(issue.state)]


def _short(issue: Issue) -> str:
    return issue.text if len(issue.text) <= 60 else f"{issue.text[:60]}……"


def answer_of(issue: Issue) -> str:
    """The answer that stands with who gave it, or whose turn it is."""
    step = last_answer(issue)
    if step is not None:
        return f"{step.unit.name}：{step.text}"
    return f"待{issue.desk.name}答复" if issue.state == "open" else ""


ISSUE_COLUMNS = [
    Column("unit", "反映单位", "name", value=lambda row: row.unit.name, sort="unit__division_code"),
    Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
    Column("text", "内容", value=_short, link=lambda row: row.get_absolute_url(), is_fixed=True),
    Column("period", "期", value=lambda row: row.report.cycle.label, sort="report__cycle__period"),
    Column("state", "状态", "pill", value=_state, sort="state"),
    Column("desk", "答复单位", value=lambda row: row.desk.name, sort="desk__division_code"),
    Column("raised_at", "反映时间", "day", sort="raised_at", is_extra=True),
    Column("answered_at", "答复时间", "day", sort="answered_at", is_extra=True),
    Column("city", "市", value=lambda row: row.unit.city.name if row.unit.city else "", is_extra=True),
]

ISSUE_SHEET = [
    SheetColumn("期", width=12),
    SheetColumn("市", width=12),
    SheetColumn("反映单位", width=18),
    SheetColumn("类别", width=8),
    SheetColumn("内容", width=60),
    SheetColumn("状态", width=10),
    SheetColumn("答复单位", width=16),
    SheetColumn("反映时间", "day", 12),
    SheetColumn("答复时间", "day", 12),
    SheetColumn("答复", width=60),
]


def issue_row(issue: Issue) -> list[Any]:
    """One entry as the sheet holds it; its steps should be loaded."""
    return [
        issue.report.cycle.label,
        issue.unit.city.name if issue.unit.city else "",
        issue.unit.name,
        issue.get_kind_display(),
        issue.text,
        issue.get_state_display(),
        issue.desk.name,
        issue.raised_at,
        issue.answered_at,
        answer_of(issue) if issue.state == "answered" else "",
    ]


def facts_of(issue: Issue) -> list[tuple[str, Any]]:
    """The entry in a few facts."""
    return [
        ("反映单位", issue.unit.association),
        ("来自", issue.report.cycle.title),
        ("类别", issue.get_kind_display()),
        ("反映时间", day(issue.raised_at)),
        ("反映人", issue.raised_by or "—"),
        ("答复单位", issue.desk.association),
    ]
