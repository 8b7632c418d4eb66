"""What must hold of a reorganisation. Each function returns the problems it finds; ``meta["line"]`` is the line's place.

A problem whose code is in :data:`UNFINISHED` keeps a draft from being carried out, not from being written down.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import Problem
from core.formats import day
from orgs.choices import CODE_DIGITS, ActKind, Level
from orgs.rules.divisions import DISPLAY_LIMIT, LEVEL_OF_DIGITS, NAME_LIMIT, kind_of
from orgs.rules.reorganising.plan import ENDING, Line, Plan, Standing, key_of_line

#: What a draft may still lack.
UNFINISHED = frozenset({"nothing", "homeless", "split_alone", "no_main"})

_WANTS_NAME = frozenset({ActKind.OPEN, ActKind.RENAME})
_WANTS_CODE = frozenset({ActKind.OPEN, ActKind.RECODE, ActKind.RELEVEL})
_WANTS_PARENT = frozenset({ActKind.OPEN, ActKind.MOVE})
_WANTS_SUCCESSOR = frozenset({ActKind.MERGE, ActKind.SPLIT})


def demands_of(plan: Plan, *, codes_elsewhere: Mapping[str, str]) -> list[Problem]:
    """Everything that stands against the plan. ``codes_elsewhere`` are the names of open units outside of it that have
    one of the plan's codes."""
    if not plan.lines:
        return [Problem("nothing", "还没有登记调整事项。请先添加至少一项。")]
    found: list[Problem] = []
    for place, line in enumerate(plan.lines):
        found += [_at(place, problem) for problem in _line_demands(plan, line)]
    if found:
        return found
    found += lines_agree(plan)
    found += successors_live(plan)
    if found:
        return found
    found += splits_are_whole(plan)
    found += children_have_a_home(plan)
    found += nobody_hangs_on_itself(plan)
    if found:
        return found
    return [
        *parents_are_higher(plan),
        *codes_stand_below(plan),
        *codes_are_free(plan, codes_elsewhere),
        *names_can_be_shown(plan),
        *days_follow_history(plan),
    ]


def _at(place: int, problem: Problem) -> Problem:
    problem.meta["line"] = place
    return problem


def _problem(code: str, message: str, field: str | None = None, **meta: Any) -> Problem:
    return Problem(code, message, field, meta=meta)


def _line_demands(plan: Plan, line: Line) -> Iterator[Problem]:
    yield from names_an_open_unit(plan, line)
    yield from has_what_its_kind_wants(plan, line)
    yield from name_is_a_name(plan, line)
    yield from code_has_digits(plan, line)
    yield from successor_is_another_of_its_level(plan, line)
    yield from changes_something(plan, line)


def names_an_open_unit(plan: Plan, line: Line) -> Iterator[Problem]:
    if line.kind == ActKind.OPEN:
        return
    unit = plan.before.get(line.unit_id or 0)
    if unit is None:
        yield _problem("no_unit", "请选择单位。", "unit")
    elif not unit.is_open:
        yield _problem("closed", f"{unit.display_name}已撤销，不能再调整。", "unit")
    elif unit.level == Level.PROVINCE and line.kind != ActKind.RENAME:
        yield _problem("province", "省级单位只能更名。", "unit")


def has_what_its_kind_wants(plan: Plan, line: Line) -> Iterator[Problem]:
    kind = ActKind(line.kind)
    if kind in _WANTS_NAME and not line.name.strip():
        yield _problem("no_name", "请填写名称。", "name")
    if kind in _WANTS_CODE and not line.division_code:
        yield _problem("no_code", "请填写新的行政区划代码。", "division_code")
    named = line.opens is not None and key_of_line(line.opens) in plan.after
    if kind in _WANTS_PARENT and not named and line.parent_id not in plan.before:
        yield _problem("no_parent", "请选择上级单位。", "parent")
    if kind in _WANTS_SUCCESSOR and not named and line.into_id not in plan.before:
        yield _problem("no_successor", "请选择承接单位。", "into")


def name_is_a_name(plan: Plan, line: Line) -> Iterator[Problem]:
    if len(line.name) > NAME_LIMIT:
        yield _problem("long_name", f"名称不能超过 {NAME_LIMIT} 字。", "name")


def code_has_digits(plan: Plan, line: Line) -> Iterator[Problem]:
    """The digits of a code are those of a level; only 设立 and 升格或降格 choose the level."""
    code = line.division_code
    if not code:
        return
    if not (code.isascii() and code.isdigit() and len(code) in LEVEL_OF_DIGITS) or len(code) == 2:
        yield _problem("bad_code", "行政区划代码应为 4、6、9 或 12 位数字。", "division_code")
        return
    unit = plan.before.get(line.unit_id or 0)
    if unit is None:
        return
    same = len(code) == CODE_DIGITS[Level(unit.level)]
    if line.kind == ActKind.RELEVEL and same:
        yield _problem(
            "same_level",
            f"代码位数与现层级（{Level(unit.level).label}）相同，没有升降格；只变更代码请选“代码变更”。",
            "division_code",
        )
    elif line.kind in (ActKind.RECODE, ActKind.MOVE) and not same:
        yield _problem(
            "bad_code",
            f"{Level(unit.level).label}的代码应为 {CODE_DIGITS[Level(unit.level)]} 位；升降格请选“升格或降格”。",
            "division_code",
        )


