"""The province sets the ratios of composition, each from a day on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.models import CompositionTarget
from sanzhang.permissions import SET_RATIOS
from sanzhang.rules import composition as rules
from sanzhang.services.guards import ensure, hold, settle


@dataclasses.dataclass(frozen=True, slots=True)
class TargetFacts:
    """One ratio as it is typed."""

    kind: str
    level: int
    measure: str
    bound: str
    percent: int
    valid_from: dt.date
    basis: str


def set_target(*, owner: OrgUnit, facts: TargetFacts, by: Actor) -> CompositionTarget:
    """The ratio of one body and measure from a day on (Jilin 二(一)1, Chuzhou 四); the one before ends that day.

    From the same day it replaces what was typed wrongly.

    Raises:
        DomainError: no such body at that level, no share, no basis, a day before the present ratio, crossing bounds.
    """
    ensure(by, SET_RATIOS, owner)
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "构成比例由省级科协设定。")
    with transaction.atomic():
        hold(owner)
        standing = CompositionTarget.objects.filter(
            owner=owner, kind=facts.kind, level=facts.level, measure=facts.measure, voided_at__isnull=True
        )
        same = [target for target in standing if target.bound == facts.bound]
        others = [target for target in standing if target.bound != facts.bound and target.valid_to is None]
        settle(_problems(facts, same, others), "")
        present = next((target for target in same if target.valid_to is None), None)
        before = _make_room(present, facts.valid_from)
        target = CompositionTarget.objects.create(
            owner=owner,
            recorded_by=by.actor_label[:80],
            **dataclasses.asdict(dataclasses.replace(facts, basis=facts.basis.strip())),
        )
        record(
            kind="sanzhang.ratio_set",
            by=by,
            unit=owner,
            obj=target,
            summary=f"自{facts.valid_from:%Y-%m-%d}起{target}",
            data={"before": before, "percent": facts.percent, "basis": target.basis},
        )
    return target


def _problems(
    facts: TargetFacts, same: Sequence[CompositionTarget], others: Sequence[CompositionTarget]
) -> list[Problem]:
    return [
        *rules.body_exists_at(facts.kind, facts.level),
        *rules.percent_is_a_share(facts.percent),
        *rules.basis_is_named(facts.basis),
        *rules.starts_in_order(facts.valid_from, same, clock.today()),
        *rules.bounds_leave_room(facts.bound, facts.percent, others),
    ]


def _make_room(present: CompositionTarget | None, day: dt.date) -> int | None:
    """End the present ratio on ``day``, or void it where it began that very day; its percentage."""
    if present is None:
        return None
    if present.valid_from == day:
        present.voided_at = clock.now()
    else:
        present.valid_to, present.end_recorded_at = day, clock.now()
    present.save(update_fields=["valid_to", "end_recorded_at", "voided_at"])
    return present.percent


def end_target(*, target: CompositionTarget, on: dt.date, by: Actor) -> CompositionTarget:
    """From ``on`` the ratio is asked no more. Raises :class:`Conflict` where it has ended already."""
    ensure(by, SET_RATIOS, target.owner)
    with transaction.atomic():
        held = CompositionTarget.objects.select_for_update(of=("self",)).get(pk=target.pk)
        if not held.is_open:
            raise Conflict.of("ended_already", "这项要求已经停止执行，请刷新页面查看。")
        if on < held.valid_from:
            raise DomainError.of("ends_before_start", "停止日期不能早于起始日期。", "on")
        held.valid_to, held.end_recorded_at = on, clock.now()
        held.save(update_fields=["valid_to", "end_recorded_at"])
        record(
            kind="sanzhang.ratio_ended",
            by=by,
            unit=target.owner,
            obj=held,
            summary=f"自{on:%Y-%m-%d}起不再要求{held}",
        )
    return held
