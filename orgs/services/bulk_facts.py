"""Facts of many units changed at once, from a sheet or from the list: all or none, each by the rules of a single one.

A change names a unit and new values by column (``orgs.layouts.units``). Columns of one fact go together: the establishment
(``state``, ``since``, ``reason_code``, ``reason``, ``planned_on``, ``responsible``, ``basis``), an officer
(``leader_…``, ``liaison_…``), an item (``has_…``, ``lack_…``), whether the unit is expected at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.cipher import digest, encrypt
from core.errors import DomainError, Problem
from orgs.choices import BlankReason, EstablishmentState, HavesItem, LacksItem, OfficerRole
from orgs.models import Establishment, FourLacks, OrgUnit, SixHaves, UnitOfficer
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS
from orgs.rules import facts as rules
from orgs.selectors.rows import in_order
from orgs.services.bulk_writing import NewFact, latest_days, write
from orgs.services.facts import confirm_many

STATED = ("state", "since", "reason_code", "reason", "planned_on", "responsible", "basis")
OFFICERS = {"leader": OfficerRole.LEADER_IN_CHARGE, "liaison": OfficerRole.LIAISON}
EXPECTED = "is_expected"


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One unit (an ``orgs.selectors.rows.UnitRow`` with its facts) and its new values by column."""

    unit: Any
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one unit's change is not possible, at the column it is about."""

    unit: Any
    column: str
    code: str
    message: str


def refusals(*, changes: Sequence[UnitChange], on: dt.date, by: Actor) -> list[Refusal]:
    """What the rules and permissions have against ``changes`` dated ``on``; five queries at most."""
    facts = [fact for change in changes for fact in drafted(change, on)]
    latest = latest_days(facts)
    found = [refusal for change in changes for refusal in _of_unit(change, on, by)]
    for fact in facts:
        last = latest.get((fact.model, *fact.place))
        problems = [
            *rules.day_is_possible(fact.since, today=clock.today()),
            *rules.day_follows(fact.since, last=last),
        ]
        day_column = "since" if fact.model is Establishment else fact.column
        found.extend(Refusal(fact.unit, day_column, each.code, each.message) for each in problems)
    return found


@transaction.atomic
def change_facts(*, changes: Sequence[UnitChange], on: dt.date, by: Actor, basis: str = "") -> int:
    """Write ``changes`` dated ``on`` (an establishment by its own ``since``); how many units changed.

    Raises :class:`DomainError` with every refusal by unit and column; then nothing is written.
    """
    held = _held(changes)
    refused = refusals(changes=held, on=on, by=by)
    if refused:
        raise DomainError(
            [Problem(each.code, f"{each.unit}：{each.message}", each.column) for each in refused]
        )
    write([fact for change in held for fact in drafted(change, on)], by)
    for expected in (True, False):
        turned = [change.unit for change in held if change.values.get(EXPECTED) is expected]
        if turned:
            confirm_many(units=turned, expected=expected, on=on, basis=basis, by=by)
    record(
        kind="orgs.facts_changed_in_bulk",
        by=by,
        summary=f"批量更新 {len(held):,} 个单位的情况",
        data={"units": len(held), "columns": sorted({key for change in held for key in change.values})},
    )
    return len(held)


def _held(changes: Sequence[UnitChange]) -> list[UnitChange]:
    """The changes on fresh rows, held in the order of their keys until the transaction ends."""
    values = {change.unit.pk: change.values for change in changes}
    held = OrgUnit.objects.select_for_update().filter(pk__in=values).order_by("pk")
    return [UnitChange(unit, values[unit.pk]) for unit in in_order(list(held.values_list("pk", flat=True)))]


def drafted(change: UnitChange, on: dt.date) -> Iterator[NewFact]:
    """The facts that a change begins or ends."""
    if any(key in change.values for key in STATED):
        yield _establishment(change)
    for name, role in OFFICERS.items():
        yield from _officer(change, name, role, on)
    for prefix, items, model, held in (
        ("has_", HavesItem, SixHaves, change.unit.haves_now),
        ("lack_", LacksItem, FourLacks, change.unit.lacks_now),
    ):
        for item in items:
            yield from _item(change, f"{prefix}{item.value}", item, model, held, on)


def stated_values(change: UnitChange) -> dict[str, Any]:
    """The establishment as it shall be: what is on record with the new values over it."""
    stated = change.unit.stated
    blank: dict[str, Any] = {"state": change.unit.state, "since": None, "planned_on": None}
    values = dict.fromkeys(STATED, "") | blank
    if stated is not None:
        values |= {name: getattr(stated, name) for name in STATED if name != "since"}
        values["since"] = stated.valid_from
    values |= {key: value for key, value in change.values.items() if key in STATED}
    if values["state"] == EstablishmentState.ESTABLISHED:
        kept = {key: change.values.get(key) for key in ("planned_on",)}
        values |= {"reason_code": "", "reason": ""} | kept
    return values | {"reason_code": values["reason_code"] or ""}


