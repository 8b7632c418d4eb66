"""What a meeting and an election at it must fulfil. One function per demand."""

from __future__ import annotations

import datetime as dt

from core import formats
from core.errors import Problem
from sanzhang.choices import MeetingKind, WayIn
from sanzhang.models import Candidacy, Meeting
from sanzhang.rules.people import EARLIEST

#: How far ahead a meeting may be planned.
PLANNED_DAYS = 730


def day_is_possible(planned_on: dt.date | None, held_on: dt.date | None, today: dt.date) -> list[Problem]:
    """Planned or held; held not in the future; neither before there were associations."""
    if planned_on is None and held_on is None:
        return [Problem("day_missing", "请填写计划日期；已召开的填写召开日期。", "planned_on")]
    problems = []
    if held_on is not None and held_on > today:
        problems.append(Problem("held_in_future", "召开日期不能晚于今天；未召开的请填计划日期。", "held_on"))
    if held_on is not None and held_on < EARLIEST:
        problems.append(Problem("held_too_early", "召开日期不能早于1978年，请核对。", "held_on"))
    if planned_on is not None and not EARLIEST <= planned_on <= today + dt.timedelta(days=PLANNED_DAYS):
        problems.append(Problem("planned_too_far", "计划日期应在两年以内，请核对。", "planned_on"))
    return problems


def day_of_election_stays(meeting: Meeting, held_on: dt.date | None) -> list[Problem]:
    """A meeting that elected somebody keeps its day: the seats began on it."""
    if meeting.pk is None or meeting.held_on == held_on or not meeting.elected.exists():
        return []
    message = f"该会议已选举人员任职，召开日期（{formats.day(meeting.held_on)}）不能修改。"
    return [Problem("day_of_election", message, "held_on")]


def way_fits_meeting(way_in: str, kind: str) -> list[Problem]:
    """Zhoukou 四(四)三: elected at the congress, co-opted at a committee meeting between congresses."""
    if way_in not in WayIn.values:
        return [Problem("way_in_missing", "请选择吸纳方式。", "way_in")]
    if way_in == WayIn.CO_OPTION and kind == MeetingKind.CONGRESS:
        return [
            Problem(
                "no_co_option_at_congress", "届中增补由委员会会议办理；代表大会请选“换届选举”。", "way_in"
            )
        ]
    return []


def meeting_is_of_the_unit(candidacy: Candidacy, meeting: Meeting) -> list[Problem]:
    """A meeting decides on the seats of its own unit."""
    if candidacy.unit_id == meeting.unit_id:
        return []
    return [Problem("other_unit", f"不是{meeting.unit.association}的人选，不能由本次会议决定。", "chosen")]
