"""The register of forms and the remarks on burden as sheets: the rows of their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from core.xlsx import SheetColumn
from files.lists import each, list_file, with_export
from orgs.models import OrgUnit
from reporting.models import BurdenFeedback, Form
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.feedback import feedback_in_sight
from reporting.selectors.register import RegisterLine, register_forms, register_lines
from reporting.tables.forms import FORM_SHEET, form_row

FEEDBACK_SHEET = [
    SheetColumn("提出时间", "moment", width=18),
    SheetColumn("单位", width=22),
    SheetColumn("报表", width=34),
    SheetColumn("提出人", width=18),
    SheetColumn("意见", width=60),
    SheetColumn("状态", width=10),
    SheetColumn("答复", width=60),
    SheetColumn("答复人", width=18),
    SheetColumn("答复时间", "moment", width=18),
]


def forms_asked_for(owner: OrgUnit, query: Mapping[str, Any]) -> QuerySet[Form]:
    """The forms that a page's address narrows to."""
    return register_forms(
        owner,
        words=str(query.get("q", "")).strip(),
        kind=str(query.get("kind", "")),
        listed=str(query.get("listed", "")),
    )


def _owner(user: Any) -> OrgUnit:
    return user.unit.province or user.unit


def _forms(user: Any, query: QueryDict) -> list[RegisterLine]:
    return register_lines(forms_asked_for(_owner(user), query))


def _feedback_row(row: BurdenFeedback) -> list[Any]:
    return [
        row.at,
        row.report.unit_name,
        row.report.cycle.form_version.form.name,
        row.by,
        row.text,
        row.get_state_display(),
        row.answer,
        row.answered_by,
        row.answered_at,
    ]


FORMS_FILE = list_file(
    kind="reporting.forms",
    title="报表准入清单",
    heading=lambda user: f"{_owner(user).display_name}报表准入清单",
    columns=FORM_SHEET,
    rows=_forms,
    lines=each(form_row),
    allowed=with_export(VIEW_REPORTS),
    counted="张",
)
FEEDBACK_FILE = list_file(
    kind="reporting.feedback",
    title="减负意见",
    heading=lambda user: f"{user.unit.display_name}减负意见",
    columns=FEEDBACK_SHEET,
    rows=feedback_in_sight,
    lines=each(_feedback_row),
    allowed=with_export(VIEW_REPORTS),
)
