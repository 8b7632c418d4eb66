"""Cycles: opened with one report per unit that owes one, locked with their totals stored once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.roles import Role
from accounts.selectors import people_at
from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden
from core.locks import one_at_a_time
from core.windows import next_period, period_start
from notices.services import tell
from orgs.choices import Level, UnitKind
from orgs.models import UnitEdition
from orgs.services.locking import lock_tree
from reporting.choices import CycleState, EntryMode, Rhythm
from reporting.models import (
    Collection,
    Cycle,
    DeadlineOverride,
    FormVersion,
    Report,
    UnitReporting,
    period_label,
)
from reporting.permissions import MANAGE_CYCLES
from reporting.rollup import store_totals
from reporting.selectors.obligations import obliged
from reporting.selectors.schedule import deadline_day, opens_on, period_to_open, schedule_of
from reporting.services.register import demand_place_on_register, own_day_problems

#: Periods that one run opens of one collection: what was switched off for long does not come back all at once.
MOST_AT_ONCE = 24


@transaction.atomic
def open_cycle(*, collection: Collection, period: dt.date, by: Actor) -> Cycle:
    """Open one period: the cycle with its window and deadlines, and the obligations by the editions of that day.

    Opening again returns the cycle that is there.

    Raises:
        DomainError: no published version of the form, or its place on the register does not allow it.
    """
    # Two beats open one cycle.
    one_at_a_time("reporting.opening")
    lock_tree()
    found = Cycle.objects.filter(collection=collection, period=period).first()
    if found is not None:
        return found
    version = (
        FormVersion.objects.filter(form=collection.form_id, published_at__isnull=False)
        .order_by("-number")
        .first()
    )
    if version is None:
        raise DomainError.of("no_form", f"“{collection.form}”还没有发布的版本，不能开放填报。")
    planned = schedule_of(collection, period)
    days = [day for level, day in planned.due.items() if level in collection.levels]
    demand_place_on_register(collection, min(days, default=planned.due[Level.CITY]))
    cycle = Cycle.objects.create(
        collection=collection,
        period=period,
        rhythm=collection.rhythm,
        noun=collection.noun,
        sign_off=collection.sign_off,
        is_whole=collection.asks_everybody,
        form_version=version,
        window_first=planned.window.first,
        window_last=planned.window.last,
        township_due=planned.due[Level.TOWNSHIP],
        county_due=planned.due[Level.COUNTY],
        city_due=planned.due[Level.CITY],
        settles_at=planned.settles_at,
    )
    count = _create_reports(cycle)
    record(
        kind="cycle.open",
        by=by,
        unit=collection.owner,
        obj=cycle,
        summary=f"开放{cycle}，共{count}份",
        data={"reports": count, "window": [str(cycle.window_first), str(cycle.window_last)]},
    )
    return cycle


def _create_reports(cycle: Cycle) -> int:
    """One report per unit that owes one, from the editions of the opening day."""
    editions = list(obliged(cycle.collection, clock.local_day(cycle.opened_at)))
    modes = dict(UnitReporting.objects.values_list("unit_id", "entry_mode"))
    desks = _Desks(
        cycle=cycle,
        modes=modes,
        overrides=_override_days(cycle),
        due={Level.TOWNSHIP: cycle.township_due, Level.COUNTY: cycle.county_due, Level.CITY: cycle.city_due},
    )
    Report.objects.bulk_create([desks.report_of(edition) for edition in editions], batch_size=1000)
    return len(editions)


def _override_days(cycle: Cycle) -> dict[tuple[int, int], dt.date]:
    """The cities' own earlier days; one that would leave an extra question too little time is left out, and the
    province's holds."""
    opened = clock.local_day(cycle.opened_at)
    found = {}
    for row in DeadlineOverride.objects.filter(collection=cycle.collection_id):
        day = deadline_day(cycle.collection, cycle.period, row.level, day=row.day, on=row.on)
        if not own_day_problems(cycle.collection, opened, day):
            found[row.city_id, row.level] = day
    return found


@dataclass(frozen=True, slots=True)
class _Desks:
    """Who types and who reviews what opens, and until when."""

    cycle: Cycle
    modes: dict[int, str]
    overrides: dict[tuple[int, int], dt.date]
    due: dict[Level, dt.date]

    def report_of(self, edition: UnitEdition) -> Report:
        level = Level(edition.level)
        parent = edition.parent_id or edition.unit_id
        on_behalf = (
            level == Level.TOWNSHIP
            and self.modes.get(edition.unit_id, EntryMode.ON_BEHALF) == EntryMode.ON_BEHALF
        )
        return Report(
            cycle=self.cycle,
            unit_id=edition.unit_id,
            unit_name=edition.display_name,
            level=level,
            is_zone=edition.kind == UnitKind.ZONE,
            province_id=edition.province_id,
            city_id=edition.city_id,
            county_id=edition.county_id,
            custodian_id=parent if on_behalf else edition.unit_id,
            reviewer_id=parent,
            entry_mode=EntryMode.ON_BEHALF if on_behalf else EntryMode.SELF,
            due_at=self._due_at(edition, Level.COUNTY if on_behalf else level),
        )

    def _due_at(self, edition: UnitEdition, desk: Level) -> dt.datetime:
        """The first late instant, that of the ``desk`` that types; a county directly under the province keeps the
        cities'."""
        if desk == Level.PROVINCE:
            return self.cycle.settles_at
        if desk == Level.COUNTY and edition.city_id is None:
            return clock.end_of(self.due[Level.CITY])
        return clock.end_of(self.overrides.get((edition.city_id or 0, desk), self.due[desk]))


