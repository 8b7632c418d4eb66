"""What was recorded since a moment as a sheet: the rows of the page, telephones masked."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from core import formats, tables
from core.xlsx import Kind, SheetColumn
from files.lists import Listing, listing_file
from files.permissions import EXPORT
from orgs.permissions import VIEW_UNITS
from reporting.filters.recorded import RecordedForm
from reporting.papers.asking import unit_asked
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.recorded import FOUNDED, LABELS, RECORDED, founded_since, seats_in_sight
from reporting.tables.recorded import FOUNDED_COLUMNS, seat_columns
from sanzhang.permissions import VIEW_PEOPLE

KIND = "reporting.recorded"
#: What the sheet calls text, where the table of the page says more.
KINDS: dict[str, Kind] = {"day": "day", "moment": "moment"}


def title_of(kind: str) -> str:
    return f"{LABELS[kind]}名单"


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    unit, kind = unit_asked(params), str(params.get("kind") or "")
    if unit is None or kind not in LABELS or not RecordedForm(params).is_valid():
        return False
    needed = VIEW_UNITS if kind == FOUNDED else VIEW_PEOPLE
    return all(user.can(permission, unit) for permission in (VIEW_REPORTS, EXPORT, needed))


def _find(user: Any, query: QueryDict) -> Listing:
    unit, form, kind = unit_asked(query), RecordedForm(query), str(query["kind"])
    assert unit is not None
    rows: Any
    if kind == FOUNDED:
        columns = FOUNDED_COLUMNS
        rows = founded_since(unit, form.since_at, form.text).select_related("unit")
        rows = rows.order_by("-recorded_at", "-pk")
    else:
        columns = seat_columns(kind)
        rows = seats_in_sight(user, kind, unit, form.since_at, form.text)
        rows = rows.select_related("person__occupation", "unit").order_by(f"-{RECORDED[kind]}", "-pk")
    since = formats.day(form.day)
    return Listing(
        title=f"{unit.display_name}{since}以来{title_of(kind)}",
        sheet="名单",
        columns=[SheetColumn(column.label, KINDS.get(column.kind, "text"), 18) for column in columns],
        rows=([cell.value for cell in row.cells] for row in tables.build(rows, columns).rows),
        total=rows.count(),
        remarks=(f"{since}零时以来登记", "电话已隐去中间数字"),
        basis={"单位": unit.display_name, "登记日期不早于": since},
    )


RECORDED_LIST = listing_file(
    kind=KIND, title=lambda params: title_of(str(params["kind"])), allowed=_allowed, find=_find
)
