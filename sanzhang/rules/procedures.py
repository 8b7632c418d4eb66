"""What a procedure must fulfil before it may govern anybody's way in. One function per demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.errors import Problem
from orgs.choices import Level
from sanzhang.choices import Giver
from sanzhang.models.procedure import every_level
from sanzhang.procedures import Authority, Step

MOST_STEPS = 12


def steps_are_whole(title: str, steps: Sequence[Step]) -> list[Problem]:
    """Named; begins with the unit's own shortlist and ends with one decision at every level; no name twice."""
    if not title.strip():
        return [Problem("title_missing", "请填写程序名称。", "title")]
    if len(steps) > MOST_STEPS:
        return [Problem("too_many_steps", f"程序最多{MOST_STEPS}个环节。", "steps")]
    problems = [*_each_is_named(steps)]
    for level in every_level():
        problems += _order_is_lawful([step for step in steps if level in step.levels], level)
    return list({problem.message: problem for problem in problems}.values())


def _each_is_named(steps: Sequence[Step]) -> list[Problem]:
    problems = []
    for step in steps:
        if not step.name.strip():
            problems.append(Problem("step_name_missing", "请填写每个环节的名称。", "steps"))
        elif not step.levels:
            problems.append(
                Problem("step_without_level", f"“{step.name}”没有选择适用层级；不需要的请勾选删除。", "steps")
            )
    twice = [name for name, count in Counter(step.name.strip() for step in steps).items() if count > 1]
    problems += [Problem("step_twice", f"环节名称“{name}”重复。", "steps") for name in twice if name]
    return problems


def _order_is_lawful(steps: Sequence[Step], level: int) -> list[Problem]:
    """Zhoukou 四(四), Shandong 三.1: first shortlisted, last elected, co-opted or decided otherwise."""
    where = Level(level).label
    if not steps or steps[0].giver != Giver.OWN:
        return [Problem("shortlist_first", f"{where}的第一个环节应由本单位研判提名。", "steps")]
    if steps[-1].giver != Giver.MEETING:
        return [
            Problem(
                "decision_last", f"{where}的最后一个环节应是会议选举或增补（备案在任职之后办理）。", "steps"
            )
        ]
    if sum(step.giver == Giver.MEETING for step in steps) > 1:
        return [Problem("one_decision", f"{where}只能有一个会议决定的环节。", "steps")]
    return []


def authorities_are_whole(authorities: Sequence[Authority]) -> list[Problem]:
    """Each with a name and a level, none twice."""
    problems = []
    for authority in authorities:
        if not authority.name.strip():
            problems.append(Problem("authority_missing", "请填写备案机关名称。", "authorities"))
        elif not authority.levels:
            problems.append(
                Problem("authority_without_level", f"“{authority.name}”没有选择适用层级。", "authorities")
            )
    names = Counter(authority.name.strip() for authority in authorities)
    problems += [
        Problem("authority_twice", f"备案机关“{name}”重复。", "authorities")
        for name, count in names.items()
        if name and count > 1
    ]
    return problems
