"""The dated facts of a unit: established or not, officers, six haves, four lacks, whether it is expected at all.

A new fact ends the one before it on the same day; a second one for that very day replaces it and leaves it voided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from audit.services import record
from core import clock
from core.actor import Actor
from core.cipher import decrypt, digest, encrypt
from core.errors import DomainError, Forbidden, Problem, check
from core.permissions import Permission
from orgs.choices import EditionCause, EstablishmentState, HavesItem, LacksItem, OfficerRole
from orgs.models import Establishment, FourLacks, OrgUnit, SixHaves, UnitEdition, UnitOfficer
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS
from orgs.rules import facts as rules
from orgs.services.tree import succeed_editions

#: A model of dated facts, and one row of it.
FactModel = Any
Fact = Any


@transaction.atomic
def set_establishment(
    *,
    unit: OrgUnit,
    state: str,
    since: dt.date,
    by: Actor,
    reason: str = "",
    planned_on: dt.date | None = None,
    responsible: str = "",
    basis: str = "",
) -> Establishment:
    """Whether the association stands from ``since``; where it does not: why, until when, who is responsible."""
    unit = _locked(unit, by)
    check(
        [
            *_common(unit, since, Establishment.objects.filter(unit=unit)),
            *rules.blank_spot_has_reason(state, reason),
            *rules.plan_follows(since, planned_on),
            *rules.established_has_no_plan(state, planned_on),
        ]
    )
    values = {
        "state": EstablishmentState(state),
        "reason": reason.strip() if state != EstablishmentState.ESTABLISHED else "",
        "planned_on": planned_on,
        "responsible": responsible.strip(),
        "basis": basis.strip(),
    }
    fact, before = _succeed(Establishment, unit, since, values, by)
    _record("establishment", unit, fact, f"{unit}：{fact.get_state_display()}", before, values, by)
    return fact


@transaction.atomic
def set_officer(
    *,
    unit: OrgUnit,
    role: str,
    name: str,
    since: dt.date,
    by: Actor,
    post: str = "",
    phone: str | None = None,
    is_chair: bool = False,
) -> UnitOfficer:
    """Who holds ``role`` from ``since``. ``phone=None`` keeps the number on record where the name stays the same."""
    unit = _locked(unit, by)
    check(
        [
            *_common(unit, since, UnitOfficer.objects.filter(unit=unit, role=role)),
            *rules.officer_has_name(name),
            *rules.phone_is_a_phone(phone or ""),
        ]
    )
    name = name.strip()
    present = UnitOfficer.objects.open_ended().filter(unit=unit, role=role).first()
    kept = phone is None and present is not None and present.name == name
    number = phone or ""
    values = {
        "name": name,
        "post": post.strip(),
        "is_chair": is_chair and role == OfficerRole.LEADER_IN_CHARGE,
        "phone_cipher": present.phone_cipher if kept and present else encrypt(number),
        "phone_digest": present.phone_digest if kept and present else digest(number),
    }
    fact, before = _succeed(UnitOfficer, unit, since, values, by, role=OfficerRole(role))
    shown = {key: value for key, value in values.items() if not key.startswith("phone")}
    summary = f"{unit}：{fact.get_role_display()}为{name}"
    _record("officer", unit, fact, summary, before, shown, by)
    return fact


@transaction.atomic
def clear_officer(*, unit: OrgUnit, role: str, on: dt.date, by: Actor) -> None:
    """Nobody holds ``role`` from ``on``."""
    _end(UnitOfficer, unit, on, by, "officer", role=OfficerRole(role))


@transaction.atomic
def reveal_phone(*, officer: UnitOfficer, by: Actor) -> str:
    """The number in full; that it was looked at stays on record."""
    if not by.can(EDIT_FACTS, officer.unit):
        raise Forbidden.for_action("查看完整电话号码")
    record(
        kind="orgs.phone_revealed",
        by=by,
        unit=officer.unit,
        obj=officer,
        summary=f"查看{officer.unit}{officer.get_role_display()}{officer.name}的电话号码",
    )
    return decrypt(officer.phone_cipher)


@transaction.atomic
def set_have(*, unit: OrgUnit, item: str, since: dt.date, by: Actor, note: str = "") -> SixHaves:
    """The unit has ``item`` of “六有” from ``since``."""
    return _set_item(SixHaves, unit, HavesItem(item), since, note, by, "have")


@transaction.atomic
def clear_have(*, unit: OrgUnit, item: str, on: dt.date, by: Actor) -> None:
    """The unit has ``item`` no longer from ``on``."""
    _end(SixHaves, unit, on, by, "have", item=HavesItem(item))


@transaction.atomic
def set_lack(*, unit: OrgUnit, item: str, since: dt.date, by: Actor, note: str = "") -> FourLacks:
    """The unit lacks ``item`` of “四缺” from ``since``."""
    return _set_item(FourLacks, unit, LacksItem(item), since, note, by, "lack")


@transaction.atomic
def clear_lack(*, unit: OrgUnit, item: str, on: dt.date, by: Actor) -> None:
    """The unit lacks ``item`` no longer from ``on``."""
    _end(FourLacks, unit, on, by, "lack", item=LacksItem(item))


@transaction.atomic
def set_items(*, unit: OrgUnit, haves: Sequence[str], lacks: Sequence[str], on: dt.date, by: Actor) -> int:
    """Make the six haves and four lacks exactly these from ``on``; how many changed."""
    unit = _locked(unit, by)
    wanted: list[tuple[Any, Sequence[str], Callable[..., Any], Callable[..., None]]] = [
        (SixHaves, haves, set_have, clear_have),
        (FourLacks, lacks, set_lack, clear_lack),
    ]
    changed = 0
    for model, items, start, stop in wanted:
        present = set(model.objects.open_ended().filter(unit=unit).values_list("item", flat=True))
        for item in sorted(set(items) - present):
            start(unit=unit, item=item, since=on, by=by)
        for item in sorted(present - set(items)):
            stop(unit=unit, item=item, on=on, by=by)
        changed += len(present ^ set(items))
    return changed


@transaction.atomic
def confirm_expected(*, unit: OrgUnit, expected: bool, on: dt.date, by: Actor, basis: str = "") -> OrgUnit:
    """The city's word on whether the unit should have an association; a change is a dated edition."""
    return confirm_many(units=[unit], expected=expected, on=on, by=by, basis=basis)[0]