def _establishment(change: UnitChange) -> NewFact:
    values = stated_values(change)
    since = values.pop("since") or clock.today()
    label = EstablishmentState(values["state"]).label
    return NewFact(
        Establishment,
        change.unit,
        since,
        values,
        "orgs.establishment_set",
        f"{change.unit}：{label}",
        "state",
    )


def _officer(change: UnitChange, name: str, role: OfficerRole, on: dt.date) -> Iterator[NewFact]:
    new = {
        key.removeprefix(f"{name}_"): value
        for key, value in change.values.items()
        if key.startswith(f"{name}_")
    }
    if not new:
        return
    present = change.unit.officers_now.get(role)
    called = new.get("name", present.name if present else "").strip()
    is_same = present is not None and present.name == called
    column = next(f"{name}_{key}" for key in new)
    if not called:
        if present is not None:
            summary = f"{change.unit}：取消“{role.label}”"
            yield NewFact(
                UnitOfficer, change.unit, on, None, "orgs.officer_cleared", summary, column, {"role": role}
            )
        return
    values: dict[str, Any] = {
        "name": called,
        "post": new.get("post", present.post if is_same and present else "").strip(),
        "is_chair": bool(new.get("chair", present.is_chair if is_same and present else False)),
        "phone_cipher": present.phone_cipher if is_same and present else "",
        "phone_digest": present.phone_digest if is_same and present else "",
    }
    if "phone" in new:
        values |= {"phone_cipher": encrypt(new["phone"]), "phone_digest": digest(new["phone"])}
    since = present.valid_from if is_same and present else on
    summary = f"{change.unit}：{role.label}为{called}"
    yield NewFact(
        UnitOfficer, change.unit, since, values, "orgs.officer_set", summary, column, {"role": role}
    )


def _item(
    change: UnitChange, column: str, item: Any, model: Any, held: set[str], on: dt.date
) -> Iterator[NewFact]:
    wanted = change.values.get(column)
    if wanted is None or wanted == (item.value in held):
        return
    sort = "have" if model is SixHaves else "lack"
    if wanted:
        kind, values, summary = f"orgs.{sort}_set", {"note": ""}, f"{change.unit}：{item.label}"
    else:
        kind, values, summary = f"orgs.{sort}_cleared", None, f"{change.unit}：取消“{item.label}”"
    yield NewFact(model, change.unit, on, values, kind, summary, column, {"item": item})


def _of_unit(change: UnitChange, on: dt.date, by: Actor) -> Iterator[Refusal]:
    unit, values = change.unit, change.values
    first = next(iter(values), "")

    def refuse(problems: Iterator[Problem], column: str = "") -> Iterator[Refusal]:
        for each in problems:
            yield Refusal(unit, column or each.field or first, each.code, each.message)

    yield from refuse(rules.unit_is_open(unit), first)
    if any(key != EXPECTED for key in values) and not by.can(EDIT_FACTS, unit):
        yield Refusal(unit, first, "forbidden", "您没有维护该单位情况的权限。")
    if EXPECTED in values:
        if not by.can(CONFIRM_EXPECTED, unit):
            yield Refusal(unit, EXPECTED, "forbidden", "您没有确认该单位应建的权限。")
        yield from refuse(rules.expectation_can_change(unit, values[EXPECTED]), EXPECTED)
    if any(key in values for key in STATED):
        yield from refuse(_establishment_rules(change))
    for name, role in OFFICERS.items():
        yield from refuse(_officer_rules(change, name, role))


def _establishment_rules(change: UnitChange) -> Iterator[Problem]:
    values, stated = stated_values(change), change.unit.stated
    yield from rules.blank_spot_has_reason(values["state"], values["reason"], values["reason_code"])
    yield from rules.plan_follows(values["since"] or clock.today(), values["planned_on"])
    yield from rules.established_has_no_plan(values["state"], values["planned_on"])
    if stated is not None and values["state"] != stated.state and values["since"] == stated.valid_from:
        yield Problem("no_day", "建立情况有变化的，请同时把“自何日起”改为变化的日期。", "since")
    if values["reason_code"] and values["reason_code"] not in BlankReason.values:
        yield Problem("bad_reason", "请从列表中选择未建原因。", "reason_code")


def _officer_rules(change: UnitChange, name: str, role: OfficerRole) -> Iterator[Problem]:
    new = [key for key in change.values if key.startswith(f"{name}_")]
    present = change.unit.officers_now.get(role)
    called = change.values.get(f"{name}_name", present.name if present else "")
    more = [key for key in new if key != f"{name}_name" and change.values[key]]
    if more and not called.strip():
        yield Problem("no_name", f"请先填写{role.label}姓名。", more[0])
    for problem in rules.phone_is_a_phone(change.values.get(f"{name}_phone") or ""):
        yield Problem(problem.code, problem.message, f"{name}_phone")
