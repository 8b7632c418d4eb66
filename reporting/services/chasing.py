"""催报登记: what was done about a report that is owed."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.cipher import decrypt
from core.errors import DomainError, Forbidden
from orgs.models import UnitOfficer
from reporting.choices import ChaseChannel
from reporting.models import ChaseRecord, Report
from reporting.permissions import CHASE


@transaction.atomic
def log_chase(*, report: Report, channel: str, by: Actor, spoken_to: str = "", note: str = "") -> ChaseRecord:
    """Write down one call or message about ``report``.

    Raises:
        Forbidden: not at the reviewing desk. DomainError: unknown channel.
    """
    if not by.can(CHASE, report.reviewer):
        raise Forbidden.for_action("催报登记")
    if channel not in ChaseChannel.values:
        raise DomainError.of("unknown_channel", "请选择催报方式。", "channel")
    row = ChaseRecord.objects.create(
        report=report,
        channel=channel,
        spoken_to=spoken_to.strip()[:60],
        note=note.strip()[:300],
        by_id=by.pk,
        by=by.actor_label,
    )
    record(
        kind="report.chase",
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"催报登记：{report.unit_name}（{row.get_channel_display()}）",
    )
    return row


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
