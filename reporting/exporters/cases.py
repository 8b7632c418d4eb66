"""The list of corrections and belated reports as a workbook: the rows of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from files.conditions import Asker, query_of
from files.lists import each, list_file, with_export
from reporting.filters.cases import CaseFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.cases import cases_in_sight
from reporting.tables.cases import CASE_SHEET, case_line


def cases_asked_for(user: Any, query: Mapping[str, Any]) -> CaseFilter:
    """The filter over every case in sight."""
    return CaseFilter(query_of(query), cases_in_sight(user), request=Asker(user))


CASES_FILE = list_file(
    kind="reporting.cases",
    title="更正补报清单",
    columns=CASE_SHEET,
    rows=lambda user, query: cases_asked_for(user, query).qs.prefetch_related("items__indicator"),
    lines=each(case_line),
    allowed=with_export(VIEW_REPORTS),
    counted="件",
)
