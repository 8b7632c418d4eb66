"""What decides over a report's next step: its own state, its superior's, sign-off, cases, and the people's desks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from core.permissions import Permission
from reporting.choices import CaseState, EntryMode, ReportState, SignOffDemand, SignOffMode
from reporting.models import Report
from reporting.workflow import Action, Desk, Situation, actions_for


def situation_of(report: Report) -> Situation:
    """The situation of one report, in one query."""
    return situations_of([report])[report.pk]


def situations_of(reports: Iterable[Report]) -> dict[int, Situation]:
    """The situations of many reports, by primary key, in one query. ``report.cycle`` should be loaded."""
    rows = {report.pk: report for report in reports}
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, [CaseState.OPEN.value, list(rows)])
        return {
            pk: _situation(rows[pk], superior_state=superior_state, mode=mode, has_open_case=has_open_case)
            for pk, superior_state, mode, has_open_case in cursor.fetchall()
        }


#: Every transition asks this, so that it is written out: building it anew took as long as the update itself. The superior
#: is who sums the report up, by the columns frozen at the opening, whoever reviews it since: the nearest above that owes
#: a report of its own.
_AROUND = """
SELECT report.id, superior.state, setting.sign_off, EXISTS (
    SELECT 1 FROM reporting_correctioncase WHERE report_id = report.id AND state = %s
)
FROM reporting_report AS report
LEFT JOIN LATERAL (
    SELECT above.state FROM reporting_report AS above
    WHERE above.cycle_id = report.cycle_id AND above.level < report.level
      AND above.unit_id IN (report.county_id, report.city_id, report.province_id)
    ORDER BY above.level DESC LIMIT 1
) AS superior ON true
LEFT JOIN reporting_unitreporting AS setting ON setting.unit_id = report.custodian_id
WHERE report.id = ANY(%s)
"""


def sign_off_mode(report: Report, setting: str | None) -> SignOffMode:
    """How a report is signed: as its collection wants, where it leaves that open as its desk has set; what a county
    types for a township goes along unsigned."""
    if report.entry_mode == EntryMode.ON_BEHALF:
        return SignOffMode.WAIVED
    demanded = report.cycle.sign_off
    if demanded != SignOffDemand.AS_SET:
        return SignOffMode(demanded)
    return SignOffMode(setting) if setting else SignOffMode.WAIVED


def _situation(
    report: Report, *, superior_state: str | None, mode: str | None, has_open_case: bool
) -> Situation:
    own_superior = report.reviewer_id == report.unit_id
    return Situation(
        state=ReportState(report.state),
        superior_state=ReportState(superior_state) if superior_state and not own_superior else None,
        sign_off=sign_off_mode(report, mode),
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
