"""Posts, staff, budget and seats of a unit, as they stand from a day on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from core.actor import Actor
from core.errors import check
from orgs.models import OrgUnit, UnitResources
from orgs.rules import facts as rules
from orgs.services.dated import demands_of_day, hold_unit, record_set, succeed


@transaction.atomic
def set_resources(
    *,
    unit: OrgUnit,
    since: dt.date,
    by: Actor,
    is_separate: bool | None = None,
    posts: int | None = None,
    full_time: int | None = None,
    part_time: int | None = None,
    budget: Decimal | None = None,
    conference_seats: int | None = None,
    basis: str = "",
) -> UnitResources:
    """What the association has from ``since`` (Chuzhou 五、六: 单独设置、编制、经费、政协科协界别委员); ``budget`` in 万元 a
    year. ``None`` means not known, which is not zero."""
    unit = hold_unit(unit, by)
    figures = {
        "is_separate": is_separate,
        "posts": posts,
        "full_time": full_time,
        "part_time": part_time,
        "budget": budget,
        "conference_seats": conference_seats,
    }
    check(
        [
            *demands_of_day(unit, since, UnitResources.objects.filter(unit=unit)),
            *rules.resources_say_something(figures),
            *rules.resources_are_counts(figures),
        ]
    )
    values = {**figures, "basis": basis.strip()}
    fact, before = succeed(UnitResources, unit, since, values, by)
    record_set("resources", unit, fact, f"{unit}：登记编制人员经费", before, values, by)
    return fact
