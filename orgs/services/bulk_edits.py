"""The same change for many units chosen in the list: what it does to each, what is refused, and doing it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import QueryDict

from core.actor import Actor
from core.listing import NOT_KEPT
from core.roundtrip import CellChange, canonical, written
from orgs.layouts.units import LAYOUT
from orgs.models import Cohort, OrgUnit
from orgs.permissions import MANAGE_COHORTS
from orgs.rules import cohorts as rules
from orgs.rules import facts as fact_rules
from orgs.selectors.cohorts import present_member_ids
from orgs.services.bulk_facts import STATED, Refusal, UnitChange, change_facts, refusals
from orgs.services.cohorts import add_members, end_members

MOST = 20_000
JOIN, LEAVE = "join", "leave"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which units: those named, or all that the list's address finds when it is asked."""

    query: str
    ids: list[int] = field(default_factory=list)
    is_all: bool = False

    def as_query(self) -> QueryDict:
        given = QueryDict(self.query, mutable=True)
        for name in NOT_KEPT:
            given.pop(name, None)
        return given


@dataclass(frozen=True, slots=True)
class Edit:
    """New values by column of the sheet, or joining or leaving a cohort, from ``on``."""

    on: dt.date
    values: dict[str, Any] = field(default_factory=dict)
    cohort: Cohort | None = None
    act: str = ""
    basis: str = ""


@dataclass(slots=True)
class EditedUnit:
    unit: Any
    values: dict[str, Any]
    cells: list[CellChange]


@dataclass(slots=True)
class EditPlan:
    """What an edit does to each unit; ``digest`` names exactly this."""

    changes: list[EditedUnit] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unchanged: int = 0

    @property
    def can_apply(self) -> bool:
        return bool(self.changes) and not self.refusals

    @property
    def digest(self) -> str:
        made = hashlib.sha256()
        for change in self.changes:
            for cell in change.cells:
                made.update(f"{change.unit.pk}\0{cell.key}\0{cell.old}\0{cell.new}\1".encode())
        return made.hexdigest()


def plan_edit(*, units: Sequence[Any], edit: Edit, by: Actor) -> EditPlan:
    """Every change old → new and every refusal for ``units`` (filled); nothing is written."""
    plan = EditPlan()
    members = present_member_ids(edit.cohort) if edit.cohort is not None else set()
    for unit in units:
        change = (
            _membership(unit, edit, unit.pk in members) if edit.cohort is not None else _facts(unit, edit)
        )
        if change is None:
            plan.unchanged += 1
        else:
            plan.changes.append(change)
    if edit.cohort is None:
        changes = [UnitChange(change.unit, change.values) for change in plan.changes]
        plan.refusals = refusals(changes=changes, on=edit.on, by=by)
    else:
        plan.refusals = list(_membership_refusals(plan.changes, edit.cohort, edit, by))
    return plan


def _membership_refusals(
    changes: Sequence[EditedUnit], cohort: Cohort, edit: Edit, by: Actor
) -> Iterator[Refusal]:
    may = by.can(MANAGE_COHORTS, cohort.owner)
    for change in changes:
        if not may:
            yield Refusal(change.unit, "cohorts", "forbidden", f"您没有维护“{cohort}”的权限。")
        elif edit.act == JOIN:
            problems = (*rules.unit_belongs(change.unit, cohort), *fact_rules.unit_is_open(change.unit))
            yield from (Refusal(change.unit, "cohorts", each.code, each.message) for each in problems)


@transaction.atomic
def apply_edit(*, plan: EditPlan, edit: Edit, by: Actor) -> str:
    """Do what ``plan`` says, all or nothing; the sentence that tells what was done."""
    if edit.cohort is not None:
        units = list(OrgUnit.objects.filter(pk__in=[change.unit.pk for change in plan.changes]))
        if edit.act == JOIN:
            done = add_members(cohort=edit.cohort, units=units, since=edit.on, by=by)
            return f"已将 {done:,} 个单位加入“{edit.cohort}”。"
        done = end_members(cohort=edit.cohort, units=units, on=edit.on, by=by)
        return f"已将 {done:,} 个单位移出“{edit.cohort}”。"
    changes = [UnitChange(change.unit, change.values) for change in plan.changes]
    done = change_facts(changes=changes, on=edit.on, basis=edit.basis, by=by)
    return f"已更新 {done:,} 个单位。"


def _facts(unit: Any, edit: Edit) -> EditedUnit | None:
    cells, values = [], {}
    for column in LAYOUT.fields:
        if column.key not in edit.values:
            continue
        new = edit.values[column.key]
        old_text = canonical(written(column, column.value_of(unit)))
        new_text = canonical(written(column, new))
        if old_text != new_text:
            values[column.key] = new
            cells.append(CellChange(column.key, column.label, old_text, new_text))
    changes_state = {cell.key for cell in cells} & set(STATED)
    if changes_state == {"since"}:
        return None
    return EditedUnit(unit, values, cells) if cells else None


def _membership(unit: Any, edit: Edit, is_in: bool) -> EditedUnit | None:
    if is_in == (edit.act == JOIN):
        return None
    names = [name for name in unit.cohort_names if name != str(edit.cohort)]
    after = [*names, str(edit.cohort)] if edit.act == JOIN else names
    cell = CellChange("cohorts", "所在单位集", "、".join(unit.cohort_names), "、".join(after))
    return EditedUnit(unit, {}, [cell])
