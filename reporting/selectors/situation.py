"""What decides over a report's next step: its own state, its superior's, sign-off, cases, and the people's desks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.permissions import Permission
from reporting.choices import CaseState, EntryMode, ReportState, SignOffMode
from reporting.models import CorrectionCase, Report, UnitReporting
from reporting.workflow import Action, Desk, Situation, actions_for


def situation_of(report: Report) -> Situation:
    """The situation of one report, in at most three queries."""
    return situations_of([report])[report.pk]


def situations_of(reports: Iterable[Report]) -> dict[int, Situation]:
    """The situations of many reports, by primary key, in three queries. ``report.cycle`` should be loaded."""
    rows = list(reports)
    superiors = {
        (row["cycle_id"], row["unit_id"]): ReportState(row["state"])
        for row in Report.objects.filter(
            cycle_id__in={report.cycle_id for report in rows},
            unit_id__in={report.reviewer_id for report in rows},
        ).values("cycle_id", "unit_id", "state")
    }
    modes = dict(
        UnitReporting.objects.filter(unit_id__in={report.custodian_id for report in rows}).values_list(
            "unit_id", "sign_off"
        )
    )
    open_cases = set(
        CorrectionCase.objects.filter(report__in=rows, state=CaseState.OPEN).values_list(
            "report_id", flat=True
        )
    )
    return {
        report.pk: Situation(
            state=ReportState(report.state),
            superior_state=(
                None
                if report.reviewer_id == report.unit_id
                else superiors.get((report.cycle_id, report.reviewer_id))
            ),
            sign_off=(
                SignOffMode.WAIVED
                if report.entry_mode == EntryMode.ON_BEHALF
                else SignOffMode(modes.get(report.custodian_id, SignOffMode.WAIVED))
            ),
            is_locked=report.cycle.is_locked,
            is_exempt=report.is_exempt,
            has_open_case=report.pk in open_cases,
            reviews_itself=report.custodian_id == report.reviewer_id,
            resting=ReportState.RETURNED if report.correction_due_at else ReportState.DRAFT,
        )
        for report in rows
    }


def may(user: Any, report: Report, permission: Permission, desk: Desk) -> bool:
    """Whether ``user`` holds ``permission`` at the report's desk."""
    return user.can(permission, report.custodian if desk == "custodian" else report.reviewer)


def my_actions(user: Any, report: Report, situation: Situation | None = None) -> list[Action]:
    """What *this* user may do with the report now; the same answer for buttons and API."""
    return actions_for(
        situation or situation_of(report), may=lambda permission, desk: may(user, report, permission, desk)
    )
