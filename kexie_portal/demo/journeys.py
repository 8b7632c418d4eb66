"""How a month runs through the desks: the townships' figures, the county's report, the city's and the province's."""

from __future__ import annotations

import datetime as dt
import enum
import random
from collections.abc import Sequence

from core import clock
from kexie_portal.demo import words
from kexie_portal.demo.accounts import actor_at
from kexie_portal.demo.book import Actor, Book, Track
from kexie_portal.demo.figures import Figures
from kexie_portal.demo.world import Place, World, in_office_hours, instant_between
from reporting.choices import ReturnReason
from reporting.rules.filling import Entry


class Stage(enum.IntEnum):
    """How far a report has come."""

    UNTOUCHED = 0
    TYPING = 1
    SIGNING = 2
    SUBMITTED = 3
    RETURNED = 4
    ACCEPTED = 5


#: What reviewers find: the reason, what they say, and at which cell.
DOUBTS = (
    (
        ReturnReason.FIGURE_DOUBTFUL,
        "服务人次与场次不匹配，请核对签到册。",
        "health_reached",
        "人次偏高，请核实。",
    ),
    (
        ReturnReason.FIGURE_DOUBTFUL,
        "培训人次请与台账核对后再报。",
        "agri_reached",
        "与上月差距较大，请核对。",
    ),
    (ReturnReason.LOGIC, "“三长”牵头场次偏多，请按口径填报。", "led_events", "只填“三长”牵头或参与的。"),
    (
        ReturnReason.FIGURE_DOUBTFUL,
        "联合举办的活动由牵头单位填报，请剔除。",
        "popularisation_events",
        "疑有重复统计。",
    ),
    (ReturnReason.FIGURE_MISSING, "志愿服务次数漏报，请补充。", "volunteer_events", "是否漏报？"),
)
CITY_DOUBTS = (
    (
        ReturnReason.TEXT_INCOMPLETE,
        "下步打算过于笼统，请写明时间节点。",
        "next_steps",
        "请具体到月份和单位。",
    ),
    (ReturnReason.FIGURE_DOUBTFUL, "扶持经费请剔除上级转拨部分。", "support_funds", "只填本级安排。"),
    (ReturnReason.TEXT_INCOMPLETE, "进展情况请补充空白点建设内容。", "progress", "请补充空白点进度。"),
)
CALLS = (
    ("phone", "promised", "已电话提醒，答复今日下班前上报。"),
    ("chat", "promised", "微信群提醒，已回复收到。"),
    ("phone", "other", "经办人外出开会，由同事代办。"),
    ("phone", "unreached", "无人接听，下午再联系。"),
    ("chat", "trouble", "乡镇数据尚缺两家，催齐后即报。"),
)


