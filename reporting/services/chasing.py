"""催报登记: what was done about a report that is owed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.cipher import decrypt
from core.errors import Forbidden, Problem, check
from orgs.models import UnitOfficer
from reporting.choices import ChaseAnswer, ChaseChannel
from reporting.models import ChaseRecord, Report
from reporting.permissions import CHASE


@transaction.atomic
def log_chase(
    *,
    report: Report,
    channel: str,
    by: Actor,
    spoken_to: str = "",
    answer: str = "",
    promised_for: dt.date | None = None,
    note: str = "",
) -> ChaseRecord:
    """Write down one call or message about ``report``, and what was answered.

    Raises:
        Forbidden: not at the reviewing desk. DomainError: unknown channel or answer, or a day that is past.
    """
    if not by.can(CHASE, report.reviewer):
        raise Forbidden.for_action("催报登记")
    check(_problems(channel, answer, promised_for))
    row = ChaseRecord.objects.create(
        report=report,
        channel=channel,
        spoken_to=spoken_to.strip()[:60],
        answer=answer,
        promised_for=promised_for,
        note=note.strip()[:300],
        at=clock.now(),
        by_id=by.pk,
        by=by.actor_label,
    )
    said = f"，{row.get_answer_display()}" if row.answer else ""
    record(
        kind="report.chase",
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"催报登记：{report.unit_name}（{row.get_channel_display()}{said}）",
        data={"channel": channel, "answer": answer, "promised_for": promised_for},
    )
    return row


def _problems(channel: str, answer: str, promised_for: dt.date | None) -> list[Problem]:
    found = []
    if channel not in ChaseChannel.values:
        found.append(Problem("unknown_channel", "请选择催报方式。", "channel"))
    if answer and answer not in ChaseAnswer.values:
        found.append(Problem("unknown_answer", "请选择对方的答复。", "answer"))
    if promised_for is not None and promised_for < clock.today():
        found.append(Problem("promised_in_the_past", "承诺报送日期不能早于今天。", "promised_for"))
    return found


@transaction.atomic
def reveal_contact(*, report: Report, officer: UnitOfficer, by: Actor) -> str:
    """The number in full of somebody to call about ``report``; that it was looked at stays on record.

    Raises:
        Forbidden: not at the reviewing desk, or not a contact of that unit.
    """
    if not by.can(CHASE, report.reviewer) or officer.unit_id != report.unit_id:
        raise Forbidden.for_action("查看完整电话号码")
    record(
        kind="report.contact_revealed",
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"催报时查看{report.unit_name}{officer.get_role_display()}{officer.name}的电话号码",
    )
    return decrypt(officer.phone_cipher)
