"""Who sits where: bodies with their terms, and the seats taken, left and renewed over the months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from core import clock
from core.copying import copy_rows, new_keys
from kexie_portal.demo.accounts import MAKER
from kexie_portal.demo.land import recorded
from kexie_portal.demo.people import Cast, Person
from kexie_portal.demo.world import Place, World, day_between
from orgs.choices import Level, UnitKind
from sanzhang.choices import (
    BODY_OF_POSITION,
    LEADERSHIP_KINDS,
    BodyKind,
    Employment,
    EndReason,
    Position,
    WayIn,
)
from sanzhang.models import Appointment, LeadershipBody, Term

COUNTY_HEALTH = ("医院院长", "医院院长", "卫生系统专家型领导干部")
COUNTY_EDUCATION = ("学校校长", "学校校长", "教育系统专家型领导干部")
COUNTY_AGRICULTURE = ("农技站站长", "农技协联合会会长", "农业系统专家型领导干部")
PAN = ("科技馆馆长", "科普教育基地负责人", "科普讲师团团长")
VILLAGE = (
    *("村卫生室主任", "村卫生室主任", "小学校长", "大学生村官", "科技科普示范户", "科技科普示范户"),
    *("种养殖大户", "种养殖大户", "土专家", "田秀才", "村级农技协会长", "青年大学生基层社区工作者"),
)
#: Seats of a county by position (Jiangsu 2019: 2 chairs and vice-chairs, 4 standing members, 8 members).
COUNTY_SEATS = ((Position.VICE_CHAIR, 2), (Position.STANDING_MEMBER, 4), (Position.MEMBER, 8))
OTHER_BASES = ("区委组织部干部任职文件", "县委编委会议纪要", "乡镇党委会议纪要")
LEAVING = ((EndReason.TRANSFERRED, 6), (EndReason.RETIRED, 3), (EndReason.RESIGNED, 1))
YEARS = 5


@dataclass(slots=True)
class Seat:
    """One seat. ``known_at`` is when the portal learned of it, ``left_at`` when it learned of its end."""

    person: Person
    place: Place
    position: Position
    start: dt.date
    known_at: dt.datetime
    is_backfill: bool = False
    way_in: str = ""
    basis: str = ""
    end: dt.date | None = None
    left_at: dt.datetime | None = None
    end_reason: str = ""
    pk: int = 0

    @property
    def body(self) -> tuple[int, BodyKind]:
        return self.place.pk, BODY_OF_POSITION[self.position]

    @property
    def is_recruited(self) -> bool:
        """Came in by the procedure, under the eyes of the portal."""
        return not self.is_backfill


@dataclass(slots=True)
class TermOf:
    """A body's term: when it began, and when it was renewed."""

    place: Place
    ordinal: int
    starts_on: dt.date
    lawful_end: dt.date
    ended_on: dt.date | None = None
    end_recorded_at: dt.datetime | None = None
    known_at: dt.datetime | None = None


