"""Working a reorganisation out: all lines on the units in memory, then what follows from them, top down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from orgs.choices import ActKind, EditionCause, Level
from orgs.rules.divisions import LEVEL_OF_DIGITS, PROPOSED_UNEXPECTED, display_name, kind_of
from orgs.rules.reorganising.plan import Heir, Line, Plan, Standing, compare, key_of_line

#: Of several changes of one unit, its edition names the weightiest.
_WEIGHT = (EditionCause.RENAMED, EditionCause.RECODED, EditionCause.MOVED, EditionCause.RELEVELLED)
#: Causes that put a unit, and what lies below it, under other units.
_PLACING = (EditionCause.MOVED, EditionCause.RELEVELLED)


def work_out(
    lines: Sequence[Line],
    land: Mapping[int, Standing],
    *,
    on: dt.date,
    homonyms: Mapping[str, Collection[int]] = {},
) -> Plan:
    """The tree after ``lines``. ``land`` holds the units acted on, all below and all above; ``homonyms`` the open
    counties of the province by name. Lines that contradict are carried out as far as they go: the demands tell."""
    plan = Plan(on=on, lines=list(lines), before=dict(land), after={})
    plan.after = {pk: replace(unit) for pk, unit in land.items()}
    for place, line in enumerate(lines):
        if line.kind == ActKind.OPEN:
            _open(plan, place, line)
    for line in lines:
        if line.kind in _WORK and line.unit_id in plan.after:
            _WORK[ActKind(line.kind)](plan, line, plan.after[line.unit_id])
    _let_children_follow(plan)
    _hang_closed_ones_higher(plan)
    _carry_codes_down(plan)
    _carry_names_down(plan, homonyms)
    compare(plan)
    _name_causes_below(plan)
    return plan


def _target(plan: Plan, line: Line) -> int | None:
    """The successor or parent that a line names, open already or set up by another line."""
    if line.opens is not None:
        key = key_of_line(line.opens)
        return key if key in plan.after else None
    return line.into_id or line.parent_id


def _open(plan: Plan, place: int, line: Line) -> None:
    level = LEVEL_OF_DIGITS.get(len(line.division_code))
    if level is None:
        return
    kind = kind_of(line.division_code, line.name) if line.division_code.isdigit() else "regular"
    parent = key_of_line(line.opens) if line.opens is not None else line.parent_id
    key = key_of_line(place)
    plan.after[key] = Standing(
        pk=key,
        parent_id=parent,
        name=line.name,
        display_name=line.name,
        code=line.division_code,
        level=level.value,
        kind=str(kind),
        is_expected=kind not in PROPOSED_UNEXPECTED,
        opened_on=plan.on,
    )
    plan.causes[key] = EditionCause.OPENED


def _mark(plan: Plan, pk: int, cause: EditionCause) -> None:
    present = plan.causes.get(pk)
    if present is None or (
        present in _WEIGHT and cause in _WEIGHT and _WEIGHT.index(cause) > _WEIGHT.index(present)
    ):
        plan.causes[pk] = cause


def _rename(plan: Plan, line: Line, unit: Standing) -> None:
    unit.name = line.name
    if unit.level >= Level.TOWNSHIP:
        unit.kind = str(kind_of(unit.code, unit.name))
    _mark(plan, unit.pk, EditionCause.RENAMED)


def _recode(plan: Plan, line: Line, unit: Standing) -> None:
    _set_code(unit, line)
    _mark(plan, unit.pk, EditionCause.RECODED)


def _set_code(unit: Standing, line: Line) -> None:
    """A new code may make an ordinary unit of a quasi-division or a zone, and the other way round."""
    if not line.division_code:
        return
    unit.code = line.division_code
    if len(unit.code) in LEVEL_OF_DIGITS and unit.code.isdigit():
        unit.kind = str(kind_of(unit.code, unit.name))


def _move(plan: Plan, line: Line, unit: Standing) -> None:
    parent = _target(plan, line)
    if parent is not None:
        unit.parent_id = parent
    _set_code(unit, line)
    _mark(plan, unit.pk, EditionCause.MOVED)


def _relevel(plan: Plan, line: Line, unit: Standing) -> None:
    """升格 or 降格: the level follows the digits of the new code."""
    _set_code(unit, line)
    unit.level = LEVEL_OF_DIGITS.get(len(line.division_code), Level(unit.level)).value
    parent = _target(plan, line)
    if parent is not None:
        unit.parent_id = parent
    if line.name:
        unit.name = line.name
    _mark(plan, unit.pk, EditionCause.RELEVELLED)


def _merge(plan: Plan, line: Line, unit: Standing) -> None:
    successor = _target(plan, line)
    if successor is None or successor == unit.pk:
        return
    unit.closed_on = plan.on
    plan.heirs.setdefault(unit.pk, []).append(Heir(successor, True, EditionCause.MERGED))
    if plan.causes.get(successor) == EditionCause.OPENED:
        plan.causes[successor] = EditionCause.MERGED


def _split(plan: Plan, line: Line, unit: Standing) -> None:
    """One line a successor; a unit that is its own successor lives on."""
    successor = _target(plan, line)
    if successor is None or successor == unit.pk:
        return
    if not any(each.unit_id == unit.pk and each.into_id == unit.pk for each in plan.lines):
        unit.closed_on = plan.on
    plan.heirs.setdefault(unit.pk, []).append(Heir(successor, line.is_main, EditionCause.SPLIT))
    if plan.causes.get(successor) == EditionCause.OPENED:
        plan.causes[successor] = EditionCause.SPLIT


def _close(plan: Plan, line: Line, unit: Standing) -> None:
    unit.closed_on = plan.on


_WORK: dict[ActKind, Callable[[Plan, Line, Standing], None]] = {
    ActKind.RENAME: _rename,
    ActKind.RECODE: _recode,
    ActKind.MOVE: _move,
    ActKind.RELEVEL: _relevel,
    ActKind.MERGE: _merge,
    ActKind.SPLIT: _split,
    ActKind.CLOSE: _close,
}


def _let_children_follow(plan: Plan) -> None:
    """What lies below a merged unit goes with it, unless a line sends it elsewhere."""
    merged = {pk: heirs[0].pk for pk, heirs in plan.heirs.items() if heirs[0].cause == EditionCause.MERGED}
    for unit in plan.after.values():
        if unit.is_open and unit.parent_id in merged:
            unit.parent_id = merged[unit.parent_id]
            plan.following[unit.pk] = unit.parent_id
            _mark(plan, unit.pk, EditionCause.MOVED)


def _hang_closed_ones_higher(plan: Plan) -> None:
    """A closed unit keeps a parent of a higher level, also where its own was lowered."""
    for unit in plan.after.values():
        seen: set[int] = set()
        while not unit.is_open and unit.parent_id in plan.after and unit.parent_id not in seen:
            seen.add(unit.parent_id)
            parent = plan.after[unit.parent_id]
            if parent.level < unit.level or parent.parent_id is None:
                break
            unit.parent_id = parent.parent_id


def _top_down(plan: Plan) -> list[Standing]:
    return sorted(plan.after.values(), key=lambda unit: (unit.level, unit.code, unit.pk))


def _carry_codes_down(plan: Plan) -> None:
    """A new code reaches the codes below that began with the old one."""
    for unit in _top_down(plan):
        before = plan.before.get(unit.pk)
        if before is None or not unit.is_open or before.code != unit.code or unit.parent_id is None:
            continue
        old, new = plan.before.get(unit.parent_id), plan.after.get(unit.parent_id)
        if old is None or new is None or old.code == new.code or len(old.code) != len(new.code):
            continue
        if unit.code.startswith(old.code) and before.parent_id == unit.parent_id:
            unit.code = new.code + unit.code[len(old.code) :]
            _mark(plan, unit.pk, EditionCause.RECODED)


def _carry_names_down(plan: Plan, homonyms: Mapping[str, Collection[int]]) -> None:
    """Full names anew where a unit, its place or the full name above it has changed."""
    for unit in _top_down(plan):
        if not unit.is_open:
            continue
        before = plan.before.get(unit.pk)
        above = plan.after.get(unit.parent_id or 0)
        if before is not None and not _is_named_anew(plan, unit, before, above):
            continue
        is_alone = unit.level != Level.COUNTY or not _homonyms(plan, unit, homonyms)
        unit.display_name = display_name(
            unit.level, unit.name, above.display_name if above else "", is_alone=is_alone
        )
        if before is not None and before.display_name != unit.display_name:
            _mark(plan, unit.pk, EditionCause.RENAMED)


def _is_named_anew(plan: Plan, unit: Standing, before: Standing, above: Standing | None) -> bool:
    if (unit.name, unit.parent_id, unit.level) != (before.name, before.parent_id, before.level):
        return True
    former = plan.before.get(before.parent_id or 0)
    return bool(above and former and above.display_name != former.display_name)


def _homonyms(plan: Plan, unit: Standing, homonyms: Mapping[str, Collection[int]]) -> bool:
    """Whether another county, open afterwards, has the same name."""
    elsewhere = set(homonyms.get(unit.name, ())) - plan.after.keys()
    here = any(
        each.pk != unit.pk and each.is_open and each.level == Level.COUNTY and each.name == unit.name
        for each in plan.after.values()
    )
    return here or bool(elsewhere)


def _name_causes_below(plan: Plan) -> None:
    """What has other units above it only because of one of them has that unit's cause."""
    for pk in sorted(plan.carried, key=lambda pk: plan.after[pk].level):
        above = plan.after[pk].parent_id
        while above is not None and above not in plan.causes:
            above = plan.after[above].parent_id if above in plan.after else None
        cause = plan.causes.get(above) if above is not None else None
        _mark(plan, pk, cause if cause in _PLACING else EditionCause.MOVED)
