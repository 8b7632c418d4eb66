"""What the services of dated facts share: the unit's row held, the old fact ended, the new one written, the record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max
from django.db.models.functions import Greatest

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, Forbidden, Problem, check
from core.permissions import Permission
from orgs.models import OrgUnit
from orgs.permissions import EDIT_FACTS
from orgs.rules import facts as rules

#: A model of dated facts, and one row of it.
FactModel = Any
Fact = Any


def hold_unit(unit: OrgUnit, by: Actor, permission: Permission = EDIT_FACTS) -> OrgUnit:
    """The unit's row, held until the end of the transaction, so that its facts are written one after another."""
    held = OrgUnit.objects.select_for_update().get(pk=unit.pk)
    if not by.can(permission, held):
        raise Forbidden.for_action(permission.label)
    return held


def demands_of_day(unit: OrgUnit, since: dt.date, history: Any) -> list[Problem]:
    """What any new fact of ``unit`` must meet, given the facts of its sort on record."""
    latest = history.filter(voided_at=None).aggregate(day=Max(Greatest("valid_from", "valid_to")))["day"]
    return [
        *rules.unit_is_open(unit),
        *rules.day_is_possible(since, today=clock.today()),
        *rules.day_follows(since, last=latest),
    ]


def succeed(
    model: FactModel, unit: OrgUnit, since: dt.date, values: dict[str, Any], by: Actor, **key: Any
) -> tuple[Fact, Fact]:
    """The new fact, and the one that it ends or replaces (``None`` for the first)."""
    present = model.objects.open_ended().filter(unit=unit, **key).first()
    if present is not None:
        finish(present, since)
    fact = model.objects.create(unit=unit, valid_from=since, recorded_by=by.actor_label[:80], **key, **values)
    return fact, present


def finish(fact: Any, on: dt.date) -> None:
    """End ``fact`` on ``on``; one that would not have held a single day is voided."""
    if on == fact.valid_from:
        fact.voided_at = clock.now()
        fact.save(update_fields=["voided_at"])
    else:
        fact.valid_to, fact.end_recorded_at = on, clock.now()
        fact.save(update_fields=["valid_to", "end_recorded_at"])


def end_fact(model: FactModel, unit: OrgUnit, on: dt.date, by: Actor, kind: str, **key: Any) -> None:
    """End what holds from ``on``; refused where nothing is on record."""
    unit = hold_unit(unit, by)
    present = model.objects.open_ended().filter(unit=unit, **key).first()
    label = next(iter(key.values())).label
    if present is None:
        raise DomainError.of("absent", f"{unit}没有“{label}”的登记，无需取消。")
    check(demands_of_day(unit, on, model.objects.filter(pk=present.pk)))
    finish(present, on)
    record(
        kind=f"orgs.{kind}_cleared",
        by=by,
        unit=unit,
        obj=present,
        summary=f"{unit}：取消“{label}”",
        data={"on": on},
    )


def record_set(
    kind: str, unit: OrgUnit, fact: Any, summary: str, before: Any, values: dict[str, Any], by: Actor
) -> None:
    """The event of a fact that was set, with what it replaced."""
    record(
        kind=f"orgs.{kind}_set",
        by=by,
        unit=unit,
        obj=fact,
        summary=summary,
        data={
            "since": fact.valid_from,
            "after": values,
            "before": {key: getattr(before, key) for key in values} if before is not None else None,
        },
    )
