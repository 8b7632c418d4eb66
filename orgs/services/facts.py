"""The dated facts of a unit: established or not, officers, six haves, four lacks, whether it is expected at all.

A new fact ends the one before it on the same day; a second one for that very day replaces it and leaves it voided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit.services import record, record_many
from core import clock
from core.actor import Actor
from core.cipher import decrypt, digest, encrypt
from core.errors import DomainError, Forbidden, check
from orgs.choices import BlankReason, EditionCause, EstablishmentState, HavesItem, LacksItem, OfficerRole
from orgs.models import Establishment, Expectation, FourLacks, OrgUnit, SixHaves, UnitEdition, UnitOfficer
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS
from orgs.rules import facts as rules
from orgs.services.dated import (
    Fact,
    FactModel,
    demands_of_day,
    end_fact,
    hold_unit,
    record_set,
    succeed,
)
from orgs.services.tree import succeed_editions


@transaction.atomic
def set_establishment(
    *,
    unit: OrgUnit,
    state: str,
    since: dt.date,
    by: Actor,
    reason_code: str = "",
    reason: str = "",
    planned_on: dt.date | None = None,
    responsible: str = "",
    basis: str = "",
) -> Establishment:
    """Whether the association stands from ``since``; where it does not: why, until when, who is responsible."""
    unit = hold_unit(unit, by)
    check(
        [
            *demands_of_day(unit, since, Establishment.objects.filter(unit=unit)),
            *rules.blank_spot_has_reason(state, reason, reason_code),
            *rules.plan_follows(since, planned_on),
            *rules.established_has_no_plan(state, planned_on),
        ]
    )
    is_open = state != EstablishmentState.ESTABLISHED
    values = {
        "state": EstablishmentState(state),
        "reason_code": BlankReason(reason_code) if is_open and reason_code else "",
        "reason": reason.strip() if is_open else "",
        "planned_on": planned_on,
        "responsible": responsible.strip(),
        "basis": basis.strip(),
    }
    fact, before = succeed(Establishment, unit, since, values, by)
    record_set("establishment", unit, fact, f"{unit}：{fact.get_state_display()}", before, values, by)
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
    unit = hold_unit(unit, by)
    check(
        [
            *demands_of_day(unit, since, UnitOfficer.objects.filter(unit=unit, role=role)),
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
    fact, before = succeed(UnitOfficer, unit, since, values, by, role=OfficerRole(role))
    shown = {key: value for key, value in values.items() if not key.startswith("phone")}
    summary = f"{unit}：{fact.get_role_display()}为{name}"
    record_set("officer", unit, fact, summary, before, shown, by)
    return fact


@transaction.atomic
def clear_officer(*, unit: OrgUnit, role: str, on: dt.date, by: Actor) -> None:
    """Nobody holds ``role`` from ``on``."""
    end_fact(UnitOfficer, unit, on, by, "officer", role=OfficerRole(role))


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
    end_fact(SixHaves, unit, on, by, "have", item=HavesItem(item))


@transaction.atomic
def set_lack(*, unit: OrgUnit, item: str, since: dt.date, by: Actor, note: str = "") -> FourLacks:
    """The unit lacks ``item`` of “四缺” from ``since``."""
    return _set_item(FourLacks, unit, LacksItem(item), since, note, by, "lack")


@transaction.atomic
def clear_lack(*, unit: OrgUnit, item: str, on: dt.date, by: Actor) -> None:
    """The unit lacks ``item`` no longer from ``on``."""
    end_fact(FourLacks, unit, on, by, "lack", item=LacksItem(item))


@transaction.atomic
def set_items(*, unit: OrgUnit, haves: Sequence[str], lacks: Sequence[str], on: dt.date, by: Actor) -> int:
    """Make the six haves and four lacks exactly these from ``on``; how many changed."""
    unit = hold_unit(unit, by)
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
    words = Expectation.objects.open_ended().filter(unit__in=locked).aggregate(last=Max("valid_from"))
    starts = UnitEdition.objects.filter(unit__in=changing, valid_to=None).aggregate(last=Max("valid_from"))
    check(
        [
            *(problem for unit in locked for problem in rules.unit_is_open(unit)),
            *(problem for unit in locked for problem in rules.expectation_can_change(unit, expected)),
            *rules.day_is_possible(on, today=clock.today(), field="on"),
            *rules.day_follows(on, last=_latest(starts["last"], words["last"]), field="on"),
        ]
    )
    changed = {unit.pk for unit in changing}
    for unit in locked:
        unit.is_expected, unit.expected_confirmed = expected, True
    OrgUnit.objects.bulk_update(locked, ["is_expected", "expected_confirmed"], batch_size=500)
    succeed_editions(changing, on=on, cause=EditionCause.EXPECTED, basis=basis, by=by)
    _succeed_expectations(locked, expected=expected, on=on, basis=basis, by=by)
    record_many(
        kind="orgs.expected_confirmed",
        by=by,
        rows=[
            {
                "unit_id": unit.pk,
                "unit_label": str(unit)[:200],
                "object_label": unit._meta.label_lower,
                "object_id": str(unit.pk),
                "summary": f"{unit}：确认{'计入' if expected else '不计'}应建"[:500],
                "data": {"expected": expected, "changed": unit.pk in changed, "on": on, "basis": basis},
            }
            for unit in locked
        ],
    )
    return locked


def _latest(*days: dt.date | None) -> dt.date | None:
    return max((day for day in days if day is not None), default=None)


def _succeed_expectations(
    units: Sequence[OrgUnit], *, expected: bool, on: dt.date, basis: str, by: Actor
) -> None:
    """Who confirmed it: the word before ends on ``on``, or is voided where it began on that very day."""
    present = Expectation.objects.open_ended().filter(unit__in=units)
    now = clock.now()
    present.filter(valid_from=on).update(voided_at=now)
    present.filter(valid_from__lt=on).update(valid_to=on, end_recorded_at=now)
    Expectation.objects.bulk_create(
        [
            Expectation(
                unit=unit,
                is_expected=expected,
                basis=basis.strip(),
                valid_from=on,
                recorded_at=now,
                recorded_by=by.actor_label[:80],
            )
            for unit in units
        ],
        batch_size=1000,
    )


def _set_item(
    model: FactModel, unit: OrgUnit, item: Any, since: dt.date, note: str, by: Actor, kind: str
) -> Fact:
    unit = hold_unit(unit, by)
    check(demands_of_day(unit, since, model.objects.filter(unit=unit, item=item)))
    values = {"note": note.strip()}
    fact, before = succeed(model, unit, since, values, by, item=item)
    record_set(kind, unit, fact, f"{unit}：{item.label}", before, values, by)
    return fact