@dataclass(slots=True)
class Opened:
    """What one run opened, and which collections refused to be opened, each with the reasons."""

    cycles: list[Cycle] = field(default_factory=list)
    refused: list[tuple[Collection, DomainError]] = field(default_factory=list)


def open_due_cycles(*, at: dt.datetime, by: Actor) -> Opened:
    """Open every period of every active collection whose opening day has come by ``at``.

    Each period is a transaction of its own: a collection that refuses stays as it was, the others open, and whoever
    manages the refused one is told once for each reason.
    """
    today, done = clock.local_day(at), Opened()
    for collection in Collection.objects.filter(is_active=True).select_related("owner", "form", "dates"):
        period = period_to_open(collection)
        try:
            for _ in range(MOST_AT_ONCE):
                if period is None or opens_on(collection, period) > today:
                    break
                cycle = open_cycle(collection=collection, period=period, by=by)
                done.cycles.append(cycle)
                period = cycle.next_period
        except DomainError as refusal:
            done.refused.append((collection, refusal))
            _tell_refused(collection, period, refusal)
    return done


def _tell_refused(collection: Collection, period: dt.date | None, refusal: DomainError) -> None:
    reasons = ",".join(sorted({problem.code for problem in refusal.problems}))
    tell(
        users=people_at(collection.owner_id, [Role.REVIEWER]),
        key=f"cycle.refused:{collection.pk}:{period}:{reasons}",
        kind="cycle.refused",
        title=f"“{collection}”到期没有开放",
        body=f"{refusal}处理后自动开放，也可以在“填报期”里立即开放。",
        link=reverse("reporting:collection", args=[collection.pk]),
    )


def open_next(*, collection: Collection, by: Actor) -> Cycle:
    """立即开放: the next period now, ahead of its opening day.

    Raises:
        Forbidden: ``by`` does not manage the collection's cycles.
        DomainError: the next period lies more than one ahead, there is none, or no published form.
    """
    if not by.can(MANAGE_CYCLES, collection.owner):
        raise Forbidden.for_action("开放填报")
    if not collection.is_active:
        raise DomainError.of("not_active", "任务还没有启用，请先启用再开放填报。")
    period = period_to_open(collection)
    if period is None:
        raise DomainError.of("no_next", "一次性任务只开放一次，已经开放过。")
    months = Rhythm(collection.rhythm).months
    if months and period > next_period(period_start(clock.today(), months), months):
        label = period_label(period, collection.rhythm)
        raise DomainError.of("too_early", f"{label}还早，最多可提前一期开放。")
    return open_cycle(collection=collection, period=period, by=by)


def _managed(cycle: Cycle, by: Actor, label: str) -> Cycle:
    fresh = Cycle.objects.select_for_update(of=("self",)).select_related("collection__owner").get(pk=cycle.pk)
    if not by.can(MANAGE_CYCLES, fresh.collection.owner):
        raise Forbidden.for_action(label)
    return fresh


@transaction.atomic
def lock_cycle(*, cycle: Cycle, by: Actor) -> Cycle:
    """锁定: nothing below moves any more except by a case; official totals are stored once.

    Raises:
        Conflict: already locked, the window has not ended, or the registry figures are not there yet.
    """
    fresh = _managed(cycle, by, "锁定本期")
    if fresh.is_locked:
        raise Conflict.of("locked", f"{fresh.title}已经锁定。")
    if fresh.facts_at is None:
        raise Conflict.of("no_facts", "台账数还没有取数（统计期结束后自动进行），暂不能锁定。")
    waiting = Report.objects.filter(
        Q(reviewer=fresh.collection.owner_id, state="submitted"), cycle=fresh
    ).values_list("unit_name", flat=True)
    if waiting:
        raise Conflict.of("to_review", f"还有已上报未审核的：{'、'.join(waiting)}。请先审核，再锁定。")
    fresh.state, fresh.locked_at, fresh.locked_by = CycleState.LOCKED, clock.now(), by.actor_label
    fresh.save(update_fields=["state", "locked_at", "locked_by"])
    store_totals(fresh)
    record(kind="cycle.lock", by=by, unit=fresh.collection.owner, obj=fresh, summary=f"锁定{fresh}")
    return fresh


@transaction.atomic
def reopen_cycle(*, cycle: Cycle, reason: str, by: Actor) -> Cycle:
    """重新开放 a locked cycle, on record with its reason."""
    fresh = _managed(cycle, by, "重新开放本期")
    if not fresh.is_locked:
        raise Conflict.of("not_locked", f"{fresh.title}没有锁定。")
    if not reason.strip():
        raise DomainError.of("reason_wanted", "请写明重新开放的原因。", "reason")
    fresh.state, fresh.locked_at, fresh.locked_by = CycleState.OPEN, None, ""
    fresh.save(update_fields=["state", "locked_at", "locked_by"])
    fresh.totals.all().delete()
    record(
        kind="cycle.reopen",
        by=by,
        unit=fresh.collection.owner,
        obj=fresh,
        summary=f"重新开放{fresh}",
        data={"reason": reason},
    )
    return fresh
