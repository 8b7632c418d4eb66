"""Who hears of what was given and of exemplars: listeners on audit events."""

from __future__ import annotations

from accounts.roles import Role
from accounts.selectors import people_at
from audit.models import AuditEvent
from audit.services import listen
from notices.services import tell
from orgs.choices import Level
from sanzhang.models import Exemplar, Support
from sanzhang.services.evaluations import next_above


def on_support(event: AuditEvent) -> None:
    """The receiver hears what was given, once; a township without a desk hears through its county."""
    support: Support = event.subject
    receiver = support.receiver
    if receiver is None:
        return
    people = people_at(receiver.pk, [Role.REPORTER])
    if not people and receiver.county_id and receiver.county_id != support.giver_id:
        people = people_at(receiver.county_id, [Role.REPORTER])
    tell(
        users=people,
        key=f"support:{support.pk}",
        kind=event.kind,
        title=f"{support.giver.association}登记了给予{receiver.name}的支持",
        body=f"{support.get_kind_display()}“{support.title}”，收到后请确认。",
        link=support.get_absolute_url(),
        mail=False,
    )


def on_receipt(event: AuditEvent) -> None:
    support: Support = event.subject
    tell(
        users=people_at(support.giver_id, [Role.REPORTER]),
        key=f"support:{support.pk}:confirmed",
        kind=event.kind,
        title=f"{support.receiver_name}已确认收到“{support.title}”",
        link=support.get_absolute_url(),
        mail=False,
    )


def on_exemplar(event: AuditEvent) -> None:
    """Whoever may take it up hears of an exemplar; whoever chose it hears how far it has come."""
    exemplar: Exemplar = event.subject
    above = next_above(exemplar)
    if above is not None:
        tell(
            users=people_at(above.pk, [Role.REVIEWER]),
            key=f"exemplar:{exemplar.pk}:{above.pk}",
            kind=event.kind,
            title=f"{exemplar.unit.association}推荐了{exemplar.get_kind_display()}",
            body=f"“{exemplar.title}”，可选树为{Level(above.level).label}典型。",
            link=exemplar.get_absolute_url(),
            mail=False,
        )
    if event.kind == "sanzhang.exemplar_taken_up":
        tell(
            users=people_at(exemplar.unit_id, [Role.REPORTER]),
            key=f"exemplar:{exemplar.pk}:level{exemplar.level}",
            kind=event.kind,
            title=f"“{exemplar.title}”已选树为{Level(exemplar.level).label}典型",
            link=exemplar.get_absolute_url(),
            mail=False,
        )


def subscribe() -> None:
    """Called once at start."""
    listen("sanzhang.support_recorded", on_support)
    listen("sanzhang.support_confirmed", on_receipt)
    listen("sanzhang.exemplar_chosen", on_exemplar)
    listen("sanzhang.exemplar_taken_up", on_exemplar)
