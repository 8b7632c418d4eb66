"""Townships that a county types for in a collection that asks nothing of the county itself: handed in all at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from core.actor import Actor
from core.errors import DomainError, Forbidden, Problem
from orgs.models import OrgUnit
from reporting.choices import EntryMode
from reporting.models import Cell, Cycle, Report
from reporting.permissions import SUBMIT
from reporting.services.submission import submit
from reporting.workflow import EDITABLE


@dataclass(slots=True)
class HandedIn:
    """What went up, and what stands in the way of the others, by township."""

    reports: list[Report] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def hand_in_typed(*, cycle: Cycle, desk: OrgUnit, by: Actor) -> HandedIn:
    """上报填好的乡镇: each in a transaction of its own, untouched ones are left out.

    Raises:
        Forbidden: ``by`` does not hand in at ``desk``.
    """
    if not by.can(SUBMIT, desk):
        raise Forbidden.for_action("上报")
    waiting = Report.objects.filter(
        cycle=cycle,
        custodian=desk,
        entry_mode=EntryMode.ON_BEHALF,
        state__in=EDITABLE,
        exempted_at__isnull=True,
    ).select_related("cycle", "unit")
    begun = Cell.objects.filter(Q(value__isnull=False) | ~Q(text=""), report=OuterRef("pk"))
    outcome = HandedIn()
    for report in waiting.filter(Exists(begun)).order_by("unit__division_code"):
        try:
            outcome.reports.append(submit(report=report, by=by))
        except DomainError as refusal:
            outcome.problems += [
                Problem(one.code, f"{report.unit.name}：{one.message}", meta={"report": report.pk})
                for one in refusal.problems
            ]
    return outcome
