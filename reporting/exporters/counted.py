"""The reports behind a number as a workbook: the rows of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from files.conditions import Asker, query_of
from files.lists import each, list_file, with_export
from reporting.filters.counted import CountedFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.counted import reports_in_sight
from reporting.tables.counted import COUNTED_SHEET, counted_line

ORDER = ("-cycle__period", "unit__division_code", "pk")


def counted_asked_for(user: Any, query: Mapping[str, Any]) -> CountedFilter:
    """The filter over every report in sight."""
    return CountedFilter(query_of(query), reports_in_sight(user), request=Asker(user))


COUNTED_FILE = list_file(
    kind="reporting.counted",
    title="报表清单",
    columns=COUNTED_SHEET,
    rows=lambda user, query: counted_asked_for(user, query).qs.order_by(*ORDER),
    lines=each(counted_line),
    allowed=with_export(VIEW_REPORTS),
    counted="份",
)
