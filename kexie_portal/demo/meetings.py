"""Meetings that elected and co-opted, those planned and those nobody recorded; and the seats a term has."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from core.actor import SYSTEM
from core.copying import copy_rows, new_keys
from kexie_portal.demo.accounts import MAKER
from kexie_portal.demo.land import recorded
from kexie_portal.demo.seats import Seat, Seating
from kexie_portal.demo.world import Place, World
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import MeetingKind, WayIn
from sanzhang.models import Appointment, CandidacyStep, Meeting, PositionQuota, Term
from sanzhang.services.meeting_norms import NormFacts
from sanzhang.services.meeting_norms import set_norms as write_norms

PLACES = ("政府会议中心", "行政中心三楼会议室", "科技馆报告厅", "党校礼堂", "机关第二会议室")


@dataclass(slots=True)
class Held:
    """One meeting of one place; planned, or held."""

    place: Place
    kind: MeetingKind
    day: dt.date
    is_held: bool = True
    number: str = ""
    session: int | None = None
    ordinal: int | None = None
    pk: int = 0


class Agenda:
    """Every meeting of the province, found by place, day and kind."""

    def __init__(self, world: World, seating: Seating) -> None:
        self.world = world
        self.seating = seating
        self.chance = world.chance("meetings")
        self.meetings: dict[tuple[int, dt.date, MeetingKind], Held] = {}

    def deciding(self, seat: Seat) -> Held | None:
        """The meeting that decided on ``seat``; none where it came about in another way."""
        if seat.place.level >= Level.VILLAGE or seat.way_in not in (WayIn.ELECTION, WayIn.CO_OPTION):
            return None
        is_congress = seat.way_in == WayIn.ELECTION and seat.place.level <= Level.COUNTY
        return self._on(seat.place, seat.start, MeetingKind.CONGRESS if is_congress else MeetingKind.PLENARY)

    def _on(self, place: Place, day: dt.date, kind: MeetingKind, *, is_held: bool = True) -> Held:
        key = (place.pk, day, kind)
        if key not in self.meetings:
            number = f"科协〔{day.year}〕{self.chance.randint(2, 80)}号" if is_held else ""
            self.meetings[key] = Held(place, kind, day, is_held, number)
        return self.meetings[key]

    def set_dates(self) -> None:
        """The renewals of the year, what counties plan, and what some forgot to record."""
        for terms in self.seating.terms.values():
            for term in terms[1:]:
                has_congress = term.place.level <= Level.COUNTY
                kind = MeetingKind.CONGRESS if has_congress else MeetingKind.PLENARY
                self._on(term.place, term.starts_on, kind)
        for county in self.world.at(Level.COUNTY):
            if county.pk in self.seating.terms:
                self._plan(county)
        for place in (self.world.province, *self.world.at(Level.CITY)):
            self._meet_above(place)

    def _meet_above(self, place: Place) -> None:
        """A city's or the province's year: a plenary meeting held or still to come, standing ones in between."""
        today, draw = self.world.today, self.chance.random()
        if draw < 0.75:
            self._on(place, today - dt.timedelta(days=self.chance.randint(30, 200)), MeetingKind.PLENARY)
        else:
            ahead = today + dt.timedelta(days=self.chance.randint(5, 40))
            self._on(place, ahead, MeetingKind.PLENARY, is_held=False)
        self._on(place, today - dt.timedelta(days=self.chance.randint(5, 150)), MeetingKind.STANDING)

    def _plan(self, county: Place) -> None:
        today, draw = self.world.today, self.chance.random()
        if draw < 0.6:
            ahead = today + dt.timedelta(days=self.chance.randint(5, 90))
            self._on(county, ahead, MeetingKind.PLENARY, is_held=False)
        if draw < 0.12:
            forgotten = today - dt.timedelta(days=self.chance.randint(4, 40))
            self._on(county, forgotten, MeetingKind.STANDING, is_held=False)
        if draw > 0.4 or county.code == self.world.showcase_county:
            self._on(county, today - dt.timedelta(days=self.chance.randint(1, 3)), MeetingKind.STANDING)
        if county.code == self.world.showcase_county:
            self._on(county, today, MeetingKind.PLENARY)

    def write(self) -> int:
        """The meetings, in the order of their days so that they can be numbered."""
        rows = sorted(self.meetings.values(), key=lambda one: (one.day, one.place.pk, one.kind))
        counted: Counter[tuple[int, int, MeetingKind]] = Counter()
        for one, pk in zip(rows, new_keys(Meeting, len(rows)), strict=True):
            one.pk = pk
            one.session = self._session_of(one)
            if one.session is not None:
                counted[one.place.pk, one.session, one.kind] += 1
                one.ordinal = counted[one.place.pk, one.session, one.kind]
        copy_rows(
            Meeting,
            (
                *("id", "unit_id", "kind", "session", "ordinal", "planned_on", "held_on", "place"),
                *("number", "note", "recorded_at", "recorded_by"),
            ),
            (self._row(one) for one in rows),
        )
        return len(rows)

    def _session_of(self, one: Held) -> int | None:
        found = [
            term.ordinal for term in self.seating.terms.get(one.place.pk, ()) if term.starts_on <= one.day
        ]
        return max(found) if found else None

    def _row(self, one: Held) -> tuple[object, ...]:
        planned, held = (None, one.day) if one.is_held else (one.day, None)
        known = recorded(self.world, self.chance, one.day if one.is_held else self.world.today)
        where = self.chance.choice(PLACES) if one.is_held else ""
        return (
            *(one.pk, one.place.pk, one.kind.value, one.session, one.ordinal, planned, held, where),
            *(one.number, "", min(known, self.world.now), MAKER),
        )


def tie_seats() -> None:
    """Each seat to the meeting that decided on its candidacy, or that the renewal happened at."""
    decided = CandidacyStep.objects.filter(
        candidacy__appointment=OuterRef("pk"), meeting__isnull=False
    ).values("meeting")[:1]
    Appointment.objects.filter(candidacy__isnull=False).update(meeting=Subquery(decided))
    renewed = Meeting.objects.filter(unit=OuterRef("unit"), held_on=OuterRef("valid_from")).values("pk")[:1]
    elected = Appointment.objects.filter(way_in=WayIn.ELECTION, meeting__isnull=True, candidacy__isnull=True)
    elected.update(meeting=Subquery(renewed))


def set_norms(world: World) -> int:
    """What the demo province expects: a congress in five years, plenary meetings every year, standing ones twice."""
    owner = OrgUnit.objects.get(pk=world.province.pk)
    seated = (Level.PROVINCE, Level.CITY, Level.COUNTY)
    norms = [
        *(NormFacts(level, MeetingKind.CONGRESS, 1, 5) for level in seated),
        *(NormFacts(level, MeetingKind.PLENARY, 1) for level in (*seated, Level.TOWNSHIP)),
        NormFacts(Level.COUNTY, MeetingKind.STANDING, 2),
    ]
    return len(write_norms(owner=owner, norms=norms, by=SYSTEM))


def set_quotas(world: World) -> int:
    """Seats of the present terms: what is held, and here and there one or two more."""
    chance = world.chance("quotas")
    held = (
        Appointment.objects.open_ended()
        .filter(body__terms__ended_on__isnull=True)
        .order_by("body", "position", "employment")
        .values_list("body", "position", "employment")
        .annotate(heads=Count("pk", distinct=True))
    )
    present = dict(Term.objects.filter(ended_on__isnull=True).values_list("body_id", "pk"))
    rows = [
        PositionQuota(
            term_id=present[body],
            position=position,
            employment=employment,
            seats=heads + chance.choice((0, 0, 1, 1, 2)),
        )
        for body, position, employment, heads in held
        if body in present
    ]
    PositionQuota.objects.bulk_create(rows, batch_size=2000)
    return len(rows)
