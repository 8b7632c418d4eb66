"""Bodies of cities and the province, and the congresses of counties: seated before the portal began."""

from __future__ import annotations

import datetime as dt

from kexie_portal.demo.people import Cast, Person
from kexie_portal.demo.seats import (
    COUNTY_AGRICULTURE,
    COUNTY_EDUCATION,
    COUNTY_HEALTH,
    PAN,
    YEARS,
    Seat,
    Seating,
    TermOf,
)
from kexie_portal.demo.world import Place, World
from orgs.choices import Level
from sanzhang.choices import Position

#: Heads by their highest seat: vice-chairs, standing members, members, delegates of the congress alone.
SIZES = {Level.PROVINCE: (3, 6, 12, 20), Level.CITY: (2, 4, 7, 8), Level.COUNTY: (0, 0, 0, 3)}
#: Whoever holds the first of these holds the others too: the congress elects the committee, the committee the rest.
BELOW = (Position.VICE_CHAIR, Position.STANDING_MEMBER, Position.MEMBER, Position.DELEGATE)
POOL = (*COUNTY_HEALTH, *COUNTY_EDUCATION, *COUNTY_AGRICULTURE, *PAN)
#: How long ago the terms of cities began, in days: one is overdue, three are due within the year.
CITY_TERMS = (1_855, 1_760, 1_640, 1_500)
TOLD_WITHIN_HOURS = 24 * 20


class Congresses:
    """Fills what lies above the county, then the congresses of counties with those who sit in their committees."""

    def __init__(self, world: World, cast: Cast, seating: Seating) -> None:
        self.world = world
        self.cast = cast
        self.seating = seating
        self.chance = world.chance("congresses")

    def fill(self) -> None:
        self._association(self.world.province, ago=700)
        for number, city in enumerate(self.world.at(Level.CITY)):
            ago = CITY_TERMS[number] if number < len(CITY_TERMS) else self.chance.randint(200, 1_300)
            self._association(city, ago=ago)
        for county in self.world.at(Level.COUNTY):
            if county.pk in self.seating.terms:
                self._congress_of(county)

    def _association(self, place: Place, *, ago: int) -> None:
        start = self.world.today - dt.timedelta(days=ago)
        start = min(start, self.seating.began - dt.timedelta(days=40))
        lawful_end = start.replace(year=start.year + YEARS, day=min(start.day, 28))
        ordinal = self.chance.randint(6, 10)
        self.seating.terms[place.pk] = [
            TermOf(place, ordinal, start, lawful_end, known_at=self.world.began_at)
        ]
        for highest, count in zip(BELOW, SIZES[Level(place.level)], strict=True):
            for _ in range(count):
                self._seat(place, start, BELOW[BELOW.index(highest) :])

    def _congress_of(self, county: Place) -> None:
        """Some of the committee are delegates, and a few people sit in the congress alone."""
        start = self.seating.terms[county.pk][0].starts_on
        members = [
            seat
            for seat in self.seating.seats
            if seat.place.pk == county.pk and seat.position == Position.MEMBER and seat.is_backfill
        ]
        for seat in members:
            if self.chance.random() < 0.6:
                self._put(seat.person, county, Position.DELEGATE, max(start, seat.start), seat.known_at)
        for _ in range(SIZES[Level.COUNTY][3]):
            self._seat(county, start, (Position.DELEGATE,))

    def _seat(self, place: Place, start: dt.date, positions: tuple[Position, ...]) -> None:
        known = self.world.began_at + dt.timedelta(hours=self.chance.uniform(1, TOLD_WITHIN_HOURS))
        person = self.cast.enter(place, self.chance.choice(POOL), known)
        for position in positions:
            self._put(person, place, position, start, known)

    def _put(
        self, person: Person, place: Place, position: Position, start: dt.date, known: dt.datetime
    ) -> None:
        self.seating.seats.append(Seat(person, place, position, start, known, is_backfill=True))
