"""What the pages of duty records ask: who may be ticked, what stands to hand, what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from core import clock
from orgs.choices import Level
from orgs.models import Affiliate, OrgUnit, OrgUnitQuerySet
from sanzhang.choices import PartRole
from sanzhang.models import Activity, ActivityPart, Appointment, CampaignDay, KeyPerson
from sanzhang.models.activity import ActivityQuerySet
from sanzhang.permissions import RECORD_WORK, VIEW_PEOPLE

#: As many as a page of tick boxes bears.
MOST_OFFERED = 60
MOST_FOUND = 8
#: Campaign days are suggested this long before they begin, and as long after they end.
DAYS_AHEAD, DAYS_AFTER = 14, 7


def hosts_of(user: Any) -> OrgUnitQuerySet:
    """The units whose activities ``user`` records, in the order of their codes."""
    return (
        OrgUnit.objects.visible_to(user, RECORD_WORK).open().filter(level__lte=Level.TOWNSHIP).in_code_order()
    )


def people_to_tick(unit: OrgUnit, day: dt.date | None = None) -> list[KeyPerson]:
    """Who sits in the bodies of ``unit`` (for a township, also in its villages' teams), each once."""
    seats = Appointment.objects.on(day or clock.today())
    here = Q(unit__township=unit) if unit.level == Level.TOWNSHIP else Q(unit=unit)
    people = KeyPerson.objects.present().filter(pk__in=seats.filter(here).values("person"))
    own_first = Case(
        When(pk__in=seats.filter(unit=unit).values("person"), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(people.select_related("unit").order_by(own_first, "pinyin", "id")[:MOST_OFFERED])


def people_by_name(text: str, unit: OrgUnit) -> list[KeyPerson]:
    """People of the whole province by the beginning of their name: of others than one's own no more than the name and
    the unit is shown."""
    text = text.strip()
    if len(text) < 2:
        return []
    named = Q(name__startswith=text) | Q(pinyin__startswith=text.lower()) | Q(initials=text.lower())
    people = KeyPerson.objects.present().filter(named, unit__province=unit.province_id)
    near = Case(
        When(unit__county=unit.county_id, then=Value(0)),
        When(unit__city=unit.city_id, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(people.select_related("unit").order_by(near, "pinyin", "id")[:MOST_FOUND])


def co_hosts_near(unit: OrgUnit) -> tuple[OrgUnitQuerySet, Any]:
    """The units and affiliates offered as co-hosts: those above, beside and below, and the societies they guide."""
    above = unit.ancestor_ids()
    near = Q(pk__in=above) | Q(parent=unit.pk) | Q(parent=unit.parent_id)
    units = OrgUnit.objects.open().filter(near, level__lte=Level.TOWNSHIP).exclude(pk=unit.pk)
    affiliates = Affiliate.objects.present().filter(unit__in=above)
    return units.in_code_order(), affiliates.order_by("pinyin", "id")


def last_place(unit: OrgUnit) -> str:
    """Where the unit's last activity took place."""
    last = Activity.objects.standing().filter(unit=unit).exclude(place="").order_by("-recorded_at").first()
    return last.place if last else ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign day of this year that is near."""

    day: CampaignDay
    first: dt.date
    last: dt.date

    @property
    def is_on(self) -> bool:
        return self.first <= clock.today() <= self.last


def campaigns_near(today: dt.date) -> list[Campaign]:
    """The campaign days that are on, or near enough to plan for or to record."""
    found = []
    for day in CampaignDay.objects.filter(is_active=True).select_related("kind"):
        for year in (today.year - 1, today.year, today.year + 1):
            first, last = day.in_year(year)
            if first - dt.timedelta(days=DAYS_AHEAD) <= today <= last + dt.timedelta(days=DAYS_AFTER):
                found.append(Campaign(day, first, last))
    return sorted(found, key=lambda one: one.first)


def activities_in_sight(user: Any) -> ActivityQuerySet:
    """Everything recorded in ``user``'s reach, hosted or co-hosted."""
    return Activity.objects.visible_to(user, VIEW_PEOPLE)


def parts_of(activities: Iterable[Activity]) -> dict[int, list[ActivityPart]]:
    """Who led and joined each activity, those who led first; one query."""
    found: dict[int, list[ActivityPart]] = {}
    parts = ActivityPart.objects.filter(
        activity__in=[activity.pk for activity in activities], removed_at__isnull=True
    )
    led_first = Case(When(role=PartRole.LED, then=Value(0)), default=Value(1), output_field=IntegerField())
    for part in parts.select_related("person__unit").order_by(led_first, "person__pinyin", "pk"):
        found.setdefault(part.activity_id, []).append(part)
    return found


def work_of(person: KeyPerson, limit: int | None = 20) -> list[ActivityPart]:
    """What a person led or joined, newest first, records merged into this one included; also of foreign hosts."""
    parts = ActivityPart.objects.filter(
        Q(person=person) | Q(person__merged_into=person),
        removed_at__isnull=True,
        activity__voided_at__isnull=True,
    )
    rows = parts.select_related("activity__unit", "activity__kind").order_by("-activity__held_on", "-pk")
    return list(rows[:limit])


def known_people(keys: Collection[int], unit: OrgUnit) -> list[KeyPerson]:
    """People of the province by key, for rows that were added to a form by hand."""
    people = KeyPerson.objects.present().filter(pk__in=keys, unit__province=unit.province_id)
    return list(people.select_related("unit").order_by("pinyin", "id"))
