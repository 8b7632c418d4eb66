"""Every consequence before it is done: what the tree will look like, and what each dependent says will follow."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from core import clock
from core.errors import Problem
from orgs.choices import Level, ReorganisationState
from orgs.models import Reorganisation
from orgs.registry import Consequence, Dependent, every_dependent
from orgs.rules.reorganising import Line, Plan, demands_of, work_out
from orgs.rules.reorganising.demands import day_has_come, is_founded
from orgs.rules.reorganising.plan import Lineages
from orgs.selectors.land import codes_held_elsewhere, county_names, lines_of, read_land


@dataclass(slots=True)
class Group:
    """The consequences of one sort."""

    key: str
    label: str
    rows: list[Consequence]

    @property
    def count(self) -> int:
        return sum(row.count for row in self.rows)


@dataclass(slots=True)
class Consequences:
    """What a reorganisation would do, sort by sort, and what stands against it. ``digest`` names exactly this."""

    plan: Plan
    problems: list[Problem]
    groups: list[Group] = field(default_factory=list)

    @property
    def digest(self) -> str:
        told = [[group.key, *_words(row)] for group in self.groups for row in group.rows]
        content = json.dumps([str(self.plan.on), sorted(self.plan.choices.items()), told], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def units(self) -> int:
        return len({row.unit_id for group in self.groups for row in group.rows})


def _words(row: Consequence) -> list[str | int]:
    return [row.unit_id, row.label, row.before, row.after, row.count]


def preview(reorganisation: Reorganisation) -> Consequences:
    """The consequences by what is on record now. Without a sound plan only its problems are told."""
    plan = plan_of(reorganisation)
    problems = problems_of(plan, reorganisation)
    found = Consequences(plan=plan, problems=problems)
    if any(problem.meta.get("is_plan") for problem in problems):
        return found
    found.groups = [group for group in _groups(plan) if group.rows]
    return found


def plan_of(reorganisation: Reorganisation, lines: list[Line] | None = None) -> Plan:
    """The plan of the lines on record (or of ``lines``), on the land as it is; the day not stated yet is today."""
    lines = lines_of(reorganisation) if lines is None else lines
    land = read_land(lines)
    plan = work_out(
        lines, land, on=reorganisation.effective_on or clock.today(), homonyms=county_names(land.values())
    )
    plan.choices = dict(reorganisation.dispositions)
    plan.title, plan.document = reorganisation.title, reorganisation.document
    return plan


def plan_problems(plan: Plan) -> list[Problem]:
    """What stands against the plan itself, whoever carries it out and when."""
    codes = {plan.after[pk].code for pk in plan.opened}
    codes |= {plan.after[pk].code for pk in plan.changed if plan.after[pk].code != plan.before[pk].code}
    return demands_of(plan, codes_elsewhere=codes_held_elsewhere(codes, plan.after))


def problems_of(plan: Plan, reorganisation: Reorganisation, *, today: dt.date | None = None) -> list[Problem]:
    """Everything that stands against carrying the plan out today: the plan, its basis, its day, its dependents."""
    found = plan_problems(plan)
    for problem in found:
        problem.meta["is_plan"] = True
    if found:
        return [*found, *is_founded(reorganisation.document, reorganisation.effective_on)]
    found = [
        *is_founded(reorganisation.document, reorganisation.effective_on),
        *(problem for dependent in every_dependent() for problem in dependent.refuses(plan)),
    ]
    if reorganisation.effective_on and reorganisation.state != ReorganisationState.SCHEDULED:
        found += day_has_come(reorganisation.effective_on, today=today or clock.today())
    return found


def _groups(plan: Plan) -> Iterator[Group]:
    yield Group("tree", "组织树", tree_consequences(plan))
    for dependent in every_dependent():
        yield Group(dependent.key, dependent.label, _in_code_order(plan, dependent))


def _in_code_order(plan: Plan, dependent: Dependent) -> list[Consequence]:
    def place(row: Consequence) -> tuple[str, int]:
        unit = plan.before.get(row.unit_id) or plan.after.get(row.unit_id)
        return (unit.code if unit else "", row.unit_id)

    return sorted(dependent.consequences(plan), key=place)


def tree_consequences(plan: Plan) -> list[Consequence]:
    """What changes of each unit: closed, set up, renamed, recoded, raised or lowered, hung elsewhere, carried along."""
    rows = [_closing(plan, pk) for pk in plan.closed]
    rows += [_opening(plan, pk) for pk in plan.opened]
    above = (Lineages(plan.before), Lineages(plan.after))
    for pk in plan.changed:
        rows += _changes(plan, pk, above)
    return sorted(rows, key=lambda row: (_code(plan, row.unit_id), row.unit_id))


def _code(plan: Plan, pk: int) -> str:
    unit = plan.before.get(pk) or plan.after[pk]
    return unit.code


def _closing(plan: Plan, pk: int) -> Consequence:
    heirs = "、".join(plan.name_of(heir.pk) for heir in plan.heirs.get(pk, ()))
    how = "并入" if len(plan.heirs.get(pk, ())) == 1 else "分设为"
    after = f"撤销，{how}{heirs}" if heirs else "撤销，无承接单位"
    return Consequence(pk, "存续", plan.former_name_of(pk), after)


def _opening(plan: Plan, pk: int) -> Consequence:
    unit = plan.after[pk]
    return Consequence(
        pk, "设立", "", f"{unit.display_name}（{unit.code}），隶属{plan.name_of(unit.parent_id)}"
    )


def _changes(plan: Plan, pk: int, above: tuple[Lineages, Lineages]) -> Iterator[Consequence]:
    before, after = plan.before[pk], plan.after[pk]
    if before.display_name != after.display_name:
        yield Consequence(pk, "名称", before.display_name, after.display_name)
    if before.code != after.code:
        yield Consequence(pk, "代码", before.code, after.code)
    if before.level != after.level:
        yield Consequence(pk, "层级", str(Level(before.level).label), str(Level(after.level).label))
    if before.parent_id != after.parent_id:
        yield Consequence(
            pk, "上级", plan.former_name_of(before.parent_id or pk), plan.name_of(after.parent_id)
        )
    elif above[0].of(pk) != above[1].of(pk):
        yield Consequence(pk, "所属", _above_words(plan, above[0], pk), _above_words(plan, above[1], pk))


def _above_words(plan: Plan, lineages: Lineages, pk: int) -> str:
    """City, county and township above a unit, as they were or will be."""
    names = [plan.after[each].name for each in lineages.of(pk)[1:] if each is not None and each != pk]
    return " / ".join(names) or "省直属"


def summary_of(found: Consequences) -> dict[str, int]:
    """How many of each sort, as the record keeps it."""
    counts: Counter[str] = Counter()
    for group in found.groups:
        counts[group.label] += group.count
    return dict(counts)
