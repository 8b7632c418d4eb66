"""One cycle's reports as they are carried through the desks, in memory, and then written as rows.

Every move here does to a :class:`Track` what the service of the same name does to a report: the same states, stamps,
versions, rounds and steps, by the same transition table; tests replay them against it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import clock
from kexie_portal.demo.world import Place, World
from orgs.choices import Level
from reporting import workflow
from reporting.choices import Decision, EntryMode, ReportState, ReturnReason
from reporting.models import Cycle, Report
from reporting.rules.filling import Entry
from reporting.services.freezing import digest_of

Actor = tuple[int, str]


@dataclass(slots=True)
class Track:
    """One report on its way. ``last``, ``live`` are places in the book's list of versions."""

    pk: int
    place: Place
    custodian: int
    reviewer: int
    is_on_behalf: bool
    due_at: dt.datetime
    state: ReportState = ReportState.DRAFT
    revision: int = 0
    deferred_to: dt.datetime | None = None
    deferred_reason: str = ""
    deferred_by: str = ""
    exempted_at: dt.datetime | None = None
    exempted_reason: str = ""
    exempted_by: str = ""
    is_nil: bool = False
    told_by: str = ""
    told_at: dt.datetime | None = None
    first_submitted_at: dt.datetime | None = None
    on_time: bool | None = None
    submitted_at: dt.datetime | None = None
    correction_due_at: dt.datetime | None = None
    returns: int = 0
    accepted_at: dt.datetime | None = None
    last: int | None = None
    live: int | None = None
    versions: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def deadline(self) -> dt.datetime:
        return self.deferred_to or self.due_at

    @property
    def is_accepted(self) -> bool:
        return self.state == ReportState.ACCEPTED

    @property
    def is_exempt(self) -> bool:
        return self.exempted_at is not None