class Desks:
    """Moves one book's reports; ``month`` is the cycle's number since the portal began."""

    def __init__(self, book: Book, figures: Figures, *, month: int, signing: set[int]) -> None:
        self.book = book
        self.world: World = book.world
        self.figures = figures
        self.month = month
        self.period = book.cycle.period
        self.signing = signing

    def chance_of(self, place: Place) -> random.Random:
        return self.world.chance(f"{place.code}/{self.period}/way")

    def desk(self, place: Place) -> Actor:
        return actor_at(self.world, place)

    def custodian(self, track: Track) -> Actor:
        return self.desk(self.world.places[track.custodian])

    def reviewer(self, track: Track) -> Actor:
        return self.desk(self.world.places[track.reviewer])

    def fill(self, track: Track, *, at: dt.datetime, is_nil: bool = False) -> None:
        track.is_nil = is_nil
        entries = self.figures.typed(track.place, self.month, self.period, is_nil=is_nil)
        self.book.fill(track, entries, at=at, by=self.custodian(track))

    def half_fill(self, track: Track, *, at: dt.datetime) -> None:
        """A form left in the middle: the first cells of it."""
        chance = self.chance_of(track.place)
        entries = self.figures.typed(track.place, self.month, self.period)
        kept = list(entries)[: chance.randint(3, max(4, len(entries) - 3))]
        self.book.fill(track, {key: entries[key] for key in kept}, at=at, by=self.custodian(track))

    def carry(
        self,
        track: Track,
        stage: Stage,
        instants: Sequence[dt.datetime],
        *,
        doubt: tuple[ReturnReason, str, str, str] | None = None,
        is_nil: bool = False,
        townships: Sequence[Track] = (),
    ) -> None:
        """A report to ``stage``: filled, signed where its unit wants it, submitted, returned once where there is a
        ``doubt``, accepted. ``townships`` are typed along. ``instants`` are six, in order."""
        filled, asked, sent, back, again, decided = (in_office_hours(raw) for raw in instants)
        by = self.custodian(track)
        if stage == Stage.UNTOUCHED:
            return
        if stage == Stage.TYPING:
            self.half_fill(track, at=filled)
            return
        self.fill(track, at=filled, is_nil=is_nil)
        if stage == Stage.SIGNING:
            self.book.ask_sign_off(track, at=asked, by=by)
            return
        self._send(track, townships, asked, sent)
        if doubt is not None:
            reason, remark, key, cell = doubt
            self.book.send_back(
                track, at=back, by=self.reviewer(track), reason=reason, remark=remark, cells={key: cell}
            )
            if stage == Stage.RETURNED:
                return
            self._correct(track, key, at=back + (again - back) / 3, by=by)
            self._send(track, townships, back + (again - back) / 2, again)
        if stage == Stage.ACCEPTED and not track.is_accepted:
            self.book.accept(track, at=decided, by=self.reviewer(track))

    def _send(self, track: Track, townships: Sequence[Track], asked: dt.datetime, at: dt.datetime) -> None:
        """Signed where the unit wants it, then submitted, with the townships typed along."""
        by = self.custodian(track)
        if track.place.pk in self.signing:
            leader = actor_at(self.world, track.place, is_leader=True)
            self.book.sign(track, asked_at=asked, at=asked + (at - asked) / 2, by=by, leader=leader)
        for township in townships:
            self.book.submit(township, at=at, by=by, note="随县级报表代填上报")
        self.book.submit(track, at=at, by=by)

    def _correct(self, track: Track, key: str, *, at: dt.datetime, by: Actor) -> None:
        """The doubtful cell is put right: a little less, or a sentence more."""
        entry = track.entries.get(key, Entry())
        entries = dict(track.entries)
        if entry.value is None:
            entries[key] = Entry(text=f"{entry.text}以上工作于下月20日前完成，由分管负责同志牵头落实。")
        elif key.endswith("_reached") and entry.value > 10:
            entries[key] = Entry(value=entry.value - entry.value // 8, explanation=entry.explanation)
        elif key == "led_events" and entry.value > 0:
            entries[key] = Entry(value=entry.value - 1, explanation=entry.explanation)
        elif key == "volunteer_events":
            entries[key] = Entry(value=entry.value + 1, explanation="原填漏报1次，已补。")
        elif entry.value > 1:
            entries[key] = Entry(value=entry.value - 1, explanation=entry.explanation)
        self.book.fill(track, entries, at=at, by=by)

    def type_townships(
        self, county: Place, *, share: float, empty: float, nil: float, at: tuple[dt.datetime, dt.datetime]
    ) -> list[Track]:
        """The clerk types for ``share`` of the townships that do not report themselves; those that are ready."""
        chance = self.world.chance(f"{county.code}/{self.period}/townships")
        ready = []
        for track in self.book.under(county):
            if not track.is_on_behalf or track.is_exempt or chance.random() >= share:
                continue
            if chance.random() < empty:
                continue
            told = in_office_hours(instant_between(chance, *at))
            is_nil = chance.random() < nil
            self.fill(track, at=told, is_nil=is_nil)
            if chance.random() < 0.55:
                name = words.person_name(chance, is_woman=chance.random() < 0.4)
                self.book.tell(track, told_by=f"{name[0]}干事" if chance.random() < 0.5 else name, at=told)
            ready.append(track)
        return ready

    def chase(self, track: Track, *, at: dt.datetime) -> None:
        chance = self.world.chance(f"{track.place.code}/{self.period}/chase")
        channel, answer, note = chance.choice(CALLS)
        name = words.person_name(chance, is_woman=chance.random() < 0.5)
        said = (channel, name, answer, note)
        self.book.chase(track, at=in_office_hours(at), by=self.reviewer(track), said=said)


def in_order(
    chance: random.Random, first: dt.datetime, last: dt.datetime, sent: dt.datetime
) -> list[dt.datetime]:
    """Six raw instants between ``first`` and ``last``, the third of them ``sent``."""
    before = sorted(instant_between(chance, first, sent) for _ in range(2))
    after = sorted(instant_between(chance, sent, last) for _ in range(3))
    return [*before, sent, *after]


def start_of_due(track: Track, opened: dt.date, closing: dt.date) -> dt.datetime:
    """From when a unit may sensibly submit: after the window's end, or its opening where the deadline falls before."""
    last_day = clock.local_day(track.due_at - dt.timedelta(seconds=1))
    first = min(closing + dt.timedelta(days=1), last_day)
    return clock.start_of(max(first, opened))
