"""Columns of the lists about steps, bodies and meetings."""

from __future__ import annotations

from django.urls import reverse

from core.tables import Column
from sanzhang.selectors.board import StepSpeed
from sanzhang.selectors.calendar import MeetingRow


def _passed(row: StepSpeed) -> str:
    return f"{reverse('sanzhang:candidacy_list')}?state=all&passed={row.key}"


SPEEDS = [
    Column("label", "环节", "name"),
    Column("count", "已办件数", "number", link=_passed),
    Column("average", "平均用时（天）", "amount", value=lambda row: f"{row.average:.1f}"),
    Column("longest", "最长（天）", "number"),
]


MEETINGS = [
    Column("meeting.title", "会议", "name", link=lambda row: row.meeting.get_absolute_url()),
    Column("meeting.unit.association", "单位", sort="unit__division_code"),
    Column("meeting.planned_on", "计划日期", "day", sort="planned_on"),
    Column("meeting.held_on", "召开日期", "day", sort="day"),
    Column("meeting.place", "地点"),
    Column("meeting.number", "文号"),
    Column("elected", "任职人数", "number", link=lambda row: _elected(row)),
    Column("state", "状态", "pill", value=lambda row: (row.state.label, row.state.tone)),
]


def _elected(row: MeetingRow) -> str | None:
    return f"{row.meeting.get_absolute_url()}#elected" if row.elected else None
