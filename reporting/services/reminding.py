"""催报提醒: whoever holds a report is told at each stage around its deadline, once; then those above."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.services import record
from core import clock
from core.actor import SYSTEM
from core.locks import one_at_a_time
from notices.models import Message, ReminderPolicy
from notices.selectors import policy_in_force
from notices.services import tell
from orgs.choices import Level
from reporting.choices import ReminderKind, ReportState
from reporting.models import Cycle, Reminder, Report
from reporting.rules.reminding import Due, due_on
from reporting.selectors.holders import people_by_unit

NAMED = 20
#: Names of one occasion: who is told, of which cycle, why, and at which stage.
Occasion = tuple[int, int, ReminderKind, int]


@transaction.atomic
def remind(*, at: dt.datetime) -> int:
    """Tell everybody whose turn it is on the day of ``at``; how many messages were new.

    Each person hears of each obligation once a stage (a unique key), several obligations of one stage in one message.
    A returned report is chased by its own term, a deferred one by its new day. A stage whose day was missed is made up
    for until the next one comes, where nobody heard of it.
    """
    # Two beats say a thing once.
    one_at_a_time("reporting.reminding")
    due = _all_due(clock.local_day(at), policy_in_force())
    people: dict[str, dict[int, list[User]]] = {
        role: people_by_unit({one.unit_id for one in due if one.role == role}, [role])
        for role in {one.role for one in due}
    }
    asked = [(one, user) for one in due for user in people[one.role].get(one.unit_id, [])]
    said = set(
        Reminder.objects.filter(report__in={one.report.pk for one, _user in asked}).values_list(
            "report_id", "stage", "user_id"
        )
    )
    heard = {(report, stage.partition("-")[2]) for report, stage, _user in said}
    occasions: dict[Occasion, list[Due]] = defaultdict(list)
    users: dict[int, User] = {}
    for one, user in asked:
        if one.is_late and (one.report.pk, one.moment) in heard:
            continue
        if (one.report.pk, one.stage, user.pk) not in said:
            users[user.pk] = user
            occasions[(user.pk, one.report.cycle_id, one.kind, one.days)].append(one)
    told = sum(_tell(users[occasion[0]], dues) for occasion, dues in occasions.items())
    _record_missing(occasions.values())
    return told


def _all_due(day: dt.date, policy: ReminderPolicy) -> list[Due]:
    reports = (
        Report.objects.owed()
        .exclude(state=ReportState.ACCEPTED)
        .filter(level__gt=Level.PROVINCE, cycle__in=Cycle.objects.open())
        .select_related("cycle", "reviewer")
        .order_by("unit__division_code")
    )
    return [due for report in reports for due in due_on(report, day, policy)]


def _tell(user: User, dues: Sequence[Due]) -> int:
    first = dues[0]
    key = f"remind:{first.kind}:{first.report.pk}:{first.stage}"
    new = tell(
        users=[user],
        key=key,
        kind="missing" if first.kind in (ReminderKind.MISSING, ReminderKind.ESCALATED) else "reminder",
        title=_title(dues),
        body=_body(dues),
        link=_link(dues),
        sms=first.role == Role.REPORTER and first.days >= 0,
    )
    message = Message.objects.get(user=user, key=key)
    Reminder.objects.bulk_create(
        Reminder(
            report=one.report,
            kind=one.kind,
            stage=one.stage,
            unit_id=one.unit_id,
            user=user,
            message=message,
            at=clock.now(),
        )
        for one in dues
    )
    return new


def _title(dues: Sequence[Due]) -> str:
    first = dues[0]
    what = first.report.cycle.title
    return {
        ReminderKind.DUE: f"{what}{first.when}",
        ReminderKind.RETURNED: f"退回修改的{what}{first.when}",
        ReminderKind.SIGNING: f"{what}待签批，{first.when}",
        ReminderKind.REVIEWING: f"{what}有{len(dues)}份待审核",
        ReminderKind.MISSING: f"{what}有{len(dues)}个单位逾期未报",
        ReminderKind.ESCALATED: f"{what}有{len(dues)}个单位逾期{first.days}天未报，报请领导关注",
    }[first.kind]


def _body(dues: Sequence[Due]) -> str:
    first = dues[0]
    if first.kind in (ReminderKind.DUE, ReminderKind.RETURNED):
        own = any(one.report.unit_id == one.unit_id for one in dues)
        townships = sum(one.report.unit_id != one.unit_id for one in dues)
        below = f"由本单位代填的乡镇（街道）还有{townships}个没有填报。" if townships else ""
        return f"{'本单位尚未上报。' if own else ''}{below}"
    names = "、".join(one.report.unit_name for one in dues[:NAMED])
    named = f"{names}{'等' if len(dues) > NAMED else ''}"
    if first.kind == ReminderKind.SIGNING:
        return f"{named}已送签，请审阅数据后签批。"
    if first.kind == ReminderKind.REVIEWING:
        return f"{named}已上报{first.days}天以上，请及时审核。"
    page = "报送质量" if first.kind == ReminderKind.ESCALATED else "催报"
    return f"{named}。可在“{page}”页查看详情。"


def _link(dues: Sequence[Due]) -> str:
    first = dues[0]
    if first.kind == ReminderKind.MISSING:
        return reverse("reporting:chase", args=[first.report.cycle_id])
    if first.kind == ReminderKind.ESCALATED:
        return f"{reverse('reporting:completeness')}?cycle={first.report.cycle_id}"
    if first.kind == ReminderKind.REVIEWING:
        return reverse("reporting:queue")
    if len(dues) > 1:
        return reverse("reporting:signing" if first.kind == ReminderKind.SIGNING else "reporting:desk")
    page = "sign" if first.kind == ReminderKind.SIGNING else "fill"
    return reverse(f"reporting:{page}", args=[first.report.pk])


def _record_missing(occasions: Iterable[Sequence[Due]]) -> None:
    """What was missing goes on record once for each desk above, whoever sits there."""
    found: dict[tuple[int, int], dict[int, Report]] = defaultdict(dict)
    for dues in occasions:
        for one in dues:
            if one.kind == ReminderKind.MISSING:
                found[(one.report.cycle_id, one.unit_id)][one.report.pk] = one.report
    for reports in found.values():
        first = next(iter(reports.values()))
        record(
            kind="report.missing",
            by=SYSTEM,
            unit=first.reviewer,
            summary=f"{first.cycle.title}逾期未报{len(reports)}个单位",
            data={"units": [report.unit_id for report in reports.values()]},
        )


def settled(messages: Sequence[Message]) -> set[int]:
    """Keys of the reminders among ``messages`` whose every report has left the hands of whoever was reminded."""
    waiting: set[int] = set()
    reminders = Reminder.objects.filter(message__in=messages).select_related("report")
    spoken_of: set[int] = set()
    for reminder in reminders:
        assert reminder.message_id is not None
        spoken_of.add(reminder.message_id)
        if _still_waits(reminder):
            waiting.add(reminder.message_id)
    return spoken_of - waiting


def _still_waits(reminder: Reminder) -> bool:
    report = reminder.report
    if report.is_exempt:
        return False
    if reminder.kind == ReminderKind.REVIEWING:
        return report.state == ReportState.SUBMITTED
    if reminder.kind == ReminderKind.SIGNING:
        return report.state == ReportState.SIGNING
    return report.state not in (ReportState.SUBMITTED, ReportState.ACCEPTED)
