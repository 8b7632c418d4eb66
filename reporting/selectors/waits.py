"""What waits for a person's word beside the month's own work, and where a person begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.roles import Role
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import ReportState
from reporting.models import Issue, Report
from reporting.models.report import ReportQuerySet
from reporting.permissions import ANSWER, FILL, SIGN


@dataclass(frozen=True, slots=True)
class Wait:
    """One kind of things that wait: how many, what they are, and the button that leads to them."""

    label: str
    count: int
    measure: str
    hint: str
    act: str
    url: str


def looks_on(user: Any, unit: OrgUnit) -> bool:
    """Whether ``user`` is at ``unit`` as a leader alone, who signs and looks and types nothing."""
    return Role.LEADER in user.roles_here and not user.can(FILL, unit)


def begins_at_overview(user: Any) -> bool:
    """Cities and the province begin at their overview, and so do a county's leaders; all others at their desk."""
    unit = user.unit
    if unit is None or unit.level > Level.COUNTY:
        return False
    return unit.level < Level.COUNTY or looks_on(user, unit)


def to_sign(user: Any) -> ReportQuerySet:
    """Reports that wait for this leader's word, those due first on top."""
    return (
        _waiting(user)
        .select_related("cycle", "unit", "custodian", "reviewer")
        .order_by("due_at", "unit__division_code")
    )


def to_sign_count(user: Any) -> int:
    """How many wait to be signed, for the side bar."""
    return _waiting(user).count()


def _waiting(user: Any) -> ReportQuerySet:
    """At the desk that types: who reviews them sees them too, and does not sign them."""
    desks = OrgUnit.objects.visible_to(user, SIGN)
    return Report.objects.filter(custodian__in=desks.values("pk"), state=ReportState.SIGNING)


def waits_for(user: Any, unit: OrgUnit) -> list[Wait]:
    """What waits for ``user``'s signature or answer at ``unit``; only what does."""
    return [*_to_sign(user), *_to_answer(user, unit)]


def _to_sign(user: Any) -> list[Wait]:
    reports = list(to_sign(user))
    if not reports:
        return []
    named = "、".join(f"{report.unit.association}{report.cycle.title}" for report in reports[:3])
    hint = f"{named}{'等' if len(reports) > 3 else ''}，填报员已送签。"
    if len(reports) == 1:
        page = reverse("reporting:sign", args=[reports[0].pk])
        return [Wait("待签批", 1, "份", hint, "审阅并签批", page)]
    return [Wait("待签批", len(reports), "份", hint, "去签批", reverse("reporting:signing"))]


def to_review(count: int, waited: str) -> Wait:
    """Reports handed in, the oldest for so long, that wait to be accepted or returned."""
    return Wait("待审核", count, "份", f"最长已等{waited}。", "去审核", reverse("reporting:queue"))


def _to_answer(user: Any, unit: OrgUnit) -> list[Wait]:
    count = Issue.objects.waiting_for(unit).count() if user.can(ANSWER, unit) else 0
    hint = "下级在月报中提出，等待本级答复。"
    page = reverse("reporting:issues")
    return [Wait("待答复的问题建议", count, "条", hint, "去答复", page)] if count else []
