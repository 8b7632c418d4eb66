"""Cycles: opened with one report per unit that owes one, locked with their totals stored once."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden
from core.windows import is_weekend, month_window, next_month, working_day_on_or_before
from orgs.choices import EstablishmentState, Level, UnitKind
from orgs.models import Establishment, UnitEdition
from orgs.services.locking import lock_tree
from reporting.choices import CycleState, EntryMode
from reporting.models import (
    CalendarDay,
    Collection,
    Cycle,
    DeadlineOverride,
    FormVersion,
    Report,
    UnitReporting,
)
from reporting.permissions import MANAGE_CYCLES
from reporting.rollup import store_totals

#: One number for all who open cycles, so that two beats open one.
OPENING_LOCK = 7_310_001


def _days_off(first: dt.date, last: dt.date) -> dict[dt.date, bool]:
    return dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_off"))


def deadline_day(collection: Collection, period: dt.date, level: int, day: int | None = None) -> dt.date:
    """The last day on time for a level in a period.

    Lower deadlines that fall on a day off move forward to the working day before (a setting); the cities' 25th stays. A
    deadline never moves into the window that it reports on: then it stays where it was.
    """
    nominal = period.replace(day=day or collection.day_of(level))
    if not collection.lower_forward or level <= Level.CITY:
        return nominal
    arranged = _days_off(nominal - dt.timedelta(days=16), nominal)
    moved = working_day_on_or_before(nominal, lambda one: arranged.get(one, is_weekend(one)))
    window = month_window(period.year, period.month, first_day=collection.window_first_day)
    return nominal if nominal > window.last >= moved else moved


def opens_on(collection: Collection, period: dt.date) -> dt.date:
    """The day on which a period's forms open."""
    window = month_window(period.year, period.month, first_day=collection.window_first_day)
    return window.last - dt.timedelta(days=collection.open_days_before)


@transaction.atomic
def open_cycle(*, collection: Collection, period: dt.date, by: Actor) -> Cycle:
    """Open one period: the cycle with its window and deadlines, and the obligations by the editions of that day.

    Opening again returns the cycle that is there.

    Raises:
        DomainError: no published version of the form.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING_LOCK])
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
    window = month_window(period.year, period.month, first_day=collection.window_first_day)
    cycle = Cycle.objects.create(
        collection=collection,
        period=period,
        form_version=version,
        window_first=window.first,
        window_last=window.last,
        township_due=deadline_day(collection, period, Level.TOWNSHIP),
        county_due=deadline_day(collection, period, Level.COUNTY),
        city_due=deadline_day(collection, period, Level.CITY),
        settles_at=clock.at(period.replace(day=collection.settle_day), collection.settle_time),
    )
    count = _create_reports(cycle)
    record(
        kind="cycle.open",
        by=by,
        unit=collection.owner,
        obj=cycle,
        summary=f"开放{cycle}，共{count}份",
        data={"reports": count, "window": [str(window.first), str(window.last)]},
    )
    return cycle


def _create_reports(cycle: Cycle) -> int:
    """One report per unit that owes one, from the editions of the opening day; townships only where they are expected
    or have an association."""
    today = clock.local_day(cycle.opened_at)
    established = Establishment.objects.filter(
        unit=OuterRef("unit"),
        state=EstablishmentState.ESTABLISHED,
        valid_to__isnull=True,
        voided_at__isnull=True,
    )
    editions = (
        UnitEdition.objects.on(today)
        .filter(province=cycle.collection.owner_id, level__lte=Level.TOWNSHIP)
        .exclude(~Exists(established), level=Level.TOWNSHIP, kind=UnitKind.QUASI)
        .exclude(~Exists(established), level=Level.TOWNSHIP, is_expected=False)
        .order_by("level", "division_code")
    )
    modes = dict(UnitReporting.objects.values_list("unit_id", "entry_mode"))
    overrides = _override_days(cycle)
    due = {Level.TOWNSHIP: cycle.township_due, Level.COUNTY: cycle.county_due, Level.CITY: cycle.city_due}
    reports = [
        _report_of(edition, cycle=cycle, modes=modes, overrides=overrides, due=due) for edition in editions
    ]
    Report.objects.bulk_create(reports, batch_size=1000)
    return len(reports)


def _override_days(cycle: Cycle) -> dict[tuple[int, int], dt.date]:
    return {
        (row.city_id, row.level): deadline_day(cycle.collection, cycle.period, row.level, row.day)
        for row in DeadlineOverride.objects.filter(collection=cycle.collection_id)
    }


def _report_of(
    edition: UnitEdition,
    *,
    cycle: Cycle,
    modes: dict[int, str],
    overrides: dict[tuple[int, int], dt.date],
    due: dict[Level, dt.date],
) -> Report:
    level = Level(edition.level)
    reviewer = edition.parent_id or edition.unit_id
    on_behalf = (
        level == Level.TOWNSHIP and modes.get(edition.unit_id, EntryMode.ON_BEHALF) == EntryMode.ON_BEHALF
    )
    return Report(
        cycle=cycle,
        unit_id=edition.unit_id,
        unit_name=edition.display_name,
        level=level,
        is_zone=edition.kind == UnitKind.ZONE,
        province_id=edition.province_id,
        city_id=edition.city_id,
        county_id=edition.county_id,
        custodian_id=reviewer if on_behalf else edition.unit_id,
        reviewer_id=reviewer,
        entry_mode=EntryMode.ON_BEHALF if on_behalf else EntryMode.SELF,
        due_at=_due_at(edition, Level.COUNTY if on_behalf else level, cycle, overrides, due),
    )


def _due_at(
    edition: UnitEdition,
    desk: Level,
    cycle: Cycle,
    overrides: dict[tuple[int, int], dt.date],
    due: dict[Level, dt.date],
) -> dt.datetime:
    """The first late instant, that of the ``desk`` that types; a county directly under the province keeps the cities'."""
    if desk == Level.PROVINCE:
        return cycle.settles_at
    if desk == Level.COUNTY and edition.city_id is None:
        return clock.end_of(cycle.city_due)
    day = overrides.get((edition.city_id or 0, desk), due[desk])
    return clock.end_of(day)


def open_due_cycles(*, at: dt.datetime, by: Actor) -> list[Cycle]:
    """Open every period of every active collection whose opening day has come by ``at``."""
    today = clock.local_day(at)
    opened = []
    for collection in Collection.objects.filter(is_active=True).select_related("owner", "form"):
        last = collection.cycles.order_by("-period").first()
        period = next_month(last.period) if last else collection.first_period
        for _ in range(24):
            if opens_on(collection, period) > today:
                break
            opened.append(open_cycle(collection=collection, period=period, by=by))
            period = next_month(period)
    return opened


def open_next(*, collection: Collection, by: Actor) -> Cycle:
    """立即开放: the next period now, ahead of its opening day.

    Raises:
        Forbidden: ``by`` does not manage the collection's cycles.
        DomainError: the next period lies more than a month ahead, or there is no published form.
    """
    if not by.can(MANAGE_CYCLES, collection.owner):
        raise Forbidden.for_action("开放填报")
    last = collection.cycles.order_by("-period").first()
    period = next_month(last.period) if last else collection.first_period
    if period > next_month(clock.today().replace(day=1)):
        raise DomainError.of("too_early", f"{period.year}年{period.month}月还早，最多可提前一个月开放。")
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
        raise Conflict.of("locked", f"{fresh.label}已经锁定。")
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
        raise Conflict.of("not_locked", f"{fresh.label}没有锁定。")
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
