"""Making, changing and closing named sets of units, and putting units in and out of them from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Coalesce, Greatest

from audit.services import record
from core import clock
from core.actor import Actor
from core.dated import DatedQuerySet
from core.errors import DomainError, Forbidden, check
from orgs.models import Cohort, CohortMember, OrgUnit
from orgs.permissions import MANAGE_COHORTS
from orgs.rules import cohorts as rules
from orgs.rules import facts as fact_rules


@transaction.atomic
def open_cohort(
    *,
    owner: OrgUnit,
    name: str,
    by: Actor,
    is_pilot: bool = False,
    note: str = "",
    on: dt.date | None = None,
) -> Cohort:
    """A new set kept by ``owner`` (Zhoukou 三: 试点县、试点乡镇)."""
    if not by.can(MANAGE_COHORTS, owner):
        raise Forbidden.for_action(MANAGE_COHORTS.label)
    day = on or clock.today()
    check(
        [
            *rules.cohort_has_name(name),
            *rules.name_is_free(name, owner, Cohort.objects.filter(owner=owner, name=name.strip()).first()),
            *fact_rules.day_is_possible(day, today=clock.today(), field="on"),
            *fact_rules.unit_is_open(owner),
        ]
    )
    cohort = Cohort.objects.create(
        owner=owner, name=name.strip(), is_pilot=is_pilot, note=note.strip(), opened_on=day
    )
    _record("orgs.cohort_opened", cohort, by, f"设立单位集“{cohort}”", {"pilot": is_pilot, "on": day})
    return cohort


@transaction.atomic
def change_cohort(*, cohort: Cohort, name: str, is_pilot: bool, by: Actor, note: str = "") -> Cohort:
    """Another name, note or pilot flag; who is in stays."""
    held = _hold(cohort, by)
    taken = Cohort.objects.filter(owner=held.owner, name=name.strip()).exclude(pk=held.pk).first()
    check(
        [
            *rules.cohort_is_open(held),
            *rules.cohort_has_name(name),
            *rules.name_is_free(name, held.owner, taken),
        ]
    )
    before = {"name": held.name, "pilot": held.is_pilot, "note": held.note}
    held.name, held.is_pilot, held.note = name.strip(), is_pilot, note.strip()
    held.save(update_fields=["name", "is_pilot", "note"])
    after = {"name": held.name, "pilot": held.is_pilot, "note": held.note}
    _record("orgs.cohort_changed", held, by, f"修改单位集“{held}”", {"before": before, "after": after})
    return held


@transaction.atomic
def close_cohort(*, cohort: Cohort, on: dt.date, by: Actor) -> Cohort:
    """From ``on`` the set is not offered any more and everyone in it leaves; what was filtered by it before stays so."""
    held = _hold(cohort, by)
    present = CohortMember.objects.open_ended().filter(cohort=held)
    last = present.aggregate(day=Max("valid_from"))["day"]
    check(
        [
            *rules.cohort_is_open(held),
            *fact_rules.day_is_possible(on, today=clock.today(), field="on"),
            *rules.day_is_after_opening(on, held, field="on"),
            *fact_rules.day_follows(on, last=last, field="on"),
        ]
    )
    left = _leave(present, on)
    held.closed_on = on
    held.save(update_fields=["closed_on"])
    _record("orgs.cohort_closed", held, by, f"停用单位集“{held}”", {"on": on, "members": left})
    return held


@transaction.atomic
def reopen_cohort(*, cohort: Cohort, on: dt.date, by: Actor, with_members: bool = True) -> int:
    """From ``on`` a closed set is offered again; ``with_members``, whoever left by the closing and still stands comes back
    that day. How many came back. The days between stay without members."""
    held = _hold(cohort, by)
    check(rules.cohort_is_closed(held))
    closed_on = held.closed_on or on
    check(
        [
            *fact_rules.day_is_possible(on, today=clock.today(), field="on"),
            *rules.day_is_after_closing(on, closed_on, field="on"),
            *fact_rules.unit_is_open(held.owner),
        ]
    )
    held.closed_on = None
    held.save(update_fields=["closed_on"])
    returning = _left_by_closing(held, closed_on) if with_members else []
    CohortMember.objects.bulk_create(
        [
            CohortMember(cohort=held, unit_id=unit, valid_from=on, recorded_by=by.actor_label[:80])
            for unit in returning
        ],
        batch_size=1000,
    )
    data = {"closed_on": closed_on, "on": on, "members": len(returning)}
    _record("orgs.cohort_reopened", held, by, f"恢复单位集“{held}”", data)
    return len(returning)


def _left_by_closing(cohort: Cohort, closed_on: dt.date) -> list[int]:
    """The units that the closing took out of ``cohort``, which was the last leaving on record; those closed since left
    out."""
    left = CohortMember.objects.filter(
        Q(valid_to=closed_on) | Q(valid_from=closed_on, voided_at__isnull=False), cohort=cohort
    ).annotate(left_at=Coalesce("voided_at", "end_recorded_at"))
    last = left.aggregate(at=Max("left_at"))["at"]
    found = left.filter(left_at=last, unit__closed_on__isnull=True)
    return list(found.order_by("unit__division_code").values_list("unit_id", flat=True))


@transaction.atomic
def add_members(*, cohort: Cohort, units: Sequence[OrgUnit], since: dt.date, by: Actor) -> int:
    """Put ``units`` in from ``since``; those in already stay as they are. How many came in: all of the others or none."""
    held = _hold(cohort, by)
    present = set(
        CohortMember.objects.open_ended()
        .filter(cohort=held, unit__in=[unit.pk for unit in units])
        .values_list("unit_id", flat=True)
    )
    fresh = [unit for unit in {unit.pk: unit for unit in units}.values() if unit.pk not in present]
    if not units:
        raise DomainError.of("none", "请至少选择一个单位。", "units")
    history = CohortMember.objects.filter(cohort=held, unit__in=fresh, voided_at=None)
    last = history.aggregate(day=Max(Greatest("valid_from", "valid_to")))["day"]
    check(
        [
            *rules.cohort_is_open(held),
            *rules.not_too_many(len(fresh)),
            *(problem for unit in fresh for problem in rules.unit_belongs(unit, held)),
            *(problem for unit in fresh for problem in fact_rules.unit_is_open(unit)),
            *fact_rules.day_is_possible(since, today=clock.today()),
            *rules.day_is_after_opening(since, held, field="since"),
            *fact_rules.day_follows(since, last=last),
        ]
    )
    CohortMember.objects.bulk_create(
        [
            CohortMember(cohort=held, unit=unit, valid_from=since, recorded_by=by.actor_label[:80])
            for unit in fresh
        ],
        batch_size=1000,
    )
    if fresh:
        words = f"单位集“{held}”加入 {len(fresh):,} 个单位"
        _record("orgs.cohort_joined", held, by, words, _named(fresh) | {"since": since})
    return len(fresh)


@transaction.atomic
def end_members(*, cohort: Cohort, units: Sequence[OrgUnit], on: dt.date, by: Actor) -> int:
    """Take ``units`` out from ``on``: all or none; how many left."""
    held = _hold(cohort, by)
    present = CohortMember.objects.open_ended().filter(cohort=held, unit__in=[unit.pk for unit in units])
    if not units or present.count() < len({unit.pk for unit in units}):
        raise DomainError.of("none", "请选择现在在单位集中的单位。", "units")
    last = present.aggregate(day=Max("valid_from"))["day"]
    check(
        [
            *rules.cohort_is_open(held),
            *fact_rules.day_is_possible(on, today=clock.today(), field="on"),
            *fact_rules.day_follows(on, last=last, field="on"),
        ]
    )
    left = _leave(present, on)
    words = f"单位集“{held}”移出 {left:,} 个单位"
    _record("orgs.cohort_left", held, by, words, _named(units) | {"on": on})
    return left


def _leave(present: DatedQuerySet, on: dt.date) -> int:
    """End memberships on ``on``; who came in that very day never was in."""
    rows = CohortMember.objects.filter(pk__in=list(present.values_list("pk", flat=True)))
    now = clock.now()
    ended = rows.filter(valid_from__lt=on).update(valid_to=on, end_recorded_at=now)
    return ended + rows.filter(valid_from=on, valid_to=None).update(voided_at=now)


def _hold(cohort: Cohort, by: Actor) -> Cohort:
    held = Cohort.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cohort.pk)
    if not by.can(MANAGE_COHORTS, held.owner):
        raise Forbidden.for_action(MANAGE_COHORTS.label)
    return held


def _named(units: Sequence[OrgUnit]) -> dict[str, object]:
    return {"count": len(units), "codes": [unit.division_code for unit in units]}


def _record(kind: str, cohort: Cohort, by: Actor, summary: str, data: dict[str, object]) -> None:
    record(kind=kind, by=by, unit=cohort.owner, obj=cohort, summary=summary, data=data)
