"""The procedure behind the seats: candidacies step by step, and where the result was filed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from core import clock
from core.copying import copy_rows, new_keys
from kexie_portal.demo.accounts import MAKER
from kexie_portal.demo.land import recorded
from kexie_portal.demo.meetings import Agenda, set_quotas, tie_seats
from kexie_portal.demo.people import Cast, Person
from kexie_portal.demo.rulebook import Rulebook, Rules
from kexie_portal.demo.seats import COUNTY_AGRICULTURE, COUNTY_EDUCATION, COUNTY_HEALTH, PAN, Seat, Seating
from kexie_portal.demo.world import Place, World, day_between
from orgs.choices import Level
from sanzhang.choices import BODY_OF_POSITION, Giver, Position
from sanzhang.models import Candidacy, CandidacyOutcome, CandidacyStep, Filing, Opinion
from sanzhang.models import LeadershipBody as Body
from sanzhang.procedures import Step

OPEN_NOW = 112
COUNTY_OPEN_NOW = 24
SHOWCASE_OPEN_NOW = 4
CITIES_OPEN_NOW = 3
REFUSED = 14
REFUSALS = ("本人岗位即将调整", "任职数已满，建议届中再议", "年龄超过规定")
PUT_OFF = "请补充征求所在单位意见后再议"


@dataclass(slots=True)
class Candidate:
    """A person on the way, or arrived in ``seat``, or turned away for ``reason``."""

    person: Person
    place: Place
    position: Position
    opened_on: dt.date
    steps: list[tuple[Step, dt.date, Opinion, str]]
    rules: Rules
    seat: Seat | None = None
    reason: str = ""
    body: int = 0
    pk: int = 0

    @property
    def closed_on(self) -> dt.date | None:
        if self.seat is not None:
            return self.seat.start
        return self.steps[-1][1] if self.reason else None

    @property
    def due(self) -> Step | None:
        """The step that an open candidacy waits at."""
        agreed = {step.key for step, _day, opinion, _note in self.steps if opinion == Opinion.AGREE}
        steps = self.rules.plan.steps(self.place.level)
        return next((step for step in steps if step.key not in agreed), None)

    @property
    def outcome(self) -> str:
        if self.seat is not None:
            return CandidacyOutcome.APPOINTED.value
        return CandidacyOutcome.REJECTED.value if self.reason else ""


class Papers:
    """Candidacies and filings of one province."""

    def __init__(self, world: World, cast: Cast, seating: Seating) -> None:
        self.world = world
        self.cast = cast
        self.seating = seating
        self.chance = world.chance("papers")
        self.began = clock.local_day(world.began_at)
        self.rulebook = Rulebook(world)
        self.agenda = Agenda(world, seating)
        self.candidates: list[Candidate] = []

    def draw_up(self) -> None:
        """Before the people are written: the open and the refused candidacies bring people of their own."""
        renewed = {id(seat.person) for seat in self.seating.seats if seat.is_backfill}
        for seat in self.seating.seats:
            is_first = id(seat.person) not in renewed
            if seat.is_recruited and is_first and seat.place.level < Level.VILLAGE:
                renewed.add(id(seat.person))
                self.candidates.append(self._arrived(seat))
        townships = [place for place in self.world.at(Level.TOWNSHIP) if place.pk in self.world.standing]
        for number, township in enumerate(
            self.chance.sample(townships, min(len(townships), OPEN_NOW + REFUSED))
        ):
            self.candidates.append(self._waiting(township, is_refused=number >= OPEN_NOW))
        self._await_above()

    def _await_above(self) -> None:
        """Those on the way into the bodies of counties, of cities and of the province."""
        counties = [place for place in self.world.at(Level.COUNTY) if place.pk in self.seating.terms]
        for county in self.chance.sample(counties, min(len(counties), COUNTY_OPEN_NOW)):
            self.candidates.append(self._waiting(county))
        for county in counties:
            if county.code == self.world.showcase_county:
                ready = [self._waiting(county, upto=Giver.MEETING) for _ in range(SHOWCASE_OPEN_NOW)]
                self.candidates += ready
            elif self.world.showcase_county.startswith(county.code[:4]):
                self.candidates.append(self._waiting(county, upto=Giver.SUPERIOR))
        for city in self.world.at(Level.CITY)[:CITIES_OPEN_NOW]:
            self.candidates.append(self._waiting(city, upto=Giver.SUPERIOR))
        self.candidates.append(self._waiting(self.world.province, upto=Giver.MEETING))

    def _arrived(self, seat: Seat) -> Candidate:
        opened = max(self.began, seat.start - dt.timedelta(days=self.chance.randint(14, 50)))
        opened = min(opened, seat.start)
        rules = self.rulebook.of(opened)
        steps = rules.plan.steps(seat.place.level)
        days = sorted(day_between(self.chance, opened, seat.start) for _ in steps[1:])
        days = [opened, *days]
        if self.agenda.deciding(seat) is not None:
            days[-1] = seat.start
        taken = [(step, day, Opinion.AGREE, "") for step, day in zip(steps, days, strict=True)]
        return Candidate(seat.person, seat.place, seat.position, opened, taken, rules, seat=seat)

    def _waiting(self, place: Place, *, is_refused: bool = False, upto: Giver | None = None) -> Candidate:
        """Somebody on the way; with ``upto`` the step of that giver is the one that is due."""
        ago = self.chance.randint(60, 300) if is_refused else self.chance.randint(3, 48)
        opened = max(self.began, self.world.today - dt.timedelta(days=ago))
        rules = self.rulebook.of(opened)
        steps = rules.plan.steps(place.level)
        last = min(opened + dt.timedelta(days=40), self.world.today - dt.timedelta(days=2))
        givers = [step.giver for step in steps]
        count = self.chance.randint(2 if is_refused else 1, len(steps) - 1)
        if upto in givers:
            count = givers.index(upto)
        days = [
            opened,
            *sorted(day_between(self.chance, opened, max(opened, last)) for _ in range(count - 1)),
        ]
        taken = [(step, day, Opinion.AGREE, "") for step, day in zip(steps, days, strict=False)]
        reason = ""
        if is_refused:
            reason = self.chance.choice(REFUSALS)
            taken[-1] = (taken[-1][0], taken[-1][1], Opinion.DISAGREE, reason)
        elif count > 1 and upto is None and self.chance.random() < 0.12:
            taken[-1] = (taken[-1][0], taken[-1][1], Opinion.DEFER, PUT_OFF)
        known = recorded(self.world, self.chance, opened)
        person = self.cast.enter(place, self.chance.choice(_occupations_at(place)), known)
        position = Position.VICE_CHAIR if place.level == Level.TOWNSHIP else Position.MEMBER
        return Candidate(person, place, position, opened, taken, rules, reason=reason)

    def write(self) -> tuple[int, int]:
        """Candidacies with steps, filings; how many of each."""
        self._find_bodies()
        self.rulebook.write()
        self.agenda.set_dates()
        self.agenda.write()
        for candidate, pk in zip(self.candidates, new_keys(Candidacy, len(self.candidates)), strict=True):
            candidate.pk = pk
        copy_rows(
            Candidacy,
            (
                *(
                    "id",
                    "person_id",
                    "body_id",
                    "unit_id",
                    "position",
                    "procedure_id",
                    "opened_on",
                    "recorded_at",
                ),
                *("recorded_by", "closed_on", "closed_recorded_at", "outcome", "reason", "appointment_id"),
                *("due", "waits_for", "moved_on", "is_put_off"),
            ),
            (self._row(candidate) for candidate in self.candidates),
        )
        copy_rows(
            CandidacyStep,
            (
                *("candidacy_id", "step", "on", "opinion", "number", "note", "recorded_at", "recorded_by"),
                "meeting_id",
            ),
            self._step_rows(),
        )
        tie_seats()
        set_quotas(self.world)
        filings = list(self._filings())
        copy_rows(
            Filing,
            ("appointment_id", "authority", "number", "filed_on", "recorded_at", "recorded_by"),
            filings,
        )
        return len(self.candidates), len(filings)

    def _find_bodies(self) -> None:
        """The leadership of a township where nobody sits yet is made by its first candidate."""
        known = {(unit, kind): pk for pk, unit, kind in Body.objects.values_list("pk", "unit_id", "kind")}
        for candidate in self.candidates:
            place = (candidate.place.pk, BODY_OF_POSITION[candidate.position].value)
            if place not in known:
                known[place] = Body.objects.create(unit_id=place[0], kind=place[1]).pk
            candidate.body = known[place]

    def _row(self, candidate: Candidate) -> tuple[object, ...]:
        seat = candidate.seat
        known = recorded(self.world, self.chance, candidate.opened_on)
        closed_at = None
        if seat is not None:
            known, closed_at = min(known, seat.known_at), seat.known_at
        elif candidate.reason:
            closed_at = max(known, recorded(self.world, self.chance, candidate.steps[-1][1]))
        return (
            *(
                candidate.pk,
                candidate.person.pk,
                candidate.body,
                candidate.place.pk,
                candidate.position.value,
            ),
            *(candidate.rules.pk, candidate.opened_on, known, MAKER, candidate.closed_on, closed_at),
            *(candidate.outcome, candidate.reason, seat.pk if seat else None),
            *_standing(candidate),
        )

    def _step_rows(self) -> Iterator[tuple[object, ...]]:
        for candidate in self.candidates:
            meeting = self.agenda.deciding(candidate.seat) if candidate.seat else None
            for step, day, opinion, note in candidate.steps:
                is_decision = step.giver == Giver.MEETING
                number = f"〔{day.year}〕{self.chance.randint(2, 80)}号" if is_decision else ""
                decided_at = None
                if is_decision and meeting is not None:
                    number, decided_at = meeting.number, meeting.pk
                known = recorded(self.world, self.chance, day)
                if candidate.seat is not None:
                    known = min(known, candidate.seat.known_at)
                row = (candidate.pk, step.key, day, opinion.value, number, note, known, MAKER)
                yield (*row, decided_at)

    def _filings(self) -> Iterator[tuple[object, ...]]:
        for candidate in self.candidates:
            seat = candidate.seat
            if seat is None or self.chance.random() > 0.86:
                continue
            for authority in candidate.rules.plan.filed_with(seat.place.level):
                day = seat.start + dt.timedelta(days=self.chance.randint(2, 24))
                if day < self.world.today:
                    known = max(recorded(self.world, self.chance, day), seat.known_at)
                    yield (seat.pk, authority, _number(self.chance, day), day, known, MAKER)


def _number(chance: random.Random, day: dt.date) -> str:
    return f"备字〔{day.year}〕{chance.randint(1, 199)}号"


def _standing(candidate: Candidate) -> tuple[str, str, dt.date, bool]:
    """Where the candidacy stands, as its row says it."""
    _step, day, opinion, _note = candidate.steps[-1]
    due = candidate.due
    return (
        due.key if due else "",
        due.giver.value if due else Giver.OWN.value,
        day,
        opinion == Opinion.DEFER,
    )


def _occupations_at(place: Place) -> tuple[str, ...]:
    if place.level <= Level.COUNTY:
        return (*COUNTY_HEALTH, *COUNTY_EDUCATION, *COUNTY_AGRICULTURE)
    health = "街道卫生服务中心主任" if place.is_urban else "乡镇卫生院院长"
    return (health, "学校校长", "农业服务中心主任", *PAN[1:])
