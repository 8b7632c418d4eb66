"""The list of exemptions and extensions as a workbook: the rows of the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from files.lists import each, list_file, with_export
from reporting.filters.excuses import ExcuseFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.excuses import excuses_in_sight
from reporting.tables.excuses import EXCUSE_SHEET, excuse_line

ORDER = ("-report__cycle__period", "report__unit__division_code", "pk")


def _rows(user: Any, query: QueryDict) -> QuerySet[Any]:
    return ExcuseFilter(query, queryset=excuses_in_sight(user)).qs.order_by(*ORDER)


EXCUSES_FILE = list_file(
    kind="reporting.excuses",
    title="缓报免报名单",
    columns=EXCUSE_SHEET,
    rows=_rows,
    lines=each(excuse_line),
    allowed=with_export(VIEW_REPORTS),
)
