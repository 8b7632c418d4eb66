"""What every part of the demo shares: the chance, the days, the units, and who sits where."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from accounts.models import User
from core import clock
from core.windows import Window, month_window, previous_month
from orgs.choices import Level
from orgs.models import OrgUnit

WINDOW_FIRST_DAY = 20
OPEN_DAYS_BEFORE = 5


class Place(NamedTuple):
    """One unit, light."""

    pk: int
    code: str
    name: str
    display_name: str
    level: int
    kind: str
    is_expected: bool
    parent: int | None
    city: int | None
    county: int | None
    township: int | None

    @property
    def is_urban(self) -> bool:
        return self.name.endswith("街道") or (self.level == Level.COUNTY and self.name.endswith("区"))


@dataclass
class World:
    """The demo as it is being made. ``now`` is the instant at which it is looked at."""

    now: dt.datetime
    months: int
    seed: int
    province_code: str
    places: dict[int, Place] = field(default_factory=dict)
    below: dict[int | None, list[Place]] = field(default_factory=lambda: defaultdict(list))
    users: dict[str, User] = field(default_factory=dict)
    standing: dict[int, dt.date] = field(default_factory=dict)
    self_reporting_city: str = ""
    showcase_county: str = ""

    @cached_property
    def today(self) -> dt.date:
        return clock.local_day(self.now)

    @cached_property
    def present_period(self) -> dt.date:
        """The period whose forms were opened last."""
        month = self.today.replace(day=1)
        opens = window_of(month).last - dt.timedelta(days=OPEN_DAYS_BEFORE)
        return month if self.today >= opens else previous_month(month)

    @cached_property
    def periods(self) -> list[dt.date]:
        """The past months, oldest first, and the present one."""
        found = [self.present_period]
        for _ in range(self.months):
            found.insert(0, previous_month(found[0]))
        return found

    @cached_property
    def began_at(self) -> dt.datetime:
        """When the portal was set up: some weeks before its first window."""
        return clock.at(window_of(self.periods[0]).first - dt.timedelta(days=26), dt.time(9, 0))

    def chance(self, purpose: str) -> random.Random:
        """A source of chance of its own for each purpose, so that one part's draws do not shift another's."""
        return random.Random(f"{self.seed}/{purpose}")  # noqa: S311

    def read_places(self) -> None:
        columns = ("pk", "division_code", "name", "display_name", "level", "kind", "is_expected")
        above = ("parent_id", "city_id", "county_id", "township_id")
        units = OrgUnit.objects.open().filter(division_code__startswith=self.province_code)
        rows = units.order_by("division_code").values_list(*columns, *above)
        for row in rows.iterator(chunk_size=20_000):
            place = Place(*row)
            self.places[place.pk] = place
            self.below[place.parent].append(place)

    def at(self, level: Level) -> list[Place]:
        return [place for place in self.places.values() if place.level == level]

    def by_code(self, code: str) -> Place:
        return next(place for place in self.places.values() if place.code == code)

    @property
    def province(self) -> Place:
        return self.below[None][0]

    def townships_of(self, county: Place) -> list[Place]:
        return [place for place in self.below[county.pk] if place.level == Level.TOWNSHIP]


def window_of(period: dt.date) -> Window:
    return month_window(period.year, period.month, first_day=WINDOW_FIRST_DAY)


def day_between(chance: random.Random, first: dt.date, last: dt.date) -> dt.date:
    """Some day from ``first`` to ``last``, both included."""
    return first + dt.timedelta(days=chance.randint(0, max(0, (last - first).days)))


def in_office_hours(raw: dt.datetime) -> dt.datetime:
    """``raw`` moved to between 8:30 and 17:50 of its own day; the order of instants stays."""
    local = raw.astimezone(clock.SHANGHAI)
    passed = local - clock.start_of(local.date())
    return clock.at(local.date(), dt.time(8, 30)) + passed * 0.388


def instant_between(chance: random.Random, first: dt.datetime, last: dt.datetime) -> dt.datetime:
    """Some raw instant; what has passed ``in_office_hours`` keeps the order of the raw ones."""
    return first + (last - first) * chance.random()
