"""问题和建议 raised by reports: entered when a version counts, answered from above, open until then (山东通知四.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import IssueAct, IssueState
from reporting.models import Figure, Issue, IssueStep, Report
from reporting.paragraphs import digest_of_words, raised_in
from reporting.permissions import ANSWER, FILL

ANSWER_LIMIT = 1000


@transaction.atomic
def sync_issues(reports: Sequence[Report]) -> int:
    """Make the entries of locked ``reports`` those of the versions that now count; returns how many are new.

    Called by whatever moves a live version. An entry is known again by its words; one whose words are gone is withdrawn
    unless it was answered, and stands again when they come back.
    """
    texts = _texts_of(reports)
    present: dict[int, list[Issue]] = {report.pk: [] for report in reports}
    for issue in Issue.objects.select_for_update().filter(report__in=present):
        present[issue.report_id].append(issue)
    new: list[Issue] = []
    for report in reports:
        wanted = _wanted(texts.get(report.live_version_id or 0, []))
        known = {(issue.kind, issue.digest): issue for issue in present[report.pk]}
        _settle_known(known, wanted)
        new += [
            _issue(report, kind, digest, place, words)
            for (kind, digest), (place, words) in wanted.items()
            if (kind, digest) not in known
        ]
    Issue.objects.bulk_create(new)
    return len(new)


def _texts_of(reports: Iterable[Report]) -> dict[int, list[tuple[str, str]]]:
    """What the live versions say in the narratives that raise, by version: the sort and the words."""
    versions = [report.live_version_id for report in reports if report.live_version_id]
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Figure.objects.filter(version__in=versions).exclude(indicator__raises="").exclude(text="")
    for version_id, raises, text in rows.order_by("indicator_id").values_list(
        "version_id", "indicator__raises", "text"
    ):
        found.setdefault(version_id, []).append((raises, text))
    return found


def _wanted(texts: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    return {
        (kind.value, digest_of_words(words)): (place, words)
        for kind, entries in raised_in(texts).items()
        for place, words in enumerate(entries, start=1)
    }


def _settle_known(
    known: dict[tuple[str, str], Issue], wanted: dict[tuple[str, str], tuple[int, str]]
) -> None:
    moved = []
    for identity, issue in known.items():
        if identity in wanted:
            state = IssueState.OPEN if issue.state == IssueState.WITHDRAWN else issue.state
            place, words = wanted[identity]
        else:
            state = issue.state if issue.state == IssueState.ANSWERED else IssueState.WITHDRAWN
            place, words = issue.position, issue.text
        if (state, place, words) != (issue.state, issue.position, issue.text):
            issue.state, issue.position, issue.text = state, place, words
            moved.append(issue)
    Issue.objects.bulk_update(moved, ["state", "position", "text"])


def _issue(report: Report, kind: str, digest: str, place: int, words: str) -> Issue:
    return Issue(
        report=report,
        unit_id=report.unit_id,
        desk_id=report.reviewer_id,
        kind=kind,
        position=place,
        text=words,
        digest=digest,
        raised_at=report.submitted_at or clock.now(),
        raised_by=report.live_version.frozen_by if report.live_version else "",
    )


def _lock(issue: Issue) -> Issue:
    return (
        Issue.objects.select_for_update(of=("self",))
        .select_related("unit", "desk", "report", "report__cycle", "report__custodian")
        .get(pk=issue.pk)
    )


def _demand_turn(issue: Issue, by: Actor, label: str) -> None:
    if not by.can(ANSWER, issue.desk):
        raise Forbidden.for_action(label)
    if issue.state != IssueState.OPEN:
        raise Conflict.of(
            "issue_closed", f"这一条{issue.get_state_display()}，不能再{label}。请刷新页面查看最新情况。"
        )


def _words(text: str, what: str) -> str:
    words = text.strip()
    if not words:
        raise DomainError.of("words_wanted", f"请写明{what}。", "text")
    if len(words) > ANSWER_LIMIT:
        raise DomainError.of("too_long", f"{what}请控制在{ANSWER_LIMIT}字以内。", "text")
    return words


@transaction.atomic
def answer(*, issue: Issue, text: str, by: Actor) -> Issue:
    """答复 by the desk whose turn it is; the entry is closed, and whoever raised it hears of it.

    Raises:
        Forbidden: not this person's desk.
        Conflict: answered or withdrawn meanwhile.
        DomainError: no words, or too many.
    """
    fresh = _lock(issue)
    _demand_turn(fresh, by, "答复")
    words = _words(text, "答复内容")
    fresh.state, fresh.answered_at = IssueState.ANSWERED, clock.now()
    fresh.save(update_fields=["state", "answered_at"])
    _step(fresh, IssueAct.ANSWER, fresh.desk, words, by)
    _record(fresh, "issue.answered", f"答复{fresh.unit.name}反映的{fresh.get_kind_display()}", by, words)
    return fresh


@transaction.atomic
def answer_many(*, issues: Sequence[Issue], text: str, by: Actor) -> list[Issue]:
    """The same answer to several entries that say the same; all or none."""
    if not issues:
        raise DomainError.of("nothing_chosen", "请先勾选要答复的条目。", "issues")
    return [answer(issue=issue, text=text, by=by) for issue in sorted(issues, key=lambda issue: issue.pk)]


@transaction.atomic
def pass_up(*, issue: Issue, by: Actor, text: str = "") -> Issue:
    """转报上级: it stays open, and the unit above the desk is to answer it.

    Raises:
        Forbidden, Conflict: as for an answer.
        DomainError: nobody is above.
    """
    fresh = _lock(issue)
    _demand_turn(fresh, by, "转报")
    above = fresh.desk.parent
    if fresh.desk.level == Level.PROVINCE or above is None:
        raise DomainError.of("nobody_above", "省级反映的问题建议请直接答复。")
    if len(text.strip()) > ANSWER_LIMIT:
        raise DomainError.of("too_long", f"转报意见请控制在{ANSWER_LIMIT}字以内。", "text")
    _step(fresh, IssueAct.PASS_UP, fresh.desk, text.strip(), by)
    fresh.desk = above
    fresh.save(update_fields=["desk"])
    _record(fresh, "issue.passed_up", f"转报{fresh.unit.name}反映的{fresh.get_kind_display()}", by, text)
    return fresh


@transaction.atomic
def reopen(*, issue: Issue, text: str, by: Actor) -> Issue:
    """仍未解决, said by whoever raised it, with words why: it goes back to the desk that answered.

    Raises:
        Forbidden: not raised by this person's desk.
        Conflict: not answered yet.
    """
    fresh = _lock(issue)
    if not by.can(FILL, fresh.report.custodian):
        raise Forbidden.for_action("提出仍未解决")
    if fresh.state != IssueState.ANSWERED:
        raise Conflict.of("not_answered", f"这一条{fresh.get_state_display()}，不需要重新提出。")
    words = _words(text, "仍未解决的情况")
    fresh.state, fresh.answered_at = IssueState.OPEN, None
    fresh.save(update_fields=["state", "answered_at"])
    _step(fresh, IssueAct.REOPEN, fresh.unit, words, by)
    _record(fresh, "issue.reopened", f"{fresh.unit.name}反映的{fresh.get_kind_display()}仍未解决", by, words)
    return fresh


def _step(issue: Issue, act: IssueAct, unit: OrgUnit, text: str, by: Actor) -> None:
    IssueStep.objects.create(issue=issue, act=act, unit=unit, text=text, by_id=by.pk, by=by.actor_label[:120])


def _record(issue: Issue, kind: str, summary: str, by: Actor, text: str) -> None:
    record(
        kind=kind,
        by=by,
        unit=issue.unit,
        obj=issue,
        summary=summary,
        data={"text": text, "desk": issue.desk_id, "report": issue.report_id},
    )