class Book:
    """All tracks of one cycle, and the rows that their moves leave behind."""

    def __init__(self, world: World, cycle: Cycle) -> None:
        self.world = world
        self.cycle = cycle
        self.tracks: dict[int, Track] = {}
        self.versions: list[tuple[Any, ...]] = []
        self.figures: list[tuple[int, dict[str, Entry]]] = []
        self.cells: dict[int, tuple[dict[str, Entry], dt.datetime, Actor]] = {}
        self.steps: list[tuple[Any, ...]] = []
        self.rounds: list[tuple[Any, ...]] = []
        self.remarks: list[tuple[int, str, str]] = []
        self.sign_offs: list[tuple[Any, ...]] = []
        self.chases: list[tuple[Any, ...]] = []
        self.excuses: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self._read()

    def _read(self) -> None:
        columns = ("pk", "unit_id", "custodian_id", "reviewer_id", "entry_mode", "due_at")
        rows = (
            Report.objects.filter(cycle=self.cycle)
            .order_by("level", "unit__division_code")
            .values_list(*columns)
        )
        for pk, unit, custodian, reviewer, mode, due_at in rows:
            place = self.world.places[unit]
            is_on_behalf = mode == EntryMode.ON_BEHALF
            self.tracks[unit] = Track(pk, place, custodian, reviewer, is_on_behalf, due_at)

    def of(self, place: Place) -> Track:
        return self.tracks[place.pk]

    def under(self, place: Place) -> list[Track]:
        """The reports that ``place`` reviews, without its own."""
        return [
            self.tracks[below.pk]
            for below in self.world.below[place.pk]
            if below.pk in self.tracks and self.tracks[below.pk].reviewer == place.pk
        ]

    def fill(self, track: Track, entries: Mapping[str, Entry], *, at: dt.datetime, by: Actor) -> None:
        """What stands in the cells."""
        track.entries = dict(entries)
        self.cells[track.pk] = (track.entries, at, by)

    def tell(self, track: Track, *, told_by: str, at: dt.datetime) -> None:
        track.told_by, track.told_at = told_by, at

    def sign(self, track: Track, *, asked_at: dt.datetime, at: dt.datetime, by: Actor, leader: Actor) -> None:
        """送签 and 签批同意."""
        self.ask_sign_off(track, at=asked_at, by=by)
        note = "同意上报。"
        self.sign_offs.append((track.pk, "phone", True, digest_of(track.entries), note, None, at, *leader))
        self._move(track, workflow.AGREE, ReportState.SIGNED, at, leader, note)

    def ask_sign_off(self, track: Track, *, at: dt.datetime, by: Actor) -> None:
        self._move(track, workflow.ASK_SIGN_OFF, ReportState.SIGNING, at, by)

    def submit(self, track: Track, *, at: dt.datetime, by: Actor, note: str = "") -> None:
        """上报; what the desk reviews itself is accepted at once."""
        is_accepted = track.custodian == track.reviewer
        missing = self._missing_below(track)
        self.versions.append(
            (
                track.pk,
                track.versions + 1,
                at,
                *by,
                track.is_nil,
                json.dumps(missing, ensure_ascii=False),
                digest_of(track.entries),
            )
        )
        track.versions += 1
        track.last = len(self.versions) - 1
        self.figures.append((track.last, dict(track.entries)))
        track.submitted_at = at
        if track.first_submitted_at is None:
            track.first_submitted_at, track.on_time = at, at < track.deadline
        if is_accepted:
            self._count(track, at)
        target = ReportState.ACCEPTED if is_accepted else ReportState.SUBMITTED
        self._move(track, workflow.SUBMIT_REPORT, target, at, by, note or _missing_note(missing))

    def accept(self, track: Track, *, at: dt.datetime, by: Actor, remark: str = "") -> None:
        self.rounds.append((track.pk, track.last, Decision.ACCEPTED.value, "", remark, None, at, *by))
        self._count(track, at)
        self._move(track, workflow.ACCEPT, ReportState.ACCEPTED, at, by, remark)

    def send_back(
        self,
        track: Track,
        *,
        at: dt.datetime,
        by: Actor,
        reason: ReturnReason,
        remark: str,
        cells: Mapping[str, str],
        days: int = 2,
    ) -> None:
        """退回 with remarks at cells; a county's typed townships come back with it."""
        due = clock.end_of(clock.local_day(at) + dt.timedelta(days=days))
        self.rounds.append(
            (track.pk, track.last, Decision.RETURNED.value, reason.value, remark, due, at, *by)
        )
        self.remarks += [(len(self.rounds) - 1, key, text) for key, text in cells.items()]
        track.returns += 1
        track.correction_due_at, track.live = due, None
        self._move(track, workflow.SEND_BACK, ReportState.RETURNED, at, by, f"{reason.label}；{remark}")
        if track.place.level == Level.COUNTY:
            self._bring_back(track, at, by)

    def _bring_back(self, county: Track, at: dt.datetime, by: Actor) -> None:
        for track in self.under(county.place):
            if track.is_on_behalf and track.is_accepted:
                track.live = None
                self._move(track, workflow.WITHDRAW, ReportState.DRAFT, at, by, "随县级报表退回填报")

    def chase(self, track: Track, *, at: dt.datetime, by: Actor, said: tuple[str, str, str, str]) -> None:
        """``said``: the channel, who was spoken to, the answer, and a note."""
        self.chases.append((track.pk, *said, at, *by))
        if track.place.level < Level.TOWNSHIP:
            self._tell("report.chase", at, by, track, f"催报登记：{track.place.display_name}")

    def exempt(self, track: Track, *, at: dt.datetime, by: Actor, reason: str) -> None:
        track.exempted_at, track.exempted_reason, track.exempted_by = at, reason, by[1]
        self.excuses.append((track.pk, "exempt", reason, None, at, by[1], None, "", ""))
        track.revision += 1
        self._tell("report.exempt", at, by, track, f"批准免报：{track.place.display_name}{self.cycle.label}")

    def exempt_for_a_day(
        self, track: Track, *, at: dt.datetime, by: Actor, reason: str, lifted_reason: str
    ) -> None:
        """Granted, and withdrawn the day after."""
        lifted_at, name = at + dt.timedelta(days=1), f"{track.place.display_name}{self.cycle.label}"
        self.excuses.append((track.pk, "exempt", reason, None, at, by[1], lifted_at, by[1], lifted_reason))
        track.revision += 2
        self._tell("report.exempt", at, by, track, f"批准免报：{name}")
        self._tell("report.exemption_lifted", lifted_at, by, track, f"取消免报：{name}")

    def defer(self, track: Track, *, until: dt.date, at: dt.datetime, by: Actor, reason: str) -> None:
        track.deferred_to, track.deferred_reason, track.deferred_by = clock.end_of(until), reason, by[1]
        self.excuses.append((track.pk, "deferred", reason, track.deferred_to, at, by[1], None, "", ""))
        track.revision += 1
        self._tell(
            "report.defer", at, by, track, f"批准缓报至{until}：{track.place.display_name}{self.cycle.label}"
        )

    def _count(self, track: Track, at: dt.datetime) -> None:
        track.live, track.accepted_at, track.correction_due_at = track.last, at, None

    def _move(
        self,
        track: Track,
        action: workflow.Action,
        target: ReportState,
        at: dt.datetime,
        by: Actor,
        note: str = "",
    ) -> None:
        self.steps.append((track.pk, action.code, track.state.value, target.value, at, *by, note[:500]))
        if track.place.level < Level.TOWNSHIP:
            summary = f"{action.label}：{track.place.display_name}{self.cycle.title}"
            data = {"from": track.state.value, "to": target.value, "note": note[:500]}
            self._tell(f"report.{action.code}", at, by, track, summary, data)
        track.state = target
        track.revision += 1

    def _tell(
        self,
        kind: str,
        at: dt.datetime,
        by: Actor,
        track: Track,
        summary: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        about = (track.place.pk, track.place.display_name, "reporting.report", str(track.pk), summary)
        self.events.append((at, kind, *by, *about, json.dumps(data or {}, ensure_ascii=False)))

    def _missing_below(self, track: Track) -> list[dict[str, Any]]:
        if track.place.level == Level.TOWNSHIP:
            return []
        return [
            {"unit": below.place.pk, "name": below.place.display_name, "state": below.state.label}
            for below in sorted(self.under(track.place), key=lambda one: one.place.code)
            if not below.is_accepted and not below.is_exempt
        ]


def _missing_note(missing: Sequence[Mapping[str, Any]]) -> str:
    """As ``reporting.services.submission`` words it."""
    names = [row["name"] for row in missing]
    if not names:
        return ""
    return (
        f"带缺上报：{'、'.join(names[:12])}{'等' if len(names) > 12 else ''}共{len(names)}个单位未报或未审核"
    )


def counted(tracks: Iterable[Track]) -> list[Track]:
    """Those whose figures were accepted."""
    return [track for track in tracks if track.live is not None]
