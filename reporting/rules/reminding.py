"""Which reminder an unfinished report calls for on a day: to whom, and under which name it is said once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.roles import Role
from core import clock, formats
from notices.models import ReminderPolicy
from reporting.choices import EntryMode, ReminderKind, ReportState
from reporting.models import Report

#: For how many days after its own a stage that was missed is still made up for.
CAUGHT_UP = 7


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that is due: the desk and the role there that holds the report. ``stage`` names it within the
    obligation; ``days`` counts from the last day on time, 0 on it and negative before. ``is_late`` is said after the
    day of its stage, because that day was missed."""

    report: Report
    kind: ReminderKind
    stage: str
    unit_id: int
    role: Role
    days: int
    last_day: dt.date
    is_late: bool = False

    @property
    def moment(self) -> str:
        """The stage whoever holds the report: ``0:1120:-1``, the round, the last day and the day around it."""
        return self.stage.partition("-")[2]

    @property
    def when(self) -> str:
        """11月20日截止，还有1天."""
        return f"{formats.short_day(self.last_day)}截止，{days_words(self.days)}"


def days_words(days: int) -> str:
    if days == 0:
        return "就在今天"
    return f"还有{-days}天" if days < 0 else f"已逾期{days}天"


def stages(policy: ReminderPolicy) -> set[int]:
    """The days around a deadline on which people are reminded."""
    before, after = {-day for day in policy.days_before}, set(policy.days_after)
    return before | after | ({0} if policy.on_day else set())


def due_on(report: Report, day: dt.date, policy: ReminderPolicy) -> list[Due]:
    """What ``day`` calls for about ``report``, which is still on its way: to whoever holds it, to its reviewer once it is
    missing, and to the leader above after the policy's days."""
    if report.state == ReportState.SUBMITTED:
        return _waiting(report, day, policy)
    last_day = clock.local_day(report.due_now - dt.timedelta(microseconds=1))
    days = (day - last_day).days
    found = _to_holder(report, days, last_day, policy)
    if days >= 1 and _is_unsent(report):
        found.append(
            Due(report, ReminderKind.MISSING, "missing", report.reviewer_id, Role.REVIEWER, days, last_day)
        )
    if policy.escalate_after is not None and days >= policy.escalate_after and _is_own(report):
        stage = f"escalated-{report.returns}"
        found.append(
            Due(report, ReminderKind.ESCALATED, stage, report.reviewer_id, Role.LEADER, days, last_day)
        )
    return found


def _to_holder(report: Report, days: int, last_day: dt.date, policy: ReminderPolicy) -> list[Due]:
    come = [day for day in stages(policy) if day <= days]
    latest = max(come, default=None)
    if latest is None or days - latest > CAUGHT_UP:
        return []
    kind, role = ReminderKind.DUE, Role.REPORTER
    if report.state == ReportState.RETURNED and report.correction_due_at is not None:
        kind = ReminderKind.RETURNED
    elif report.state == ReportState.SIGNING:
        kind, role = ReminderKind.SIGNING, Role.LEADER
    is_late = days > latest
    if is_late and not _may_be_made_up_for(report, kind, last_day + dt.timedelta(days=latest)):
        return []
    stage = f"{kind}-{report.returns}:{last_day:%m%d}:{latest}"
    return [Due(report, kind, stage, report.custodian_id, role, days, last_day, is_late=is_late)]


def _may_be_made_up_for(report: Report, kind: ReminderKind, missed: dt.date) -> bool:
    """Whether the day that was ``missed`` was one for ``report``: it was open then, and was not with the superior since."""
    was_open = missed >= clock.local_day(report.cycle.opened_at)
    return was_open and (report.first_submitted_at is None or kind == ReminderKind.RETURNED)


def _waiting(report: Report, day: dt.date, policy: ReminderPolicy) -> list[Due]:
    """A submission that lies unread at the reviewing desk."""
    if report.submitted_at is None or report.reviewer_id == report.custodian_id:
        return []
    since = clock.local_day(report.submitted_at)
    days = (day - since).days
    if days < policy.review_after:
        return []
    stage = f"reviewing-{report.submitted_at:%m%d%H%M%S}"
    return [Due(report, ReminderKind.REVIEWING, stage, report.reviewer_id, Role.REVIEWER, days, since)]


def _is_own(report: Report) -> bool:
    """Typed by whoever owes it: what a county types for a township is never held against the township."""
    return report.entry_mode == EntryMode.SELF


def _is_unsent(report: Report) -> bool:
    return _is_own(report) and report.first_submitted_at is None
