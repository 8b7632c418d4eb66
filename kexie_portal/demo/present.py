"""The month under way: whatever day it is, some are in, some are late, some have not begun."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence

from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.accounts import self_reporting
from kexie_portal.demo.book import Book, Track
from kexie_portal.demo.figures import Figures
from kexie_portal.demo.journeys import CITY_DOUBTS, DOUBTS, Desks, Stage, in_order
from kexie_portal.demo.past import opening_instant
from kexie_portal.demo.world import Place, World, in_office_hours, instant_between
from kexie_portal.demo.writing import write
from orgs.choices import Level
from reporting import notifying
from reporting.choices import ReportState
from reporting.models import Collection, Cycle, Report
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from reporting.services.settlement import settle


class Phase(enum.Enum):
    """Where the day lies: the window still runs, the reports are due, or the cities' deadline is over."""

    RUNNING = "running"
    DUE = "due"
    OVER = "over"


#: Shares of the counties that have come to each stage, in the order of ``Stage``.
COUNTIES = {
    Phase.RUNNING: (0.46, 0.40, 0.04, 0.10, 0.0, 0.0),
    Phase.DUE: (0.13, 0.17, 0.04, 0.22, 0.05, 0.39),
    Phase.OVER: (0.01, 0.02, 0.0, 0.06, 0.02, 0.89),
}
TOWNSHIPS = {
    Phase.RUNNING: (0.52, 0.22, 0.0, 0.16, 0.02, 0.08),
    Phase.DUE: (0.10, 0.08, 0.0, 0.22, 0.04, 0.56),
    Phase.OVER: (0.01, 0.01, 0.0, 0.01, 0.0, 0.97),
}
#: State of a report → the kind of event that brought it there, and who tells of it.
TOLD: dict[ReportState, tuple[str, Callable[[AuditEvent], None]]] = {
    ReportState.SUBMITTED: ("report.submit", notifying.on_submitted),
    ReportState.RETURNED: ("report.return", notifying.on_returned),
    ReportState.SIGNING: ("report.ask_sign_off", notifying.on_sign_off_asked),
}
#: How many cities have passed on, and how many of them the province has accepted.
CITIES_SENT = {Phase.RUNNING: (0, 0), Phase.DUE: (2, 0), Phase.OVER: (13, 8)}


