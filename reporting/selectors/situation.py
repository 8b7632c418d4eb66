"""What decides over a report's next step: its own state, its superior's, sign-off, cases, and the people's desks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from core.permissions import Permission
from reporting.choices import CaseState, EntryMode, ReportState, SignOffMode
from reporting.models import CorrectionCase, Report, UnitReporting
from reporting.workflow import Action, Desk, Situation, actions_for


def situation_of(report: Report) -> Situation:
    """The situation of one report, in one query."""
    return situations_of([report])[report.pk]


def situations_of(reports: Iterable[Report]) -> dict[int, Situation]:
    """The situations of many reports, by primary key, in one query. ``report.cycle`` should be loaded."""
    rows = {report.pk: report for report in reports}
    superior = Report.objects.filter(cycle=OuterRef("cycle"), unit=OuterRef("reviewer")).values("state")[:1]
    mode = UnitReporting.objects.filter(unit=OuterRef("custodian")).values("sign_off")[:1]
    open_case = CorrectionCase.objects.filter(report=OuterRef("pk"), state=CaseState.OPEN)
    around = Report.objects.filter(pk__in=rows).values_list(
        "pk", Subquery(superior), Subquery(mode), Exists(open_case)
    )
    return {
        pk: _situation(rows[pk], superior_state=superior_state, mode=mode, has_open_case=has_open_case)
        for pk, superior_state, mode, has_open_case in around
    }


def _situation(
    report: Report, *, superior_state: str | None, mode: str | None, has_open_case: bool
) -> Situation:
    own_superior = report.reviewer_id == report.unit_id
    signs_itself = report.entry_mode != EntryMode.ON_BEHALF
    return Situation(
        state=ReportState(report.state),
        superior_state=ReportState(superior_state) if superior_state and not own_superior else None,
        sign_off=SignOffMode(mode) if mode and signs_itself else SignOffMode.WAIVED,
        is_locked=report.cycle.is_locked,
        is_exempt=report.is_exempt,
        has_open_case=has_open_case,
        reviews_itself=report.custodian_id == report.reviewer_id,
        resting=ReportState.RETURNED if report.correction_due_at else ReportState.DRAFT,
    )


def may(user: Any, report: Report, permission: Permission, desk: Desk) -> bool:
    """Whether ``user`` holds ``permission`` at the report's desk."""
    return user.can(permission, report.custodian if desk == "custodian" else report.reviewer)


def my_actions(user: Any, report: Report, situation: Situation | None = None) -> list[Action]:
    """What *this* user may do with the report now; the same answer for buttons and API."""
    return actions_for(
        situation or situation_of(report), may=lambda permission, desk: may(user, report, permission, desk)
    )
