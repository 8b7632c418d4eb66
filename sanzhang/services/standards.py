"""The province's duty standard, one version a year."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, Problem, check
from orgs.models import OrgUnit
from sanzhang.models import DutyLine, DutyStandard
from sanzhang.permissions import SET_STANDARD
from sanzhang.services.guards import ensure, hold

#: More of anything in a year than this is no standard but a burden.
MOST_A_YEAR = 60
MOST_PERCENT = 50


@dataclasses.dataclass(frozen=True, slots=True)
class LeastOf:
    """The least of one position at one level in a year."""

    level: int
    position: str
    meetings: int = 0
    activities: int = 0
    surveys: int = 0
    proposals: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.meetings, self.activities, self.surveys, self.proposals)


def save_standard(
    *,
    owner: OrgUnit,
    year: int,
    lines: Sequence[LeastOf],
    excellent_percent: int,
    by: Actor,
    note: str = "",
    revision: int = 0,
) -> DutyStandard:
    """Write the standard of ``year``; lines that ask nothing are left out. Other years keep theirs.

    Raises:
        Conflict: somebody else saved it since ``revision`` was read (0: it was not there).
        DomainError: a number out of bounds, or a year that is over.
    """
    ensure(by, SET_STANDARD, owner)
    problems = [*_bounds(lines, excellent_percent), *_year(year)]
    check(problems)
    with transaction.atomic():
        hold(owner)
        held = DutyStandard.objects.filter(owner=owner, year=year).first()
        if (held.revision if held else 0) != revision:
            raise Conflict.of("changed_meanwhile", "履职规范刚被他人修改，请刷新后核对再保存。")
        held = held or DutyStandard(owner=owner, year=year, revision=0)
        held.excellent_percent, held.note = excellent_percent, note.strip()
        held.saved_at, held.saved_by = clock.now(), by.actor_label[:120]
        held.revision += 1
        held.save()
        held.lines.all().delete()
        DutyLine.objects.bulk_create(
            DutyLine(standard=held, **dataclasses.asdict(line)) for line in lines if any(line.numbers)
        )
        record(
            kind="sanzhang.standard_saved",
            by=by,
            summary=f"制定{held}",
            unit=owner,
            obj=held,
            data={
                "excellent_percent": excellent_percent,
                "lines": [dataclasses.asdict(line) for line in lines if any(line.numbers)],
            },
        )
    return held


def _bounds(lines: Sequence[LeastOf], percent: int) -> list[Problem]:
    problems = []
    if any(number > MOST_A_YEAR for line in lines for number in line.numbers):
        problems.append(
            Problem("too_much", f"每项每年最多要求{MOST_A_YEAR}次，请从简要求，避免加重基层负担。", "lines")
        )
    if not 0 <= percent <= MOST_PERCENT:
        problems.append(Problem("odd_share", f"优秀比例应在0至{MOST_PERCENT}%之间。", "excellent_percent"))
    return problems


def _year(year: int) -> list[Problem]:
    today = clock.today()
    if today.year <= year <= today.year + 1:
        return []
    return [Problem("wrong_year", "只能制定本年度或下一年度的履职规范。", "year")]