@dataclass
class Seating:
    """All seats and terms of the province."""

    world: World
    cast: Cast
    seats: list[Seat] = field(default_factory=list)
    terms: dict[int, list[TermOf]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = self.world.chance("seats")
        self.began = clock.local_day(self.world.began_at)

    def fill(self) -> None:
        for county in self.world.at(Level.COUNTY):
            if county.pk in self.world.standing and county.kind == UnitKind.REGULAR:
                self._county(county)
        long_ago = self.world.today - dt.timedelta(days=25)
        for township in self.world.at(Level.TOWNSHIP):
            if self.world.standing.get(township.pk, self.world.today) < long_ago:
                self._township(township)
        for village in self.world.at(Level.VILLAGE):
            if (
                self.world.standing.get(village.pk, self.world.today) < long_ago
                and self.chance.random() < 0.15
            ):
                self._village(village)

    def let_time_pass(self) -> None:
        """People leave, terms are renewed: once everybody sits."""
        self._leave()
        self._renew()

    def _county(self, county: Place) -> None:
        self._begin_term(county, ordinal=self.chance.randint(4, 9))
        for position, count in COUNTY_SEATS:
            for _ in range(max(1, count + self.chance.choice((-1, 0, 0, 0, 1)))):
                person = self._join(county, self._county_occupation(), position, early=0.8)
                if position == Position.VICE_CHAIR:
                    self._also(person, Position.STANDING_MEMBER)

    def _county_occupation(self) -> str:
        pool = self.chance.choices(
            (COUNTY_HEALTH, COUNTY_EDUCATION, COUNTY_AGRICULTURE, PAN), (32, 31, 29, 8)
        )[0]
        return self.chance.choice(pool)

    def _township(self, township: Place) -> None:
        roll = self.chance.random()
        if roll > 0.96:
            return
        if self.chance.random() < 0.4:
            self._begin_term(township, ordinal=self.chance.randint(1, 4))
        early = 0.0 if roll > 0.82 else 0.84
        health = "街道卫生服务中心主任" if township.is_urban else "乡镇卫生院院长"
        agriculture = ("农技站站长", "农业服务中心主任", "社会服务中心主任", "乡镇农技协会长")
        pool = [health, "学校校长", self.chance.choice(agriculture)]
        self.chance.shuffle(pool)
        pool.append(self.chance.choice((*PAN, "学校校长")))
        count = self.chance.choices((1, 2, 3, 4), (22, 40, 30, 8))[0]
        for number, occupation in enumerate(pool[:count]):
            position = Position.VICE_CHAIR if number < 2 else Position.MEMBER
            person = self._join(township, occupation, position, early=early)
            if number == 0 and self.chance.random() < 0.08 and occupation in ("学校校长", "农技站站长"):
                self._promote(person, township)

    def _promote(self, seat: Seat, township: Place) -> None:
        """A township's vice-chair who is also a member of the county's committee: one head."""
        county = self.world.places[township.parent or township.pk]
        if county.level != Level.COUNTY or county.pk not in self.terms:
            return
        seat.person.keeper = county.pk
        start = max(seat.start, self.terms[county.pk][0].starts_on)
        copy = Seat(
            seat.person,
            county,
            Position.MEMBER,
            start,
            seat.known_at,
            seat.is_backfill,
            seat.way_in,
            seat.basis,
        )
        self.seats.append(copy)

    def _village(self, village: Place) -> None:
        for _ in range(1 if self.chance.random() < 0.7 else 2):
            self._join(village, self.chance.choice(VILLAGE), Position.TEAM_MEMBER, early=0.62)

    def _join(self, place: Place, occupation: str, position: Position, *, early: float) -> Seat:
        """A seat taken before the portal began and entered afterwards, or taken since by the procedure."""
        chance = self.chance
        floor = max(self.world.standing[place.pk], self.began - dt.timedelta(days=3 * 365))
        if place.pk in self.terms:
            floor = max(floor, self.terms[place.pk][0].starts_on)
        is_backfill = chance.random() < early and floor < self.began - dt.timedelta(days=15)
        if is_backfill:
            start = day_between(chance, floor, self.began - dt.timedelta(days=10))
            hours = chance.uniform(1, 24 * 24) if chance.random() < 0.82 else chance.uniform(24 * 25, 24 * 80)
            known = min(
                self.world.began_at + dt.timedelta(hours=hours), self.world.now - dt.timedelta(minutes=9)
            )
            seat = Seat(
                self.cast.enter(place, occupation, known), place, position, start, known, is_backfill=True
            )
        else:
            first = max(floor, self.began + dt.timedelta(days=12))
            start = day_between(
                chance,
                min(first, self.world.today - dt.timedelta(days=2)),
                self.world.today - dt.timedelta(days=2),
            )
            known = recorded(self.world, chance, start)
            way_in = chance.choices((WayIn.CO_OPTION, WayIn.ELECTION, WayIn.OTHER), (78, 14, 8))[0]
            if place.level == Level.VILLAGE:
                way_in = WayIn.OTHER
            basis = self._basis(place, start) if way_in == WayIn.OTHER else ""
            person = self.cast.enter(place, occupation, known)
            seat = Seat(person, place, position, start, known, way_in=way_in.value, basis=basis)
        self.seats.append(seat)
        return seat

    def _basis(self, place: Place, start: dt.date) -> str:
        if place.level == Level.VILLAGE:
            return "村级科技工作队伍组建方案"
        return f"{self.chance.choice(OTHER_BASES)}〔{start.year}〕{self.chance.randint(3, 60)}号"

    def _also(self, seat: Seat, position: Position) -> None:
        self.seats.append(
            Seat(
                seat.person,
                seat.place,
                position,
                seat.start,
                seat.known_at,
                seat.is_backfill,
                seat.way_in,
                seat.basis,
            )
        )

    def _begin_term(self, place: Place, *, ordinal: int) -> None:
        earliest = max(self.began - dt.timedelta(days=1970), self.world.standing[place.pk])
        latest = max(earliest, self.began - dt.timedelta(days=40))
        start = day_between(self.chance, earliest, latest)
        lawful_end = start.replace(year=start.year + YEARS, day=min(start.day, 28))
        self.terms[place.pk] = [TermOf(place, ordinal, start, lawful_end, known_at=self.world.began_at)]

    def _leave(self) -> None:
        """A few leave all their seats within the year."""
        seats_of: dict[int, list[Seat]] = {}
        for seat in self.seats:
            seats_of.setdefault(id(seat.person), []).append(seat)
        for seats in seats_of.values():
            first = max(seat.start for seat in seats) + dt.timedelta(days=60)
            first = max(first, self.began + dt.timedelta(days=30))
            if self.chance.random() >= 0.035 or first >= self.world.today - dt.timedelta(days=4):
                continue
            on = day_between(self.chance, first, self.world.today - dt.timedelta(days=3))
            known = max(recorded(self.world, self.chance, on), *(seat.known_at for seat in seats))
            reason = self.chance.choices([one for one, _ in LEAVING], [weight for _, weight in LEAVING])[0]
            for seat in seats:
                seat.end, seat.left_at, seat.end_reason = on, known, reason.value

    def _renew(self) -> None:
        """Of the terms that ran out in the year most were renewed: who stays is elected anew, a few leave."""
        for pk, terms in self.terms.items():
            old = terms[0]
            on = old.lawful_end + dt.timedelta(days=self.chance.randint(-20, 40))
            is_in_year = self.began + dt.timedelta(days=30) < on < self.world.today - dt.timedelta(days=6)
            if not is_in_year or self.chance.random() > 0.7:
                continue
            known = recorded(self.world, self.chance, on)
            old.ended_on, old.end_recorded_at = on, known
            lawful_end = on.replace(year=on.year + YEARS, day=min(on.day, 28))
            terms.append(TermOf(old.place, old.ordinal + 1, on, lawful_end, known_at=known))
            self._elect_anew(pk, on, known)

    def _elect_anew(self, pk: int, on: dt.date, known: dt.datetime) -> None:
        stays: dict[int, bool] = {}
        for seat in [
            seat for seat in self.seats if seat.place.pk == pk and seat.start < on and seat.end is None
        ]:
            if seat.known_at >= known:
                continue
            stays.setdefault(id(seat.person), self.chance.random() < 0.86)
            seat.end, seat.left_at, seat.end_reason = on, known, EndReason.RENEWAL.value
            if stays[id(seat.person)]:
                again = Seat(seat.person, seat.place, seat.position, on, known, way_in=WayIn.ELECTION.value)
                self.seats.append(again)

    def write(self) -> tuple[int, int]:
        """Bodies, terms and seats; seats and terms written."""
        bodies = self._write_bodies()
        terms = self._write_terms(bodies)
        for seat, pk in zip(self.seats, new_keys(Appointment, len(self.seats)), strict=True):
            seat.pk = pk
        copy_rows(
            Appointment,
            (
                *("id", "person_id", "body_id", "unit_id", "term_id", "position", "employment"),
                *("secondment_ends_on", "way_in", "basis", "is_backfill", "end_reason", "end_note"),
                *("valid_from", "valid_to", "recorded_at", "end_recorded_at", "recorded_by"),
            ),
            (self._row(seat, bodies, terms) for seat in self.seats),
        )
        return len(self.seats), sum(len(found) for found in terms.values())

    def _row(
        self,
        seat: Seat,
        bodies: dict[tuple[int, BodyKind], int],
        terms: dict[int, list[tuple[dt.date, dt.date | None, int]]],
    ) -> tuple[object, ...]:
        body = bodies[seat.body]
        term = next(
            (
                pk
                for starts_on, ended_on, pk in terms.get(body, ())
                if starts_on <= seat.start and (ended_on is None or seat.start < ended_on)
            ),
            None,
        )
        is_seconded = seat.position == Position.VICE_CHAIR and self.chance.random() < 0.09
        employment = Employment.SECONDED if is_seconded else Employment.PART_TIME
        until = seat.start + dt.timedelta(days=730) if is_seconded else None
        return (
            *(seat.pk, seat.person.pk, body, seat.place.pk, term, seat.position.value, employment.value),
            *(until, seat.way_in, seat.basis, seat.is_backfill, seat.end_reason, ""),
            *(seat.start, seat.end, seat.known_at, seat.left_at, MAKER),
        )

    def _write_bodies(self) -> dict[tuple[int, BodyKind], int]:
        wanted = {seat.body for seat in self.seats}
        for pk, terms in self.terms.items():
            wanted.update((pk, kind) for kind in _kinds_at(terms[0].place))
        ordered = sorted(wanted)
        keys = new_keys(LeadershipBody, len(ordered))
        copy_rows(
            LeadershipBody,
            ("id", "unit_id", "kind"),
            ((key, unit, kind.value) for key, (unit, kind) in zip(keys, ordered, strict=True)),
        )
        return dict(zip(ordered, keys, strict=True))

    def _write_terms(
        self, bodies: dict[tuple[int, BodyKind], int]
    ) -> dict[int, list[tuple[dt.date, dt.date | None, int]]]:
        found: dict[int, list[tuple[dt.date, dt.date | None, int]]] = {}
        rows = [
            (bodies[pk, kind], term)
            for pk, terms in self.terms.items()
            for term in terms
            for kind in _kinds_at(term.place)
        ]
        keys = new_keys(Term, len(rows))
        for key, (body, term) in zip(keys, rows, strict=True):
            found.setdefault(body, []).append((term.starts_on, term.ended_on, key))
        copy_rows(
            Term,
            (
                *("id", "body_id", "ordinal", "starts_on", "lawful_end"),
                *("ended_on", "recorded_at", "end_recorded_at"),
            ),
            (
                (
                    *(key, body, term.ordinal, term.starts_on, term.lawful_end),
                    *(term.ended_on, term.known_at, term.end_recorded_at),
                )
                for key, (body, term) in zip(keys, rows, strict=True)
            ),
        )
        return found


def _kinds_at(place: Place) -> Iterable[BodyKind]:
    if place.level <= Level.COUNTY:
        return LEADERSHIP_KINDS
    return (BodyKind.COMMITTEE, BodyKind.LEADERSHIP)