def successor_is_another_of_its_level(plan: Plan, line: Line) -> Iterator[Problem]:
    """Merging and splitting stay within a level: what becomes part of another level is moved or raised first."""
    if line.kind not in _WANTS_SUCCESSOR:
        return
    unit, successor = plan.before.get(line.unit_id or 0), _successor(plan, line)
    if unit is None or successor is None:
        return
    if successor.pk == unit.pk and line.kind == ActKind.MERGE:
        yield _problem("itself", "不能并入本单位。", "into")
    elif not successor.is_open and successor.pk in plan.before and not plan.before[successor.pk].is_open:
        yield _problem("closed_successor", f"{successor.display_name}已撤销，不能作为承接单位。", "into")
    elif successor.level != unit.level:
        yield _problem(
            "successor_level",
            f"{unit.display_name}是{Level(unit.level).label}，承接单位{successor.display_name}是"
            f"{Level(successor.level).label}，应为同一层级。",
            "into",
        )


def _successor(plan: Plan, line: Line) -> Standing | None:
    key = key_of_line(line.opens) if line.opens is not None else line.into_id
    return plan.after.get(key) if key is not None else None


def changes_something(plan: Plan, line: Line) -> Iterator[Problem]:
    unit = plan.before.get(line.unit_id or 0)
    if unit is None:
        return
    if line.kind == ActKind.RENAME and line.name == unit.name:
        yield _problem("same_name", "新名称与现名称相同。", "name")
    if line.kind == ActKind.RECODE and line.division_code == unit.code and not _is_reclassed(unit):
        yield _problem("same_code", "新代码与现代码相同。", "division_code")
    if line.kind == ActKind.MOVE and line.parent_id == unit.parent_id:
        parent = plan.before.get(unit.parent_id or 0)
        yield _problem(
            "same_parent", f"{unit.display_name}现已隶属于{parent.display_name if parent else ''}。", "parent"
        )


def _is_reclassed(unit: Standing) -> bool:
    """Whether the code and name of a unit say another sort of division than is on record: the code is confirmed."""
    return kind_of(unit.code, unit.name) != unit.kind


def lines_agree(plan: Plan) -> Iterator[Problem]:
    """One unit is not ended and changed at once, nor changed twice in the same way."""
    kinds: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    for place, line in enumerate(plan.lines):
        if line.unit_id is not None:
            kinds[line.unit_id].append((place, line))
    for pk, lines in kinds.items():
        yield from _agree(plan, pk, lines)


def _agree(plan: Plan, pk: int, lines: list[tuple[int, Line]]) -> Iterator[Problem]:
    name = plan.before[pk].display_name
    counts = Counter(line.kind for _place, line in lines)
    place = lines[-1][0]
    ended = [kind for kind in counts if kind in ENDING]
    if ended and len(counts) > 1 and not plan.after[pk].is_open:
        labels = "、".join(str(ActKind(kind).label) for kind in counts)
        yield _problem(
            "contradiction", f"{name}同时登记了{labels}，相互矛盾，请删去其中一项。", "unit", line=place
        )
    twice = [kind for kind, count in counts.items() if count > 1 and kind != ActKind.SPLIT]
    for kind in twice:
        yield _problem(
            "twice", f"{name}的“{ActKind(kind).label}”登记了两次，请删去一项。", "unit", line=place
        )


def successors_live(plan: Plan) -> Iterator[Problem]:
    """Who takes over, or is hung on, is not ended by the same document."""
    for place, line in enumerate(plan.lines):
        field = "into" if line.kind in _WANTS_SUCCESSOR else "parent"
        target = line.into_id if field == "into" else line.parent_id
        unit = plan.after.get(target or 0)
        if unit is not None and not unit.is_open:
            yield _problem(
                "closed_successor",
                f"{unit.display_name}已撤销或在本次调整中撤销，不能作为{'承接' if field == 'into' else '上级'}单位。",
                field,
                line=place,
            )


def splits_are_whole(plan: Plan) -> Iterator[Problem]:
    """A split names at least two parts, and which of them carries on the work."""
    parts: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    for place, line in enumerate(plan.lines):
        if line.kind == ActKind.SPLIT and line.unit_id is not None:
            parts[line.unit_id].append((place, line))
    for pk, lines in parts.items():
        name, place = plan.before[pk].display_name, lines[-1][0]
        if len(lines) < 2:
            yield _problem("split_alone", f"{name}分设至少要有两个承接单位。", "into", line=place)
        elif len({(line.into_id, line.opens) for _place, line in lines}) < len(lines):
            yield _problem("twice", f"{name}的承接单位重复，请删去一项。", "into", line=place)
        elif sum(line.is_main for _place, line in lines) != 1:
            yield _problem("no_main", f"请为{name}指定一个主要承接单位。", "is_main", line=place)


