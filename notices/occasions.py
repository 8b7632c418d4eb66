"""Who is told of what happens to units: subscriptions to the audit trail, made at start."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Handover, User
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


def on_handover(event: AuditEvent) -> None:
    """Both people hear that a list waits for their word, how the other's stands, and how it ended."""
    handover: Handover = event.subject
    acts = {
        "accounts.handover_opened": f"请核对并确认岗位交接：{handover}",
        "accounts.handover_given": f"移交人已确认岗位交接：{handover}",
        "accounts.handover_taken": f"接任人已确认岗位交接：{handover}",
        "accounts.handover_cancelled": f"岗位交接已取消：{handover}",
        "accounts.handed_over": f"岗位交接已办结：{handover}",
    }
    people = (handover.leaver_id, handover.successor_id, handover.opened_by_id)
    concerned = [pk for pk in people if pk is not None and pk != event.actor_id]
    tell(
        users=User.objects.filter(pk__in=concerned, is_active=True),
        key=f"event:{event.pk}",
        kind="handover",
        title=acts[event.kind],
        body=handover.cancel_reason or "清单列明岗位、在办事项和各单位情况，双方都确认后生效。",
        link=reverse("accounts:handover", args=[handover.pk]),
    )


def subscribe() -> None:
    """Called once at start."""
    listen("orgs.confirmation_returned", on_confirmation_returned)
    for act in ("handover_opened", "handover_given", "handover_taken", "handover_cancelled", "handed_over"):
        listen(f"accounts.{act}", on_handover)
