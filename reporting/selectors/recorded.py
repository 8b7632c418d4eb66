"""What was written into the registry since a moment: associations founded, seats begun, seats ended; counted and by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from core import clock
from orgs.choices import EstablishmentState
from orgs.models import Establishment, OrgUnit
from orgs.models.facts import UnitFactQuerySet
from sanzhang.models import Appointment, KeyPerson
from sanzhang.permissions import VIEW_PEOPLE

FOUNDED, BEGUN, ENDED = "founded", "begun", "ended"
LABELS = {FOUNDED: "登记科协建立", BEGUN: "登记“三长”任职", ENDED: "登记“三长”离任"}
#: When each kind of a seat's two ends was written down.
RECORDED = {BEGUN: "recorded_at", ENDED: "end_recorded_at"}


def start_of_yesterday() -> dt.datetime:
    """“昨天以来” is counted from here."""
    return clock.start_of(clock.today() - dt.timedelta(days=1))


def registry_since(unit: OrgUnit, since: dt.datetime) -> list[tuple[str, int]]:
    """How much was written into the registry of ``unit`` and everything below it from ``since`` on, in the order of
    :data:`LABELS`; two queries."""
    either = Q(recorded_at__gte=since) | Q(end_recorded_at__gte=since)
    seats = Appointment.objects.within(unit).standing().filter(either).order_by()
    counts = seats.aggregate(
        **{kind: Count("pk", filter=Q(**{f"{name}__gte": since})) for kind, name in RECORDED.items()}
    )
    counts[FOUNDED] = founded_since(unit, since).count()
    return [(label, counts[kind]) for kind, label in LABELS.items()]


def founded_since(unit: OrgUnit, since: dt.datetime, text: str = "") -> UnitFactQuerySet:
    """The establishments recorded, each a unit."""
    found: UnitFactQuerySet = Establishment.objects.within(unit).filter(
        recorded_at__gte=since, state=EstablishmentState.ESTABLISHED, voided_at__isnull=True
    )
    return found.filter(unit__in=OrgUnit.objects.search(text)) if text else found


def seats_since(kind: str, unit: OrgUnit, since: dt.datetime, text: str = "") -> QuerySet[Appointment]:
    """The seats whose beginning or end was recorded, also of those who are out of office by now."""
    found: QuerySet[Appointment] = Appointment.objects.within(unit).standing()
    found = found.filter(**{f"{RECORDED[kind]}__gte": since})
    return found.filter(person__in=KeyPerson.objects.search(text)) if text else found


def seats_in_sight(
    user: Any, kind: str, unit: OrgUnit, since: dt.datetime, text: str = ""
) -> QuerySet[Appointment]:
    """Those of people whom ``user`` may see."""
    people = KeyPerson.objects.visible_to(user, VIEW_PEOPLE)
    return seats_since(kind, unit, since, text).filter(person__in=people)
