"""The entries that units raise, as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core import formats
from orgs.models import OrgUnit
from reporting.choices import IssueAct, IssueState
from reporting.models import Issue, IssueQuerySet, IssueStep, Report
from reporting.permissions import ANSWER, FILL, VIEW_REPORTS
from reporting.selectors.remembered import remembered

TONES = {IssueState.OPEN: "warning", IssueState.ANSWERED: "success", IssueState.WITHDRAWN: "neutral"}


def issues_in_sight(user: Any) -> IssueQuerySet:
    """What a person's units raised, those below raised, or that is theirs to answer."""
    in_scope = Issue.objects.visible_to(user, VIEW_REPORTS)
    own = [unit.pk for unit in user.reach_of(ANSWER).own]
    found = in_scope | Issue.objects.filter(desk__in=own) if own else in_scope
    return found.select_related("unit", "unit__city", "desk", "report", "report__cycle")


def with_steps(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    return issues.prefetch_related(Prefetch("steps", IssueStep.objects.select_related("unit")))


def last_answer(issue: Issue) -> IssueStep | None:
    """The answer that stands; the steps should be loaded."""
    if issue.state != IssueState.ANSWERED:
        return None
    return next((step for step in reversed(issue.steps.all()) if step.act == IssueAct.ANSWER), None)


def waiting_issues(unit: OrgUnit) -> int:
    """How many wait for ``unit``'s answer, for the side bar."""
    return remembered("issues-waiting", unit, lambda: Issue.objects.waiting_for(unit).count())


@dataclass(frozen=True, slots=True)
class MayDo:
    """What one person may do with one entry now."""

    answer: bool
    pass_up: bool
    reopen: bool


def may_do(user: Any, issue: Issue) -> MayDo:
    answers = issue.state == IssueState.OPEN and user.can(ANSWER, issue.desk)
    return MayDo(
        answer=answers,
        pass_up=answers and issue.desk.parent_id is not None,
        reopen=issue.state == IssueState.ANSWERED and user.can(FILL, issue.report.custodian),
    )


def raised_by(report: Report) -> list[Issue]:
    """What the report raises, with what became of it."""
    return list(with_steps(Issue.objects.filter(report=report).standing().select_related("unit", "desk")))


def answers_by_report(report_ids: Iterable[int]) -> dict[int, str]:
    """For papers: what became of each report's entries, in words: 已答复2条，待答复1条，and the answers."""
    found: dict[int, list[Issue]] = {}
    rows = Issue.objects.filter(Q(report__in=list(report_ids))).standing().select_related("desk")
    for issue in with_steps(rows).order_by("report_id", "kind", "position", "pk"):
        found.setdefault(issue.report_id, []).append(issue)
    return {pk: _in_words(issues) for pk, issues in found.items()}


def _in_words(issues: list[Issue]) -> str:
    lines = []
    for issue in issues:
        step = last_answer(issue)
        name = f"{issue.get_kind_display()}{issue.position}"
        if step is None:
            lines.append(f"{name}：待{issue.desk.name}答复")
        else:
            lines.append(f"{name}：{step.unit.name}{formats.short_day(step.at)}答复：{step.text}")
    return "\n".join(lines)
