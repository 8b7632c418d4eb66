"""Who is told of which act on a candidacy: subscriptions to the audit trail, made at start."""

from __future__ import annotations

from django.urls import reverse

from accounts.roles import Role
from accounts.selectors import people_at, people_at_many
from audit.models import AuditEvent
from audit.services import listen
from notices.services import tell
from orgs.choices import Level
from sanzhang.choices import Giver
from sanzhang.models import Candidacy, Opinion


def _candidacy(event: AuditEvent) -> Candidacy:
    return Candidacy.objects.select_related("person", "unit").get(pk=event.object_id)


def _words(candidacy: Candidacy) -> str:
    return f"{candidacy.person.name}拟任{candidacy.unit.association}{candidacy.get_position_display()}"


def _desk_of(candidacy: Candidacy) -> list[int]:
    """The unit's own desk; of a township or village also the one above, which mostly keeps its people."""
    unit = candidacy.unit
    units = [unit.pk]
    if unit.level >= Level.TOWNSHIP and unit.parent_id is not None:
        units.append(unit.parent_id)
    return units


def ask_superior(event: AuditEvent) -> None:
    """The superior's reviewers hear that their opinion is waited for."""
    candidacy = _candidacy(event)
    waits = candidacy.closed_on is None and candidacy.waits_for == Giver.SUPERIOR
    if not waits or candidacy.unit.parent_id is None:
        return
    tell(
        users=people_at(candidacy.unit.parent_id, [Role.REVIEWER]),
        key=f"opinion:{candidacy.pk}:{candidacy.due}",
        kind="candidacy.opinion_wanted",
        title=f"请出具意见：{_words(candidacy)}",
        body=f"{candidacy.unit.association}已研判提名，征求上级科协意见。",
        link=reverse("sanzhang:candidacy", args=[candidacy.pk]),
    )


def tell_both_sides(event: AuditEvent) -> None:
    """The unit hears the superior's word, and the superior has it confirmed; other steps are the unit's own doing."""
    if not event.data.get("by_superior"):
        return
    candidacy = _candidacy(event)
    opinion = Opinion(event.data["opinion"]).label
    note = event.data.get("note") or ""
    link = reverse("sanzhang:candidacy", args=[candidacy.pk])
    tell(
        users=people_at_many(_desk_of(candidacy), [Role.REPORTER]),
        key=f"event:{event.pk}",
        kind="candidacy.opinion",
        title=f"上级科协{opinion}：{_words(candidacy)}",
        body=f"{event.actor_label}出具意见：{opinion}。{note}",
        link=link,
    )
    if candidacy.unit.parent_id is not None:
        tell(
            users=people_at(candidacy.unit.parent_id, [Role.REVIEWER]),
            key=f"event:{event.pk}:given",
            kind="candidacy.opinion",
            title=f"已出具意见（{opinion}）：{_words(candidacy)}",
            body=f"{event.actor_label}出具意见：{opinion}。{note}",
            link=link,
            mail=False,
        )


def subscribe() -> None:
    """Called once at start."""
    listen("sanzhang.shortlisted", ask_superior)
    listen("sanzhang.step", tell_both_sides)
    listen("sanzhang.step", ask_superior)