class PresentMonth:
    """The open cycle as it stands at ``world.now``."""

    def __init__(self, world: World, collection: Collection, figures: Figures, *, signing: set[int]) -> None:
        self.world = world
        self.period = world.present_period
        with clock.standing_at(opening_instant(collection, self.period)):
            self.cycle: Cycle = open_cycle(collection=collection, period=self.period, by=SYSTEM)
        self.figures = figures
        self.book = Book(world, self.cycle)
        self.desks = Desks(self.book, figures, month=world.months, signing=signing)
        self.chance = world.chance(f"present/{self.period}")
        self.first = clock.start_of(clock.local_day(opening_instant(collection, self.period)))
        self.last = raw_before(world.now - dt.timedelta(minutes=20))
        self.phase = phase_of(self.cycle, world.now)
        if self.phase != Phase.RUNNING and self.last > self.cycle.window.ends_at:
            self.first = self.cycle.window.ends_at - dt.timedelta(hours=6)

    def live(self) -> dict[str, int]:
        """Run the month up to now; reports by state."""
        if self.phase != Phase.RUNNING:
            with clock.standing_at(min(self.cycle.window.ends_at + dt.timedelta(minutes=5), self.world.now)):
                compute_facts(cycle=self.cycle, by=SYSTEM)
        if self.last > self.first:
            self._run()
        write(self.book, self.figures.indicators)
        for report in Report.objects.filter(
            cycle=self.cycle, reviewer=self.world.province.pk, state="accepted"
        ).select_related("cycle"):
            settle(report)
        self._tell_desks()
        states: dict[str, int] = {}
        for track in self.book.tracks.values():
            states[track.state.label] = states.get(track.state.label, 0) + 1
        return states

    def _tell_desks(self) -> None:
        """Whoever has a report waiting was told of it when it came."""
        waiting = {str(track.pk): track.state for track in self.book.tracks.values() if track.state in TOLD}
        kinds = [kind for kind, _listener in TOLD.values()]
        found: dict[str, AuditEvent] = {}
        for event in AuditEvent.objects.filter(
            object_label="reporting.report", object_id__in=waiting, kind__in=kinds
        ).order_by("at", "id"):
            if event.kind == TOLD[waiting[event.object_id]][0]:
                found[event.object_id] = event
        reports = Report.objects.select_related("cycle").in_bulk([int(pk) for pk in found])
        for event in found.values():
            event.subject = reports[int(event.object_id)]
            with clock.standing_at(event.at):
                TOLD[waiting[event.object_id]][1](event)

    def _run(self) -> None:
        sent, accepted = CITIES_SENT[self.phase]
        cities = [
            city for city in self.world.at(Level.CITY) if not self.world.showcase_county.startswith(city.code)
        ]
        ready = [city for city in cities if city.code != self.world.self_reporting_city]
        self.chance.shuffle(ready)
        passed_on = ready[:sent]
        for city in self.world.at(Level.CITY):
            is_in = city in passed_on
            turn = self.first + (self.last - self.first) * (0.72 if is_in else 1.0)
            self._city(city, is_in=is_in, is_accepted=city in passed_on[:accepted], turn=turn)
        for place in (self.world.by_code(self.world.showcase_county), self.showcase_township):
            self._forgive(self.book.of(place))

    @property
    def showcase_township(self) -> Place:
        """The township that visitors try as one that reports itself."""
        return self_reporting(self.world)[0]

    def _city(self, city: Place, *, is_in: bool, is_accepted: bool, turn: dt.datetime) -> None:
        for below in self.world.below[city.pk]:
            if below.level == Level.COUNTY and below.code != self.world.showcase_county:
                stage = Stage.ACCEPTED if is_in and self.chance.random() < 0.97 else self._stage(COUNTIES)
                if below.pk == self.showcase_township.parent:
                    stage = Stage.TYPING
                self._county(below, stage, before=turn)
        track = self.book.of(city)
        if is_in:
            instants = in_order(
                self.chance,
                turn,
                self.last,
                instant_between(self.chance, turn, turn + (self.last - turn) / 2),
            )
            doubt = self.chance.choice(CITY_DOUBTS) if is_accepted and self.chance.random() < 0.2 else None
            self.desks.carry(track, Stage.ACCEPTED if is_accepted else Stage.SUBMITTED, instants, doubt=doubt)
        elif self.phase != Phase.RUNNING and self.chance.random() < 0.3:
            self.desks.half_fill(
                track, at=in_office_hours(instant_between(self.chance, self.first, self.last))
            )

    def _stage(self, shares: Mapping[Phase, Sequence[float]]) -> Stage:
        return self.chance.choices(list(Stage), weights=shares[self.phase])[0]

    def _county(self, county: Place, stage: Stage, *, before: dt.datetime) -> None:
        track = self.book.of(county)
        chance = self.desks.chance_of(county)
        if stage == Stage.SIGNING and county.pk not in self.desks.signing:
            stage = Stage.TYPING
        sent = self._sent(track, before)
        for township in self.book.under(county):
            if not township.is_on_behalf and township.place != self.showcase_township:
                self._self_township(township, before=sent)
        share = {Stage.UNTOUCHED: 0.0, Stage.TYPING: chance.uniform(0.2, 0.8)}.get(stage, 1.0)
        ready = self.desks.type_townships(county, share=share, empty=0.03, nil=0.015, at=(self.first, sent))
        doubt = chance.choice(DOUBTS) if stage == Stage.RETURNED or chance.random() < 0.04 else None
        is_sent = stage >= Stage.SUBMITTED
        self.desks.carry(
            track,
            stage,
            in_order(chance, self.first, before, sent),
            doubt=doubt if is_sent else None,
            townships=ready if is_sent else (),
        )
        if not is_sent and self.world.now > track.due_at:
            self.desks.chase(
                track, at=instant_between(chance, self.last - (self.last - self.first) / 5, self.last)
            )

    def _sent(self, track: Track, before: dt.datetime) -> dt.datetime:
        """Mostly before the deadline, now and then after."""
        due = min(track.due_at, before)
        if due < before and self.chance.random() < 0.06:
            return instant_between(self.chance, due, before)
        return instant_between(self.chance, self.first, max(due, self.first + (before - self.first) / 4))

    def _self_township(self, track: Track, *, before: dt.datetime) -> None:
        stage = self._stage(TOWNSHIPS)
        if stage == Stage.SIGNING:
            stage = Stage.TYPING
        sent = instant_between(self.chance, self.first, max(self.first, min(before, track.due_at)))
        doubt = self.chance.choice(DOUBTS) if stage == Stage.RETURNED else None
        self.desks.carry(
            track, stage, in_order(self.chance, self.first, before, min(sent, before)), doubt=doubt
        )

    def _forgive(self, track: Track) -> None:
        """Whom visitors try has the month still to do: where its day has passed, it was given longer."""
        until = max(self.cycle.city_due, self.world.today)
        if self.phase != Phase.RUNNING and self.world.now >= track.due_at:
            self.book.defer(
                track,
                until=min(until, clock.local_day(track.due_at) + dt.timedelta(days=30)),
                at=in_office_hours(min(track.due_at - dt.timedelta(hours=12), self.last)),
                by=self.desks.reviewer(track),
                reason="经办人参加全省科协系统业务培训",
            )


def phase_of(cycle: Cycle, now: dt.datetime) -> Phase:
    if now < cycle.window.ends_at + dt.timedelta(minutes=5):
        return Phase.RUNNING
    return Phase.DUE if now < clock.end_of(cycle.city_due) else Phase.OVER


def raw_before(limit: dt.datetime) -> dt.datetime:
    """The last raw instant that ``in_office_hours`` puts before ``limit``."""
    day = clock.local_day(limit)
    passed = (limit - clock.at(day, dt.time(8, 30))) / 0.388
    return clock.start_of(day) + min(max(passed, dt.timedelta(0)), dt.timedelta(hours=23, minutes=59))
