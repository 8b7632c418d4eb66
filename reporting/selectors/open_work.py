"""The open work of a desk, told before somebody hands it over (交接)."""

from __future__ import annotations

from django.db.models import Count

from accounts.models import Posting
from accounts.roles import Role
from reporting.choices import CaseState, EntryMode, ReportState
from reporting.models import CorrectionCase, Cycle, Report


def open_work_of_posting(posting: Posting) -> list[str]:
    """Lines such as “2026年11月月报：待审核”: what the next person at this desk will find."""
    if posting.role == Role.REPORTER:
        return [*_to_fill(posting), *_own_cases(posting)]
    if posting.role == Role.REVIEWER:
        return [*_to_review(posting), *_cases_to_confirm(posting)]
    if posting.role == Role.LEADER:
        return [f"{report}：待签批" for report in _held(posting).filter(state=ReportState.SIGNING)]
    return []


def _held(posting: Posting):
    return Report.objects.filter(cycle__in=Cycle.objects.open(), custodian=posting.unit_id).select_related(
        "cycle"
    )


def _to_fill(posting: Posting) -> list[str]:
    held = _held(posting).exclude(state=ReportState.ACCEPTED).owed()
    own = [f"{report}：{report.get_state_display()}" for report in held.filter(unit=posting.unit_id)]
    townships = (
        held.filter(entry_mode=EntryMode.ON_BEHALF)
        .values("cycle__period")
        .annotate(count=Count("pk"))
        .order_by("cycle__period")
    )
    return own + [
        f"{row['cycle__period']:%Y年%m月}代填乡镇（街道）：{row['count']}个未上报" for row in townships
    ]


def _to_review(posting: Posting) -> list[str]:
    return [
        f"{report}：待审核" for report in Report.objects.to_review(posting.unit).select_related("cycle")[:50]
    ]


def _own_cases(posting: Posting) -> list[str]:
    cases = CorrectionCase.objects.filter(state=CaseState.OPEN, report__custodian=posting.unit_id)
    return [f"{case}：{case.get_state_display()}" for case in cases.select_related("report__cycle")]


def _cases_to_confirm(posting: Posting) -> list[str]:
    cases = CorrectionCase.objects.filter(
        state=CaseState.OPEN, steps__unit=posting.unit_id, steps__confirmed__isnull=True
    ).distinct()
    return [f"{case}：待本单位确认" for case in cases.select_related("report__cycle")]
