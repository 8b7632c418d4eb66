"""Who sits where, and how many heads that makes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS, BodyKind, Category, Field, Position
from sanzhang.models import Appointment
from sanzhang.models.appointment import AppointmentQuerySet


def in_office(within: OrgUnit, day: dt.date) -> AppointmentQuerySet:
    """Seats held on ``day`` in the bodies of ``within`` and below it, village teams included."""
    return Appointment.objects.on(day).within(within)


@dataclass(slots=True)
class HeadSummary:
    """Heads in office in leadership bodies, each counted once by the highest seat; village workers apart."""

    heads: int = 0
    by_field: dict[str, int] = field(default_factory=dict)
    by_position: dict[str, int] = field(default_factory=dict)
    pan: int = 0
    village_workers: int = 0

    @property
    def field_rows(self) -> list[tuple[str, int]]:
        """Each field by its Chinese name with its heads, in the order of the choices."""
        return [(choice.label, self.by_field.get(choice.value, 0)) for choice in Field]

    @property
    def position_rows(self) -> list[tuple[str, int]]:
        """Each position that somebody holds, the highest first."""
        order = [
            Position.CHAIR,
            Position.VICE_CHAIR,
            Position.STANDING_MEMBER,
            Position.MEMBER,
            Position.DELEGATE,
        ]
        return [
            (position.label, self.by_position[position]) for position in order if position in self.by_position
        ]


def summary_of_unit(unit: OrgUnit, day: dt.date | None = None, *, own: bool = False) -> HeadSummary:
    """Counts for the counties and all below them inside ``unit``, or with ``own`` for its own bodies alone. Two queries."""
    seats = in_office(unit, day or clock.today())
    seats = seats.filter(unit=unit) if own else seats.filter(unit__level__gte=Level.COUNTY)
    leading = seats.filter(body__kind__in=LEADERSHIP_KINDS)
    highest = (
        leading.highest_first().order_by("person_id", "-seat_rank", "unit__level", "id").distinct("person_id")
    )
    groups = (
        Appointment.objects.filter(pk__in=highest.values("pk"))
        .order_by()
        .values_list("position", "person__occupation__field", "person__occupation__category")
        .annotate(heads=Count("pk"))
    )
    by_field: Counter[str] = Counter()
    by_position: Counter[str] = Counter()
    pan = 0
    for position, occupation_field, category, heads in groups:
        by_field[occupation_field] += heads
        by_position[position] += heads
        pan += heads if category == Category.PAN else 0
    workers = seats.filter(body__kind=BodyKind.TEAM).aggregate(heads=Count("person", distinct=True))["heads"]
    return HeadSummary(sum(by_field.values()), dict(by_field), dict(by_position), pan, workers)
