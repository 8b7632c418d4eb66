"""The list of problems and suggestions as a workbook: the rows of the page, with the answers in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from files.conditions import Asker, query_of
from files.lists import each, list_file, with_export
from reporting.filters.issues import IssueFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.issues import issues_in_sight, with_steps
from reporting.tables.issues import ISSUE_SHEET, issue_row

ORDER = ("-report__cycle__period", "unit__division_code", "kind", "position", "pk")


def issues_asked_for(user: Any, query: Mapping[str, Any]) -> IssueFilter:
    """The filter over everything in sight, as the list and the file both use it; withdrawn ones only when asked for."""
    data = query_of(query)
    rows = issues_in_sight(user)
    return IssueFilter(data, rows if data.get("state") else rows.standing(), request=Asker(user))


ISSUES_FILE = list_file(
    kind="reporting.issues",
    title="问题建议",
    heading=lambda user: f"{user.unit.display_name}问题建议",
    columns=ISSUE_SHEET,
    rows=lambda user, query: with_steps(issues_asked_for(user, query).qs).order_by(*ORDER),
    lines=each(issue_row),
    allowed=with_export(VIEW_REPORTS),
)
