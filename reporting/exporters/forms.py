"""The register of forms and the remarks on burden as sheets: the rows of their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from orgs.models import OrgUnit
from reporting.models import BurdenFeedback, Form
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.feedback import feedback_in_sight
from reporting.selectors.register import register_forms, register_lines
from reporting.tables.forms import FORM_SHEET, form_row


def forms_asked_for(owner: OrgUnit, query: Mapping[str, Any]) -> QuerySet[Form]:
    """The forms that a page's address narrows to."""
    return register_forms(
        owner,
        words=str(query.get("q", "")).strip(),
        kind=str(query.get("kind", "")),
        listed=str(query.get("listed", "")),
    )


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_REPORTS) and user.can_anywhere(EXPORT))


def _build_forms(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    owner = user.unit.province or user.unit
    lines = register_lines(forms_asked_for(owner, query_of(params.get("query", {}))))
    note = f"截至{formats.day(clock.today())}，共{len(lines)}张。导出人：{user.actor_label}"
    return _write("报表准入清单", owner, FORM_SHEET, [form_row(line) for line in lines], note, path, progress)


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


def _build_feedback(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    found = feedback_in_sight(user, query_of(params.get("query", {})))
    note = f"截至{formats.day(clock.today())}，共{found.count()}条。导出人：{user.actor_label}"
    rows = [_feedback_row(row) for row in found]
    return _write("减负意见", user.unit, FEEDBACK_SHEET, rows, note, path, progress)


def _write(
    title: str,
    unit: OrgUnit,
    columns: list[SheetColumn],
    rows: list[list[Any]],
    note: str,
    path: str,
    progress: Progress,
) -> Built:
    written = write_rows(
        path,
        columns,
        iter(rows),
        sheet=title,
        title=f"{unit.display_name}{title}",
        note=note,
        total=len(rows),
        progress=progress,
    )
    return Built(f"{title}-{clock.today():%Y%m%d}.xlsx", {"行数": written})


def _list(kind: str, title: str, build: Any) -> Exporter:
    return Exporter(kind=kind, title=lambda params: title, allowed=_allowed, build=build, content_type=XLSX)


FORMS = _list("reporting.forms", "报表准入清单", _build_forms)
FEEDBACK = _list("reporting.feedback", "减负意见", _build_feedback)


def register_form_lists() -> None:
    """Called once at start."""
    register_exporter(FORMS)
    register_exporter(FEEDBACK)
