"""Handing targets down: many at once, and never by rewriting what was asked before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from audit.services import record, record_many
from core import clock, formats
from core.actor import Actor
from core.errors import DomainError, Forbidden, Problem
from orgs.models import OrgUnit
from reporting.choices import ValueKind
from reporting.models import Indicator, Target
from reporting.permissions import SET_TARGETS
from reporting.selectors.paces import Number
from reporting.selectors.targets import (
    Key,
    current_targets,
    figures_now,
    latest_cycle,
    targetable,
    units_to_set,
)

#: Targets look no further ahead than this.
YEARS_AHEAD = 10
MOST = Decimal("1e13")


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What one unit shall reach in one figure; ``None`` takes the target back."""

    unit_id: int
    key: str
    value: Decimal | None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class TargetOutcome:
    """How many were set anew, changed, taken back, and left as they were."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0

    @property
    def words(self) -> str:
        parts = [("下达", self.added), ("调整", self.changed), ("撤销", self.ended)]
        told = "，".join(f"{label}{count}项" for label, count in parts if count)
        return told or "没有改动"


def field_of(unit_id: int, key: str) -> str:
    """The name of a cell, as forms and problems call it."""
    return f"target-{unit_id}-{key}"


def problems_with(*, setter: OrgUnit, due_on: dt.date, changes: Sequence[TargetChange]) -> list[Problem]:
    """Everything that stands against ``changes``, each at its cell."""
    units = {unit.pk: unit for unit in units_to_set(setter)}
    indicators = {one.key: one for one in targetable().filter(key__in={change.key for change in changes})}
    found = [*_problems_of_day(due_on)]
    seen: set[Key] = set()
    for change in changes:
        place = (change.unit_id, change.key)
        message = _problem_of(change, units, indicators.get(change.key))
        if place in seen:
            message = "同一单位、同一指标只能填一个目标。"
        seen.add(place)
        if message:
            found.append(Problem("bad_target", message, field_of(*place)))
    return found


def _problems_of_day(due_on: dt.date) -> Iterable[Problem]:
    today = clock.today()
    if due_on <= today:
        yield Problem("due_too_soon", "完成时限应晚于今天。", "due_on")
    elif due_on.year > today.year + YEARS_AHEAD:
        yield Problem("due_too_far", f"完成时限不能超过{today.year + YEARS_AHEAD}年。", "due_on")


def _problem_of(change: TargetChange, units: Mapping[int, OrgUnit], indicator: Indicator | None) -> str:
    if change.unit_id not in units:
        return "只能给直接下级单位下达目标。"
    if indicator is None:
        return "这项指标不能设目标。"
    value = change.value
    if value is None:
        return ""
    if not value.is_finite() or value < 0 or value >= MOST:
        return "目标值应不小于 0。"
    if indicator.value_kind == ValueKind.RATIO and value > 100:
        return "百分比不能超过 100。"
    if indicator.value_kind == ValueKind.COUNT and value != value.to_integral_value():
        return "目标值应为整数。"
    return "" if value == round(value, 2) else "最多两位小数。"


@transaction.atomic
def set_targets(
    *, setter: OrgUnit, due_on: dt.date, changes: Sequence[TargetChange], basis: str = "", by: Actor
) -> TargetOutcome:
    """Give the units directly below ``setter`` (the province also itself) what they shall reach by ``due_on``.

    What changes ends the target in force and begins another that starts where the unit stands today; a sum over a
    year starts at nothing on its first day. All are written, or none.

    Raises:
        DomainError: a day that is not to come, another's unit, a figure without targets, a value that cannot be.
    """
    if not by.can(SET_TARGETS, setter):
        raise Forbidden.for_action(SET_TARGETS.label)
    OrgUnit.objects.select_for_update(no_key=True).get(pk=setter.pk)
    if problems := problems_with(setter=setter, due_on=due_on, changes=changes):
        raise DomainError(problems)
    present = current_targets({change.unit_id for change in changes}, due_on)
    moved = [change for change in changes if _is_moved(change, present, basis)]
    ended = [old for change in moved if (old := present.get((change.unit_id, change.key)))]
    now = clock.now()
    Target.objects.filter(pk__in=[old.pk for old in ended]).update(
        ended_at=now, ended_by=by.actor_label[:120]
    )
    given = [change for change in moved if change.value is not None]
    Target.objects.bulk_create(_rows(setter, due_on, given, basis, by))
    outcome = TargetOutcome(
        added=len([change for change in given if (change.unit_id, change.key) not in present]),
        changed=len([change for change in given if (change.unit_id, change.key) in present]),
        ended=len(moved) - len(given),
        unchanged=len(changes) - len(moved),
    )
    if moved:
        _tell(setter, due_on, moved, present, outcome, by)
    return outcome


def _basis_of(change: TargetChange, basis: str) -> str:
    return (basis if change.basis is None else change.basis).strip()[:200]


def _is_moved(change: TargetChange, present: Mapping[Key, Target], basis: str) -> bool:
    old = present.get((change.unit_id, change.key))
    if old is None:
        return change.value is not None
    if change.value is None or old.value != change.value:
        return True
    told = _basis_of(change, basis)
    return (change.basis is not None or bool(told)) and old.basis != told


def _rows(
    setter: OrgUnit, due_on: dt.date, given: Sequence[TargetChange], basis: str, by: Actor
) -> list[Target]:
    indicators = {one.key: one for one in Indicator.objects.filter(key__in={change.key for change in given})}
    starts = _starts(setter, given)
    today = clock.today()
    rows = []
    for change in given:
        indicator = indicators[change.key]
        start = starts.get((change.unit_id, change.key))
        rows.append(
            Target(
                unit_id=change.unit_id,
                indicator=indicator,
                due_on=due_on,
                value=change.value or Decimal(0),
                begins_on=dt.date(due_on.year - 1, 12, 31) if indicator.is_flow else today,
                baseline=None if indicator.is_flow or start is None else _decimal(start),
                set_by=setter,
                basis=_basis_of(change, basis),
                recorded_by=by.actor_label[:120],
            )
        )
    return rows


def _starts(setter: OrgUnit, given: Sequence[TargetChange]) -> Mapping[Key, Number | None]:
    """Where the units stand today; nothing before the first cycle."""
    cycle = latest_cycle(setter.province_id or setter.pk)
    if cycle is None or not given:
        return {}
    return figures_now(cycle, setter, {change.unit_id for change in given}, {change.key for change in given})


def _decimal(value: Number) -> Decimal:
    exact = round(Fraction(value), 4)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _tell(
    setter: OrgUnit,
    due_on: dt.date,
    moved: Sequence[TargetChange],
    present: Mapping[Key, Target],
    outcome: TargetOutcome,
    by: Actor,
) -> None:
    """One event for the act, and one for each unit that it concerns."""
    names = {unit.pk: str(unit) for unit in units_to_set(setter)}
    due = formats.day(due_on)
    changed: dict[int, list[dict[str, str | None]]] = {}
    for change in moved:
        old = present.get((change.unit_id, change.key))
        changed.setdefault(change.unit_id, []).append(
            {
                "indicator": change.key,
                "old": f"{old.value:f}" if old else None,
                "new": None if change.value is None else f"{change.value:f}",
            }
        )
    record(
        kind="reporting.targets",
        by=by,
        unit=setter,
        summary=f"{setter}目标（{due}前）：{outcome.words}",
        data={"due_on": due_on.isoformat(), "units": len(changed)},
    )
    record_many(
        kind="reporting.target",
        by=by,
        rows=[
            {
                "unit_id": unit_id,
                "unit_label": names[unit_id][:200],
                "summary": f"{names[unit_id]}目标（{due}前）变动{len(items)}项",
                "data": {"due_on": due_on.isoformat(), "targets": items},
            }
            for unit_id, items in changed.items()
        ],
    )
