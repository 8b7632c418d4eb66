"""The list of units coming back as a sheet: what it would change, and changing it."""

from __future__ import annotations

from typing import IO, Any

from core import clock
from core.keys import keys_in
from core.roundtrip import Plan, compare, read_book
from files.registry import Importer, Progress
from orgs.layouts.units import LAYOUT
from orgs.models import OrgUnit, OrgUnitQuerySet
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS, VIEW_UNITS
from orgs.selectors.rows import CHUNK, UnitRow, in_order
from orgs.services.bulk_facts import UnitChange, change_facts, refusals

KIND = "orgs.units"
BASIS = "表格导入"
LABELS = {field.key: field.label for field in LAYOUT.fields}


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.can_anywhere(EDIT_FACTS) or user.can_anywhere(CONFIRM_EXPECTED)


def _read(user: Any, params: dict[str, Any], file: IO[bytes], progress: Progress, locking: bool) -> Plan:
    incoming = read_book(file, LAYOUT)
    present = _present(user, incoming.keys(), incoming.naturals(), locking, progress)
    plan = compare(LAYOUT, incoming, present)
    progress(len(incoming.rows), len(incoming.rows), "正在按规则核对")
    rows = {change.record.pk: change for change in plan.changes}
    for refusal in refusals(changes=changes_of(plan), on=clock.today(), by=user):
        label = LABELS.get(refusal.column, "")
        plan.refuse(
            rows[refusal.unit.pk], refusal.message, key=refusal.column, label=label, code=refusal.code
        )
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


def changes_of(plan: Plan) -> list[UnitChange]:
    return [UnitChange(change.record, change.values) for change in plan.changes]


def _present(
    user: Any, keys: list[str], naturals: list[str], locking: bool, progress: Progress
) -> dict[str, Any]:
    """The units in sight that the rows name, by key and by code, filled; held when ``locking``."""
    ids = sorted(set(keys_in(keys)))
    units = OrgUnit.objects.visible_to(user, VIEW_UNITS)
    found: dict[str, Any] = {}
    for start in range(0, len(ids), CHUNK):
        for row in _rows(units.filter(pk__in=ids[start : start + CHUNK]), locking):
            found[str(row.pk)] = row
        progress(start, len(ids), "正在与系统数据比对")
    for start in range(0, len(naturals), CHUNK):
        for row in _rows(units.open().filter(division_code__in=naturals[start : start + CHUNK]), locking):
            found[row.division_code] = row
    return found


def _rows(units: OrgUnitQuerySet, locking: bool) -> list[UnitRow]:
    ids = units.order_by("pk").values_list("pk", flat=True)
    return in_order(list(ids.select_for_update(of=("self",)) if locking else ids))


def _apply(user: Any, params: dict[str, Any], plan: Plan, progress: Progress) -> str:
    progress(0, len(plan.changes), "正在写入")
    done = change_facts(changes=changes_of(plan), on=clock.today(), by=user, basis=BASIS)
    return f"已更新 {done:,} 个单位。"


UNITS_IMPORT = Importer(
    kind=KIND,
    title="单位名册",
    intro="可改：应建、建立情况、空白点原因和计划、责任人、六有四缺、分管领导和联络员。六有四缺、应建和人员的变化自导入当日起算。",
    allowed=_allowed,
    read=_read,
    apply=_apply,
    back="orgs:list",
    export=KIND,
)
