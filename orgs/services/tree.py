"""Changing the tree, one unit at a time, under one lock; every change is an edition."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.copying import copy_rows, new_keys
from core.errors import DomainError, Forbidden, check
from orgs.choices import CODE_DIGITS, EditionCause, Level
from orgs.models import OrgUnit, OrgUnitQuerySet, UnitEdition
from orgs.permissions import REORGANISE
from orgs.rules import tree as rules
from orgs.rules.divisions import PROPOSED_UNEXPECTED, display_name, kind_of
from orgs.rules.names import search_keys
from orgs.services import bulk
from orgs.services.locking import lock_tree

_KEPT = (
    *("name", "display_name", "division_code", "level", "kind", "is_expected", "parent_id"),
    *("province_id", "city_id", "county_id", "township_id"),
)


@transaction.atomic
def open_unit(
    *, parent: OrgUnit, name: str, division_code: str, on: dt.date, basis: str, by: Actor
) -> OrgUnit:
    """A new division under ``parent`` from ``on``; its level follows from the digits of its code."""
    lock_tree()
    parent = OrgUnit.objects.get(pk=parent.pk)
    _permit(by, parent)
    level = next((level for level, digits in CODE_DIGITS.items() if digits == len(division_code)), None)
    if level is None:
        raise DomainError.of("bad_code", "行政区划代码应为 2、4、6、9 或 12 位数字。", "division_code")
    name = name.strip()
    check(
        [
            *rules.code_fits_level(division_code, level),
            *rules.name_is_a_name(name),
            *rules.parent_takes(parent, level=level),
            *rules.code_stands_below(division_code, parent),
            *rules.day_has_come(on, today=clock.today()),
            *rules.day_follows_history(on, since=parent.opened_on),
        ]
    )
    if OrgUnit.objects.open().filter(division_code=division_code).exists():
        raise DomainError.of("duplicate", f"代码 {division_code} 已有单位使用。", "division_code")
    unit = _insert(parent, name, division_code, level, on)
    _write_edition([unit], on=on, cause=EditionCause.OPENED, basis=basis, by=by)
    record(kind="orgs.unit_opened", by=by, unit=unit, obj=unit, summary=f"设立{unit}（{division_code}）")
    return unit


def _insert(parent: OrgUnit, name: str, code: str, level: Level, on: dt.date) -> OrgUnit:
    kind = kind_of(code, name)
    keys = search_keys(name)
    is_expected = kind not in PROPOSED_UNEXPECTED
    is_alone = not _homonyms(parent, name, level).exists()
    row = (
        *(new_keys(OrgUnit, 1)[0], parent.pk, name),
        *(display_name(level, name, parent.display_name, is_alone=is_alone), code, level.value, kind.value),
        *(is_expected, is_expected, on, 0, 1, 0, parent.tree_id, *keys),
    )
    columns = (
        *("id", "parent_id", "name", "display_name", "division_code", "level", "kind", "is_expected"),
        *("expected_confirmed", "opened_on", "lft", "rght", "depth", "tree_id"),
        *("pinyin", "pinyin_joined", "initials"),
    )
    copy_rows(OrgUnit, columns, [row])
    bulk.rebuild_intervals()
    return OrgUnit.objects.get(pk=row[0])


def _homonyms(parent: OrgUnit, name: str, level: int) -> OrgUnitQuerySet:
    """Other counties of the province with this name."""
    counties = OrgUnit.objects.open().filter(level=Level.COUNTY, province_id=parent.province_id, name=name)
    return counties if level == Level.COUNTY else counties.none()


@transaction.atomic
def rename(*, unit: OrgUnit, name: str, on: dt.date, basis: str, by: Actor) -> OrgUnit:
    """A new name from ``on``, for the unit and in the full names of everything below it."""
    lock_tree()
    unit = OrgUnit.objects.get(pk=unit.pk)
    _permit(by, unit)
    name = name.strip()
    check(
        [
            *rules.unit_is_open(unit),
            *rules.name_is_a_name(name),
            *rules.day_has_come(on, today=clock.today()),
            *rules.day_follows_history(on, since=_recorded_since([unit])),
        ]
    )
    if name == unit.name:
        raise DomainError.of("same_name", "新名称与现名称相同。", "name")
    former = unit.name
    unit.name = name
    unit.pinyin, unit.pinyin_joined, unit.initials = search_keys(name)
    changed = _renamed_below(unit)
    OrgUnit.objects.bulk_update(
        changed, ["name", "display_name", "pinyin", "pinyin_joined", "initials"], batch_size=500
    )
    succeed_editions(changed, on=on, cause=EditionCause.RENAMED, basis=basis, by=by)
    record(
        kind="orgs.unit_renamed",
        by=by,
        unit=unit,
        obj=unit,
        summary=f"{former}更名为{name}",
        data={"name": [former, name], "on": on, "basis": basis},
    )
    return unit


def _renamed_below(unit: OrgUnit) -> list[OrgUnit]:
    """The unit and those below whose full name changes with it, with their new full names."""
    below = OrgUnit.objects.open().within(unit).exclude(pk=unit.pk).order_by("level")
    shown = {unit.pk: _shown(unit, unit.parent.display_name if unit.parent else "")}
    changed = [unit]
    unit.display_name = shown[unit.pk]
    for each in below:
        fresh = _shown(each, shown.get(each.parent_id, ""))
        shown[each.pk] = fresh
        if fresh != each.display_name:
            each.display_name = fresh
            changed.append(each)
    return changed


def _shown(unit: OrgUnit, above: str) -> str:
    is_alone = True
    if unit.level == Level.COUNTY:
        is_alone = not _homonyms(unit, unit.name, unit.level).exclude(pk=unit.pk).exists()
    return display_name(unit.level, unit.name, above, is_alone=is_alone)


@transaction.atomic
def move(*, unit: OrgUnit, parent: OrgUnit, on: dt.date, basis: str, by: Actor) -> OrgUnit:
    """Hang ``unit``, with everything below it, on ``parent`` from ``on``."""
    lock_tree()
    unit = OrgUnit.objects.get(pk=unit.pk)
    parent = OrgUnit.objects.get(pk=parent.pk)
    _permit(by, unit)
    _permit(by, parent)
    below = list(OrgUnit.objects.open().within(unit))
    check(
        [
            *rules.unit_is_open(unit),
            *rules.does_not_hang_on_itself(unit, parent),
            *rules.parent_takes(parent, level=unit.level),
            *rules.day_has_come(on, today=clock.today()),
            *rules.day_follows_history(on, since=_recorded_since(below)),
        ]
    )
    if unit.parent_id == parent.pk:
        raise DomainError.of("same_parent", f"{unit}已隶属于{parent}。", "parent")
    former = OrgUnit.objects.get(pk=unit.parent_id)
    OrgUnit.objects.filter(pk=unit.pk).update(parent=parent)
    bulk.rebuild_intervals()
    unit = OrgUnit.objects.get(pk=unit.pk)
    renamed = _renamed_below(unit)
    OrgUnit.objects.bulk_update(renamed, ["display_name"], batch_size=500)
    moved = list(OrgUnit.objects.open().within(unit))
    succeed_editions(moved, on=on, cause=EditionCause.MOVED, basis=basis, by=by)
    record(
        kind="orgs.unit_moved",
        by=by,
        unit=unit,
        obj=unit,
        summary=f"{unit}由{former}改隶{parent}",
        data={"parent": [former.pk, parent.pk], "on": on, "basis": basis, "units": len(moved)},
    )
    return unit


@transaction.atomic
def rebuild(*, by: Actor) -> int:
    """Work out every interval and ancestor column anew from parents and codes; how many units were wrong."""
    lock_tree()
    wrong = bulk.rebuild_intervals()
    if wrong:
        record(kind="orgs.tree_rebuilt", by=by, summary=f"重建组织树：更正 {wrong:,} 个单位的位置")
    return wrong


def _permit(by: Actor, unit: OrgUnit) -> None:
    if not by.can(REORGANISE, unit):
        raise Forbidden.for_action(REORGANISE.label)


def _recorded_since(units: list[OrgUnit]) -> dt.date:
    """The latest start of the present editions of ``units``; a closed unit has none."""
    starts = UnitEdition.objects.filter(unit__in=units, valid_to=None).values_list("valid_from", flat=True)
    return max(starts, default=dt.date.min)


def succeed_editions(
    units: list[OrgUnit], *, on: dt.date, cause: EditionCause, basis: str, by: Actor
) -> list[UnitEdition]:
    """End the present editions of ``units`` on ``on`` and write their present state as the next ones."""
    UnitEdition.objects.filter(unit__in=units, valid_to=None).update(valid_to=on)
    return _write_edition(units, on=on, cause=cause, basis=basis, by=by)


def _write_edition(
    units: list[OrgUnit], *, on: dt.date, cause: EditionCause, basis: str, by: Actor
) -> list[UnitEdition]:
    """The present state of ``units`` as an edition from ``on``."""
    return UnitEdition.objects.bulk_create(
        [
            UnitEdition(
                unit=unit,
                valid_from=on,
                recorded_by=by.actor_label[:120],
                cause=cause,
                basis=basis[:200],
                **{field: getattr(unit, field) for field in _KEPT},
            )
            for unit in units
        ],
        batch_size=1000,
    )
