"""Corrections and belated reports of past months, made by the people concerned through the services themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from accounts.models import User
from core import clock
from kexie_portal.demo.accounts import desk_username
from kexie_portal.demo.book import Track
from kexie_portal.demo.past import PastMonth
from kexie_portal.demo.world import Place
from orgs.choices import Level
from reporting.choices import CaseState
from reporting.models import Cell, CorrectionCase, Report
from reporting.rules.filling import Entry
from reporting.selectors.layout import layout_of
from reporting.selectors.ledger import ledger_of
from reporting.services.corrections import confirm, open_case, refuse
from reporting.services.review import accept
from reporting.services.submission import submit

REASONS = (
    "核对签到册后发现重复统计，予以更正。",
    "联合活动应由牵头单位填报，本单位误填。",
    "乡镇补交台账后复核，人次有误。",
)
REFUSAL = "差额在合理范围内，请在下月填报时一并核实。"


class Cases:
    """The cases of one past month, before it is locked."""

    def __init__(self, month: PastMonth) -> None:
        self.month = month
        self.world = month.world
        self.chance = self.world.chance(f"cases/{month.period}")
        self.after = clock.at(month.cycle.city_due + dt.timedelta(days=1), dt.time(14, 5))

    def settle_some(self) -> int:
        """A correction confirmed all the way, now and then one refused, and the belated report of who was missing."""
        made = 0
        for track in self.chance.sample(self._correctable(), 1 + self.month.month % 2):
            self._correct(track, is_refused=self.chance.random() < 0.2)
            made += 1
        for track in self._missing()[:1]:
            self._belated(track)
            made += 1
        return made

    def leave_open(self, when: dt.datetime) -> int:
        """Two corrections under way: one waits for the city, one for the province."""
        first, second = self.chance.sample(self._correctable(), 2)
        with clock.standing_at(when):
            self._open(first)
        with clock.standing_at(when + dt.timedelta(hours=2)):
            case = self._open(second)
        with clock.standing_at(when + dt.timedelta(hours=20)):
            confirm(case=case, by=self._user(self._city_of(second)), note="情况属实。")
        return 2

    def _correctable(self) -> Sequence[Track]:
        found = []
        for track in self.month.book.tracks.values():
            if track.place.level == Level.COUNTY and track.place.city is not None and track.live is not None:
                value = track.entries["health_reached"].value
                if value is not None and value > 60 and track.place.code != self.world.showcase_county:
                    found.append(track)
        return found

    def _missing(self) -> Sequence[Track]:
        return [
            track
            for track in self.month.book.tracks.values()
            if track.place.level == Level.COUNTY
            and track.place.city is not None
            and track.first_submitted_at is None
            and not track.is_exempt
            and track.place.pk not in self.month.desks.signing
        ]

    def _correct(self, track: Track, *, is_refused: bool) -> None:
        with clock.standing_at(self.after):
            case = self._open(track)
        with clock.standing_at(self.after + dt.timedelta(hours=2)):
            city = self._user(self._city_of(track))
            if is_refused:
                refuse(case=case, note=REFUSAL, by=city)
                return
            confirm(case=case, by=city, note="已核对，情况属实。")
        with clock.standing_at(self.after + dt.timedelta(hours=20)):
            confirm(case=case, by=self.world.users["shengkexie"])
        entry = track.entries["health_reached"]
        track.entries["health_reached"] = Entry(_corrected(entry), explanation=entry.explanation)

    def _open(self, track: Track) -> CorrectionCase:
        value = _corrected(track.entries["health_reached"])
        report = Report.objects.get(pk=track.pk)
        user = self._user(track.place)
        return open_case(
            report=report, changes={"health_reached": str(value)}, reason=self.chance.choice(REASONS), by=user
        )

    def _belated(self, track: Track) -> None:
        """What was missing comes in after the city has passed on."""
        user = self._user(track.place)
        entries = self.month.figures.typed(track.place, self.month.month, self.month.period)
        with clock.standing_at(self.after + dt.timedelta(hours=1)):
            Cell.objects.filter(report=track.pk).delete()
            late = Report.objects.select_related("cycle__form_version").get(pk=track.pk)
            known = ledger_of([late], layout_of(late.cycle.form_version)).of(track.pk)
            Cell.objects.bulk_create(
                Cell(
                    report_id=track.pk,
                    indicator=self.month.figures.indicators[key],
                    value=_beside(entry.value, known.get(key)),
                    text=entry.text,
                    explanation=entry.explanation,
                    updated_by_id=user.pk,
                    updated_by=user.actor_label,
                )
                for key, entry in entries.items()
            )
            report = submit(report=Report.objects.get(pk=track.pk), by=user)
        with clock.standing_at(self.after + dt.timedelta(hours=3)):
            accepted = accept(report=report, by=self._user(self._city_of(track)), remark="补报，情况属实。")
        case = accepted.cases.first()
        if case is not None and case.state == CaseState.OPEN:
            with clock.standing_at(self.after + dt.timedelta(hours=21)):
                confirm(case=case, by=self.world.users["shengkexie"])
        self.month.figures.remember(track.place, self.month.month, entries)

    def _city_of(self, track: Track) -> Place:
        return self.world.places[track.reviewer]

    def _user(self, place: Place) -> User:
        return self.world.users[desk_username(place)]


def _corrected(entry: Entry) -> Decimal:
    value = entry.value or Decimal(0)
    return value - value // 9


def _beside(value: Decimal | None, known: Decimal | None) -> Decimal | None:
    """What is left to type where the ledgers know a part."""
    return value if value is None or known is None else max(Decimal(0), value - known)
