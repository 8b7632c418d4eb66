"""The open work of a desk, told before somebody hands it over (交接)."""

from __future__ import annotations

from django.db.models import Count

from accounts.models import Posting
from accounts.registry import Work
from accounts.roles import Role, reach_of
from reporting.choices import (
    CaseState,
    EntryMode,
    FeedbackState,
    PaperState,
    ReportState,
)
from reporting.models import (
    BurdenFeedback,
    Collection,
    CorrectionCase,
    Cycle,
    FormVersion,
    Issue,
    PaperDraft,
    Report,
    ReportQuerySet,
)
from reporting.permissions import DESIGN_FORMS


def open_work_of_posting(posting: Posting) -> list[Work]:
    """Such as “2026年11月月报”, “待审核”: what the next person at this desk will find."""
    if posting.role == Role.REPORTER:
        return [*_to_fill(posting), *_own_cases(posting), *_papers(posting)]
    if posting.role == Role.REVIEWER:
        return [
            *(*_to_review(posting), *_cases_to_confirm(posting), *_issues(posting), *_papers(posting)),
            *_forms(posting),
        ]
    if posting.role == Role.LEADER:
        signing = _held(posting).filter(state=ReportState.SIGNING)
        return [*(Work(str(report), "待签批") for report in signing), *_issues(posting)]
    return []


def _held(posting: Posting) -> ReportQuerySet:
    return Report.objects.filter(cycle__in=Cycle.objects.open(), custodian=posting.unit_id).select_related(
        "cycle"
    )


def _to_fill(posting: Posting) -> list[Work]:
    held = _held(posting).exclude(state=ReportState.ACCEPTED).owed()
    own = [Work(str(report), report.get_state_display()) for report in held.filter(unit=posting.unit_id)]
    counts = (
        held.filter(entry_mode=EntryMode.ON_BEHALF)
        .order_by("cycle__period", "cycle")
        .values("cycle")
        .annotate(count=Count("pk"))
    )
    cycles = Cycle.objects.in_bulk([row["cycle"] for row in counts])
    return own + [
        Work(f"{cycles[row['cycle']].title}代填乡镇（街道）", f"{row['count']}个未上报") for row in counts
    ]


def _to_review(posting: Posting) -> list[Work]:
    waiting = Report.objects.to_review(posting.unit).select_related("cycle")
    return [Work(str(report), "待审核") for report in waiting]


def _own_cases(posting: Posting) -> list[Work]:
    cases = CorrectionCase.objects.filter(state=CaseState.OPEN, report__custodian=posting.unit_id)
    return [Work(str(case), case.get_state_display()) for case in cases.select_related("report__cycle")]


def _cases_to_confirm(posting: Posting) -> list[Work]:
    cases = CorrectionCase.objects.filter(
        state=CaseState.OPEN, steps__unit=posting.unit_id, steps__confirmed__isnull=True
    ).distinct()
    return [Work(str(case), "待本单位确认") for case in cases.select_related("report__cycle")]


def _issues(posting: Posting) -> list[Work]:
    return [
        Work(
            f"{issue.report.unit_name}{issue.report.cycle.title}反映的{issue.get_kind_display()}“{issue.text[:100]}”",
            "待本单位答复",
        )
        for issue in Issue.objects.waiting_for(posting.unit).select_related("report__cycle")
    ]


def _forms(posting: Posting) -> list[Work]:
    """What the designer of forms has begun, and the remarks on forms that nobody has answered."""
    if not reach_of(posting.role, posting.unit.level, DESIGN_FORMS.code):
        return []
    owner = posting.unit_id
    drafts = FormVersion.objects.filter(form__owner=owner, published_at__isnull=True).select_related("form")
    planned = Collection.objects.drafts().filter(owner=owner)
    unanswered = BurdenFeedback.objects.filter(
        report__cycle__collection__owner=owner, state=FeedbackState.OPEN
    ).count()
    return [
        *(Work(f"报表设计：{draft}", "草稿，未发布") for draft in drafts.order_by("pk")),
        *(Work(f"填报任务：{collection}", "草稿，未启用") for collection in planned.order_by("pk")),
        *([Work("减负意见", f"{unanswered:,}条待答复")] if unanswered else []),
    ]


def _papers(posting: Posting) -> list[Work]:
    drafts = PaperDraft.objects.filter(unit=posting.unit_id, state=PaperState.DRAFT)
    return [Work(str(draft), "起草中") for draft in drafts.select_related("unit", "cycle")]
