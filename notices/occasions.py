"""Who is told of what happens to units: subscriptions to the audit trail, made at start."""

from __future__ import annotations

from django.urls import reverse

from accounts.roles import Role
from accounts.selectors import people_at_many
from audit.models import AuditEvent
from audit.services import listen
from notices.services import tell
from orgs.choices import Level
from orgs.models import YearlyConfirmation
from orgs.selectors.confirmations import item_label


def on_confirmation_returned(event: AuditEvent) -> None:
    """The desks that keep the unit's facts hear why its yearly word was sent back: its own, and a township's county."""
    word = YearlyConfirmation.objects.select_related("unit").get(pk=event.object_id)
    unit = word.unit
    desks = {unit.pk}
    if unit.level >= Level.TOWNSHIP and unit.county_id is not None:
        desks.add(unit.county_id)
    said = [word.remark, *(f"{item_label(key)}：{text}" for key, text in word.item_remarks.items())]
    tell(
        users=people_at_many(desks, [Role.REPORTER]),
        key=f"event:{event.pk}",
        kind=event.kind,
        title=f"{unit}{word.year}年度六有四缺确认被退回",
        body="；".join(text for text in said if text) + "。请按意见修改后重新确认。",
        link=f"{reverse('orgs:confirmation', args=[unit.pk])}?year={word.year}",
    )


def subscribe() -> None:
    """Called once at start."""
    listen("orgs.confirmation_returned", on_confirmation_returned)