@transaction.atomic
def confirm_many(
    *, units: Sequence[OrgUnit], expected: bool, on: dt.date, by: Actor, basis: str = ""
) -> list[OrgUnit]:
    """:func:`confirm_expected` for several units at once: all or none."""
    locked = list(OrgUnit.objects.select_for_update().filter(pk__in=[unit.pk for unit in units]))
    if not locked:
        raise DomainError.of("none", "请至少选择一个单位。", "units")
    if not all(by.can(CONFIRM_EXPECTED, unit) for unit in locked):
        raise Forbidden.for_action(CONFIRM_EXPECTED.label)
    changing = [unit for unit in locked if unit.is_expected != expected]
    starts = UnitEdition.objects.filter(unit__in=changing, valid_to=None).aggregate(last=Max("valid_from"))
    check(
        [
            *(problem for unit in locked for problem in rules.unit_is_open(unit)),
            *(problem for unit in locked for problem in rules.expectation_can_change(unit, expected)),
            *rules.day_is_possible(on, today=clock.today(), field="on"),
            *rules.day_follows(on, last=starts["last"], field="on"),
        ]
    )
    for unit in locked:
        unit.is_expected, unit.expected_confirmed = expected, True
    OrgUnit.objects.bulk_update(locked, ["is_expected", "expected_confirmed"], batch_size=500)
    succeed_editions(changing, on=on, cause=EditionCause.EXPECTED, basis=basis, by=by)
    for unit in locked:
        record(
            kind="orgs.expected_confirmed",
            by=by,
            unit=unit,
            obj=unit,
            summary=f"{unit}：确认{'计入' if expected else '不计'}应建",
            data={"expected": expected, "changed": unit in changing, "on": on, "basis": basis},
        )
    return locked


def _locked(unit: OrgUnit, by: Actor, permission: Permission = EDIT_FACTS) -> OrgUnit:
    """The unit's row, held until the end of the transaction, so that its facts are written one after another."""
    locked = OrgUnit.objects.select_for_update().get(pk=unit.pk)
    if not by.can(permission, locked):
        raise Forbidden.for_action(permission.label)
    return locked


def _common(unit: OrgUnit, since: dt.date, history: Any) -> list[Problem]:
    latest = history.filter(voided_at=None).aggregate(day=Max(Greatest("valid_from", "valid_to")))["day"]
    return [
        *rules.unit_is_open(unit),
        *rules.day_is_possible(since, today=clock.today()),
        *rules.day_follows(since, last=latest),
    ]


def _succeed(
    model: FactModel, unit: OrgUnit, since: dt.date, values: dict[str, Any], by: Actor, **key: Any
) -> tuple[Fact, Fact]:
    """The new fact, and the one that it ends or replaces (``None`` for the first)."""
    present = model.objects.open_ended().filter(unit=unit, **key).first()
    if present is not None:
        _finish(present, since)
    fact = model.objects.create(unit=unit, valid_from=since, recorded_by=by.actor_label[:80], **key, **values)
    return fact, present


def _finish(fact: Any, on: dt.date) -> None:
    """End ``fact`` on ``on``; one that would not have held a single day is voided."""
    if on == fact.valid_from:
        fact.voided_at = clock.now()
        fact.save(update_fields=["voided_at"])
    else:
        fact.valid_to, fact.end_recorded_at = on, clock.now()
        fact.save(update_fields=["valid_to", "end_recorded_at"])


def _set_item(
    model: FactModel, unit: OrgUnit, item: Any, since: dt.date, note: str, by: Actor, kind: str
) -> Fact:
    unit = _locked(unit, by)
    check(_common(unit, since, model.objects.filter(unit=unit, item=item)))
    values = {"note": note.strip()}
    fact, before = _succeed(model, unit, since, values, by, item=item)
    _record(kind, unit, fact, f"{unit}：{item.label}", before, values, by)
    return fact


def _end(model: FactModel, unit: OrgUnit, on: dt.date, by: Actor, kind: str, **key: Any) -> None:
    unit = _locked(unit, by)
    present = model.objects.open_ended().filter(unit=unit, **key).first()
    label = next(iter(key.values())).label
    if present is None:
        raise DomainError.of("absent", f"{unit}没有“{label}”的登记，无需取消。")
    check([*_common(unit, on, model.objects.filter(pk=present.pk))])
    _finish(present, on)
    record(
        kind=f"orgs.{kind}_cleared",
        by=by,
        unit=unit,
        obj=present,
        summary=f"{unit}：取消“{label}”",
        data={"on": on},
    )


def _record(
    kind: str, unit: OrgUnit, fact: Any, summary: str, before: Any, values: dict[str, Any], by: Actor
) -> None:
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