def children_have_a_home(plan: Plan) -> Iterator[Problem]:
    """What lies below a unit that is closed or split must go somewhere."""
    homeless: dict[int, list[str]] = defaultdict(list)
    for unit in plan.after.values():
        parent = plan.after.get(unit.parent_id or 0)
        if unit.is_open and parent is not None and not parent.is_open:
            homeless[parent.pk].append(plan.former_name_of(unit.pk))
    for pk, names in homeless.items():
        shown = "、".join(names[:5])
        yield _problem(
            "homeless",
            f"{plan.before[pk].display_name}撤销后，{shown}{'等' if len(names) > 5 else ''}"
            f" {len(names):,} 个下级单位还没有去向，请为它们选择新的上级。",
            "children",
            unit=pk,
        )


def nobody_hangs_on_itself(plan: Plan) -> Iterator[Problem]:
    for pk in plan.after:
        seen = {pk}
        above = plan.after[pk].parent_id
        while above is not None and above in plan.after:
            if above == pk:
                name = plan.former_name_of(pk)
                yield _problem("ring", f"{name}的上级关系成环，请检查改隶事项。", "parent", unit=pk)
            if above in seen:
                break
            seen.add(above)
            above = plan.after[above].parent_id


def parents_are_higher(plan: Plan) -> Iterator[Problem]:
    for pk in [*plan.changed, *plan.opened]:
        unit = plan.after[pk]
        parent = plan.after.get(unit.parent_id or 0)
        if parent is not None and parent.level >= unit.level:
            yield _problem(
                "level",
                f"{plan.former_name_of(pk)}（{Level(unit.level).label}）不能隶属于{parent.display_name}"
                f"（{Level(parent.level).label}）。",
                "parent",
                unit=pk,
            )


def codes_stand_below(plan: Plan) -> Iterator[Problem]:
    """A code given now begins with the code of the parent."""
    for place, line in enumerate(plan.lines):
        if not line.division_code:
            continue
        unit = plan.after.get(key_of_line(place) if line.kind == ActKind.OPEN else line.unit_id or 0)
        parent = plan.after.get(unit.parent_id or 0) if unit is not None else None
        if parent is not None and not line.division_code.startswith(parent.code):
            yield _problem(
                "prefix",
                f"代码 {line.division_code} 应以上级代码 {parent.code} 开头。",
                "division_code",
                line=place,
            )


def codes_are_free(plan: Plan, codes_elsewhere: Mapping[str, str]) -> Iterator[Problem]:
    places = {
        key_of_line(place) if line.kind == ActKind.OPEN else line.unit_id: place
        for place, line in enumerate(plan.lines)
        if line.division_code
    }
    holders: dict[str, int] = {}
    for unit in plan.after.values():
        if not unit.is_open:
            continue
        other = codes_elsewhere.get(unit.code) or plan.name_of(holders.get(unit.code))
        if other:
            yield _problem(
                "duplicate",
                f"代码 {unit.code} 已由{other}使用。",
                "division_code",
                line=places.get(unit.pk, places.get(holders.get(unit.code))),
            )
        holders[unit.code] = unit.pk


def names_can_be_shown(plan: Plan) -> Iterator[Problem]:
    for unit in plan.after.values():
        if len(unit.display_name) > DISPLAY_LIMIT:
            yield _problem("long_name", f"{unit.name}连同上级的名称超过 {DISPLAY_LIMIT} 字。", "name")


def days_follow_history(plan: Plan) -> Iterator[Problem]:
    """Nothing is inserted before what is already recorded of any unit concerned; the first that forbids it is named."""
    since = [
        (unit.since or unit.opened_on, unit.display_name)
        for pk in [*plan.closed, *plan.changed]
        if (unit := plan.before[pk]) is not None
    ]
    opened = [(plan.before[pk].opened_on, plan.before[pk].display_name) for pk in plan.heirs]
    latest, name = max([*since, *opened], default=(dt.date.min, ""))
    if plan.on < latest:
        yield _problem(
            "before_history",
            f"生效日期不能早于{name}现行记录的起始日期（{day(latest)}）。",
            "effective_on",
        )


def day_has_come(on: dt.date, *, today: dt.date) -> Iterator[Problem]:
    if on > today:
        yield _problem("future", f"生效日期（{day(on)}）还没有到；可以先排定，到日自动生效。", "effective_on")


def is_founded(document: str, on: dt.date | None) -> Iterator[Problem]:
    """A division changes by a document of the government: its number and its day are on record."""
    if not document.strip():
        yield _problem("no_document", "请填写批准文件的文号。", "document")
    if on is None:
        yield _problem("no_day", "请填写生效日期。", "effective_on")
