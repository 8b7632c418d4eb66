"""What was recorded since a moment as a sheet: the rows of the page, telephones masked."""

from __future__ import annotations

from typing import Any

from core import formats, tables
from core.xlsx import XLSX, Kind, SheetColumn, write_rows
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
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


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    unit, form, kind = unit_asked(params), RecordedForm(params), str(params["kind"])
    assert unit is not None
    progress(0, 10, "正在查找记录")
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
    total = rows.count()
    title = f"{unit.display_name}{since}以来{title_of(kind)}"
    write_rows(
        path,
        [SheetColumn(column.label, KINDS.get(column.kind, "text"), 18) for column in columns],
        [[cell.value for cell in row.cells] for row in tables.build(rows, columns).rows],
        sheet="名单",
        title=title,
        note=f"{since}零时以来登记，共{total}条；电话已隐去中间数字。导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"{title}.xlsx", {"单位": unit.display_name, "登记日期不早于": since, "条数": total})


RECORDED_LIST = Exporter(
    kind=KIND,
    title=lambda params: title_of(str(params["kind"])),
    allowed=_allowed,
    build=_build,
    content_type=XLSX,
)


def register_recorded_list() -> None:
    register_exporter(RECORDED_LIST)
