"""Columns of the records of chasing, on pages and in sheets."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.tables import Column
from core.xlsx import SheetColumn
from notices.choices import MailState
from reporting.choices import ChaseAnswer
from reporting.models import ChaseRecord, Reminder
from reporting.selectors.below import state_pill

ANSWER_TONES = {
    ChaseAnswer.PROMISED: "success",
    ChaseAnswer.TOLD: "success",
    ChaseAnswer.DEFERRAL: "info",
    ChaseAnswer.TROUBLE: "warning",
    ChaseAnswer.UNREACHED: "danger",
    ChaseAnswer.OTHER: "neutral",
}
OUTCOME_TONES = {
    MailState.NONE: ("neutral", "dash-lg"),
    MailState.PENDING: ("info", "clock"),
    MailState.SENDING: ("info", "send"),
    MailState.SENT: ("success", "check-circle-fill"),
    MailState.FAILED: ("danger", "x-octagon"),
    MailState.UNKNOWN: ("warning", "question-circle"),
    MailState.DROPPED: ("neutral", "slash-circle"),
}


def _answer(row: ChaseRecord) -> tuple[str, str] | None:
    return (row.get_answer_display(), ANSWER_TONES[ChaseAnswer(row.answer)]) if row.answer else None


def _report_state(row: Any) -> tuple[str, str, str]:
    pill = state_pill(row.report)
    return pill["label"], pill["tone"], pill["icon"]


def _report_link(row: Any) -> str:
    return reverse("reporting:report", args=[row.report_id])


def _read(row: Reminder) -> tuple[str, str, str]:
    if row.message is not None and row.message.read_at is not None:
        return "已读", "success", "check-lg"
    return "未读", "neutral", "bell"


def _outcome(name: str) -> Any:
    def pill(row: Reminder) -> tuple[str, str, str] | None:
        state = MailState(getattr(row.message, name)) if row.message is not None else MailState.NONE
        return None if state == MailState.NONE else (str(state.label), *OUTCOME_TONES[state])

    return pill


ABOUT = [
    Column(
        "unit",
        "填报单位",
        "name",
        value=lambda row: row.report.unit_name,
        link=_report_link,
        sort="report__unit__division_code",
        is_fixed=True,
    ),
    Column("cycle", "报表", value=lambda row: row.report.cycle.title, sort="report__cycle__period"),
]

CHASE_COLUMNS = [
    *ABOUT,
    Column("at", "催报时间", "moment", sort="at"),
    Column("channel", "方式", value=lambda row: row.get_channel_display(), sort="channel"),
    Column("by", "催报人", sort="by"),
    Column("spoken_to", "联系人"),
    Column("answer", "答复", "pill", value=_answer, sort="answer"),
    Column("promised_for", "承诺报送", "day", sort="promised_for"),
    Column("note", "情况"),
    Column("state", "现在", "pill", value=_report_state),
]

REMINDER_COLUMNS = [
    *ABOUT,
    Column("kind", "事由", value=lambda row: row.get_kind_display(), sort="kind"),
    Column("at", "提醒时间", "moment", sort="at"),
    Column("who", "提醒对象", value=lambda row: f"{row.user.name}（{row.unit}）", sort="user__name"),
    Column("portal", "站内消息", "pill", value=_read),
    Column("mail", "邮件", "pill", value=_outcome("mail_state")),
    Column("sms", "短信", "pill", value=_outcome("sms_state")),
    Column("state", "现在", "pill", value=_report_state),
    Column("title", "内容", value=lambda row: row.message.title if row.message else None, is_extra=True),
]

CHASE_SHEET = [
    SheetColumn("填报单位", width=30),
    SheetColumn("报表", width=22),
    SheetColumn("催报时间", "moment", 18),
    SheetColumn("方式"),
    SheetColumn("催报人", width=26),
    SheetColumn("联系人", width=14),
    SheetColumn("答复", width=16),
    SheetColumn("承诺报送", "day", 14),
    SheetColumn("情况", width=40),
    SheetColumn("现在状态"),
]

REMINDER_SHEET = [
    SheetColumn("填报单位", width=30),
    SheetColumn("报表", width=22),
    SheetColumn("事由", width=12),
    SheetColumn("提醒时间", "moment", 18),
    SheetColumn("提醒单位", width=26),
    SheetColumn("提醒对象", width=14),
    SheetColumn("站内消息"),
    SheetColumn("邮件"),
    SheetColumn("短信"),
    SheetColumn("现在状态"),
]


def chase_line(row: ChaseRecord) -> list[Any]:
    return [
        row.report.unit_name,
        row.report.cycle.title,
        row.at,
        row.get_channel_display(),
        row.by,
        row.spoken_to,
        row.get_answer_display(),
        row.promised_for,
        row.note,
        _report_state(row)[0],
    ]


def reminder_line(row: Reminder) -> list[Any]:
    outcomes = [_outcome(name)(row) for name in ("mail_state", "sms_state")]
    return [
        row.report.unit_name,
        row.report.cycle.title,
        row.get_kind_display(),
        row.at,
        str(row.unit),
        row.user.name,
        _read(row)[0],
        *(outcome[0] if outcome else "" for outcome in outcomes),
        _report_state(row)[0],
    ]
