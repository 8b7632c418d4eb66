"""The months that are over: opened, filled, reviewed, settled and locked as they would have come about."""

from __future__ import annotations

import datetime as dt

from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.book import Book, Track, counted
from kexie_portal.demo.figures import Figures
from kexie_portal.demo.journeys import CITY_DOUBTS, DOUBTS, Desks, Stage, in_order, start_of_due
from kexie_portal.demo.world import Place, World, in_office_hours, instant_between
from kexie_portal.demo.writing import write
from orgs.choices import Level
from reporting.models import Collection, Cycle, Report
from reporting.selectors.schedule import opens_on
from reporting.services.cycles import lock_cycle, open_cycle
from reporting.services.facts import compute_facts
from reporting.services.settlement import settle

CITY_SENDS = dt.time(15, 0)
EXEMPT_REASONS = ("抗洪抢险一线，县科协研究同意免报", "区划调整交接期间", "唯一工作人员产假，暂无人接替")


def opening_instant(collection: Collection, period: dt.date) -> dt.datetime:
    return clock.at(opens_on(collection, period), dt.time(0, 5))


class PastMonth:
    """One month from its opening to its locking."""

    def __init__(
        self, world: World, collection: Collection, figures: Figures, *, month: int, signing: set[int]
    ) -> None:
        self.world = world
        self.period = world.periods[month]
        self.month = month
        self.figures = figures
        self.opened_at = opening_instant(collection, self.period)
        with clock.standing_at(self.opened_at):
            self.cycle: Cycle = open_cycle(collection=collection, period=self.period, by=SYSTEM)
        self.book = Book(world, self.cycle)
        self.desks = Desks(self.book, figures, month=month, signing=signing)
        self.chance = world.chance(f"past/{self.period}")
        self.opened = clock.local_day(self.opened_at)
        self.closing = self.cycle.window_last
        self.is_slow_month = self.period.month == 2

    def live(self) -> int:
        """Run the month; how many reports came in."""
        with clock.standing_at(self.cycle.window.ends_at + dt.timedelta(minutes=5)):
            compute_facts(cycle=self.cycle, by=SYSTEM)
        late_city = self.chance.choice(self.world.at(Level.CITY)) if self.chance.random() < 0.45 else None
        doubted = self.chance.choice(self.world.at(Level.CITY))
        for city in self.world.at(Level.CITY):
            self._city(city, is_late=city == late_city, is_doubted=city == doubted)
        for county in self._direct_counties():
            self._county(county, before=clock.start_of(self.cycle.city_due))
        province = self.book.of(self.world.province)
        sent = clock.at(self.cycle.city_due + dt.timedelta(days=1), dt.time(8, 0))
        self.desks.carry(
            province,
            Stage.ACCEPTED,
            in_order(self.chance, sent - dt.timedelta(hours=6), sent + dt.timedelta(hours=4), sent),
        )
        write(self.book, self.figures.indicators)
        self._settle()
        for track in counted(self.book.tracks.values()):
            self.figures.remember(track.place, self.month, track.entries)
        return len(counted(self.book.tracks.values()))

    def lock(self) -> None:
        with clock.standing_at(self.locks_at):
            lock_cycle(cycle=self.cycle, by=self.world.users["shengkexie"])

    @property
    def locks_at(self) -> dt.datetime:
        return clock.at(self.cycle.city_due + dt.timedelta(days=3), dt.time(10, 20))

    def _direct_counties(self) -> list[Place]:
        return [county for county in self.world.at(Level.COUNTY) if county.city is None]

    def _settle(self) -> None:
        rows = Report.objects.filter(cycle=self.cycle, reviewer=self.world.province.pk, state="accepted")
        for report in rows.select_related("cycle"):
            settle(report)

    def _city(self, city: Place, *, is_late: bool, is_doubted: bool) -> None:
        track = self.book.of(city)
        due = clock.start_of(self.cycle.city_due)
        sent = (
            due + dt.timedelta(hours=24 + self.chance.uniform(1, 5))
            if is_late
            else due + dt.timedelta(hours=self.chance.uniform(-6, 16))
        )
        for county in self.world.below[city.pk]:
            if county.level == Level.COUNTY:
                self._county(county, before=sent - dt.timedelta(hours=2))
            elif county.pk in self.book.tracks:
                self._self_township(self.book.of(county), before=sent - dt.timedelta(hours=2))
        if is_late:
            self.desks.chase(track, at=due + dt.timedelta(hours=22))
        decided_by = clock.start_of(self.cycle.city_due + dt.timedelta(days=1 + is_late)) + dt.timedelta(
            hours=15
        )
        instants = in_order(self.chance, sent - dt.timedelta(hours=20), decided_by, sent)
        self.desks.carry(
            track, Stage.ACCEPTED, instants, doubt=self.chance.choice(CITY_DOUBTS) if is_doubted else None
        )

    def _county(self, county: Place, *, before: dt.datetime) -> None:
        """One county's month; everything happens before the city passes on."""
        track = self.book.of(county)
        chance = self.desks.chance_of(county)
        first = start_of_due(track, self.opened, self.closing)
        is_sloppy = self.world.chance(f"{county.code}/habit").random() < 0.1
        roll = chance.random()
        self._excuse(county)
        if roll < (0.012 if is_sloppy else 0.002):
            self._missing(track, first, before)
            return
        is_late = roll > (0.82 if is_sloppy else 0.98)
        due = min(track.deadline, before)
        sent = (
            instant_between(chance, due, before)
            if is_late and due < before
            else instant_between(chance, first, due)
        )
        if in_office_hours(sent) >= in_office_hours(before):
            sent = instant_between(chance, first, before)
        for township in self.book.under(county):
            if not township.is_on_behalf and not township.is_exempt:
                self._self_township(township, before=sent)
        ready = self.desks.type_townships(
            county,
            share=1.0,
            empty=0.05 if is_sloppy else 0.012,
            nil=0.09 if self.is_slow_month else 0.015,
            at=(clock.start_of(self.opened), sent),
        )
        if is_late:
            self.desks.chase(track, at=instant_between(chance, due, max(sent, due)))
        doubt = chance.choice(DOUBTS) if chance.random() < 0.055 else None
        self.desks.carry(
            track,
            Stage.ACCEPTED,
            in_order(chance, clock.start_of(self.opened), before, sent),
            doubt=doubt,
            townships=ready,
        )

    def _missing(self, track: Track, first: dt.datetime, before: dt.datetime) -> None:
        self.desks.half_fill(track, at=in_office_hours(first))
        self.desks.chase(track, at=before - dt.timedelta(hours=9))

    def _excuse(self, county: Place) -> None:
        """Now and then a township is let off."""
        chance = self.world.chance(f"{county.code}/{self.period}/excuse")
        if chance.random() >= 0.018:
            return
        tracks = self.book.under(county)
        if tracks:
            at = in_office_hours(clock.start_of(self.opened) + dt.timedelta(days=1, hours=7))
            track = chance.choice(tracks)
            self.book.exempt(
                track, at=at, by=self.desks.reviewer(track), reason=chance.choice(EXEMPT_REASONS)
            )
            others = [other for other in tracks if other is not track]
            if others and chance.random() < 0.2:
                mistaken = chance.choice(others)
                self.book.exempt_for_a_day(
                    mistaken,
                    at=at,
                    by=self.desks.reviewer(mistaken),
                    reason="人员调整，工作交接中",
                    lifted_reason="交接已经完成，可以按期报送",
                )

    def _self_township(self, track: Track, *, before: dt.datetime) -> None:
        """A township that reports itself: mostly on time, its county accepts before it passes on."""
        chance = self.desks.chance_of(track.place)
        roll = chance.random()
        if roll < 0.012:
            return
        first = min(start_of_due(track, self.opened, self.closing), before - dt.timedelta(hours=4))
        due = min(track.deadline, before)
        is_late = roll > 0.965 and due < before
        sent = (
            instant_between(chance, due, before) if is_late else instant_between(chance, min(first, due), due)
        )
        self.desks.carry(
            track,
            Stage.ACCEPTED,
            in_order(
                chance,
                max(clock.start_of(self.opened), min(first, sent) - dt.timedelta(hours=9)),
                before,
                sent,
            ),
            doubt=chance.choice(DOUBTS) if chance.random() < 0.03 else None,
            is_nil=chance.random() < (0.06 if self.is_slow_month else 0.01),
        )
