"""会议次数要求: how many meetings the province expects of the bodies of each level."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import DomainError, Problem
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.models import MeetingNorm
from sanzhang.permissions import EDIT_PROCEDURES
from sanzhang.services.guards import ensure, hold, settle

MOST_TIMES, MOST_YEARS = 24, 5


@dataclasses.dataclass(frozen=True, slots=True)
class NormFacts:
    """One line as it is typed: so many ``times`` in so many ``years``; without ``times`` nothing is expected."""

    level: int
    kind: str
    times: int | None
    years: int = 1

    @property
    def field(self) -> str:
        return f"times_{self.level}_{self.kind}"


def set_norms(*, owner: OrgUnit, norms: Sequence[NormFacts], by: Actor) -> list[MeetingNorm]:
    """Write the whole table anew for the province; it applies to every year shown from now on (Jilin 二(一)1)."""
    ensure(by, EDIT_PROCEDURES, owner)
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "会议次数要求由省级科协设定。")
    settle([problem for norm in norms for problem in _possible(norm)], "")
    with transaction.atomic():
        hold(owner)
        before = [str(norm) for norm in owner.meeting_norms.all()]
        owner.meeting_norms.all().delete()
        written = MeetingNorm.objects.bulk_create(
            MeetingNorm(
                owner=owner,
                level=norm.level,
                kind=norm.kind,
                times=norm.times,
                years=norm.years,
                set_by=by.actor_label[:120],
            )
            for norm in norms
            if norm.times
        )
        record(
            kind="sanzhang.meeting_norms",
            by=by,
            unit=owner,
            obj=owner,
            summary=f"设定会议次数要求{len(written)}项",
            data={"before": before, "after": [str(norm) for norm in written]},
        )
    return written


def _possible(norm: NormFacts) -> list[Problem]:
    if norm.times is None:
        return []
    if not 1 <= norm.times <= MOST_TIMES or not 1 <= norm.years <= MOST_YEARS:
        message = f"次数应为1至{MOST_TIMES}次，周期应为1至{MOST_YEARS}年。"
        return [Problem("norm_impossible", message, norm.field)]
    return []
