"""Files of what changes the tree: reorganisations, one of them with what follows, yearly comparisons, findings.

Who may look at the page may have its file: none of them holds personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from core.chunks import streamed
from core.errors import DomainError
from core.keys import key_in
from core.listed import sheet_columns, sheet_rows
from core.tables import Column
from core.xlsx import XLSX, SheetColumn, add_sheet, new_book
from files.lists import Caption, Listing, listing_file
from files.registry import Built, Exporter, Progress
from orgs.forms.reorganising import ListForm
from orgs.forms.yearly import ChangesForm
from orgs.models import DivisionUpdate, IntegrityRun, Reorganisation
from orgs.permissions import CHECK_TREE, DRAFT_REORGANISATION, VIEW_UNITS
from orgs.registry import Consequence
from orgs.rules.integrity import label_of
from orgs.selectors import integrity, reorganisations, yearly
from orgs.services import reorganising
from orgs.tables.reorganising import ACT_COLUMNS, REORGANISATION_COLUMNS, facts_of
from orgs.tables.yearly import CHANGE_COLUMNS

CONSEQUENCES = [
    SheetColumn("单位", width=34),
    SheetColumn("类别", width=14),
    SheetColumn("内容", width=16),
    SheetColumn("现在", width=34),
    SheetColumn("办理后", width=40),
]
FACTS = [SheetColumn("项目", width=16), SheetColumn("内容", width=60)]
FINDING_COLUMNS = [
    SheetColumn("类别", width=20),
    SheetColumn("单位", width=30),
    SheetColumn("代码", width=15),
    SheetColumn("问题", width=50),
    SheetColumn("修复内容或处理办法", width=60),
    SheetColumn("修复时间", "moment", 18),
    SheetColumn("修复人", width=24),
]


def _of_columns(columns: list[Column], rows: Any, title: str, counted: str) -> Listing:
    return Listing(
        title=title,
        columns=sheet_columns(columns),
        rows=sheet_rows(columns, streamed(rows)),
        total=rows.count(),
        counted=counted,
    )


def _find_list(user: Any, query: QueryDict) -> Listing:
    form = ListForm(query)
    rows = reorganisations.listed(user).order_by("-created_at", "-pk")
    rows = reorganisations.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()
    return _of_columns(REORGANISATION_COLUMNS, rows, "区划调整", "项")


def _one(user: Any, params: Mapping[str, Any]) -> Reorganisation | None:
    rows = reorganisations.visible_reorganisations(user).select_related("unit")
    return rows.filter(pk=key_in(params.get("reorganisation"))).first()


def _build_one(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    held = _one(user, params)
    if held is None:
        raise DomainError.of("gone", "没有找到这项区划调整，可能已不在您的范围内。")
    progress(0, 2, "整理调整事项")
    book = new_book()
    acts = reorganisations.acts_of(held)
    caption = Caption(title=held.title, total=len(acts), counted="个事项")
    add_sheet(book, "基本情况", FACTS, _facts(held), title=held.title, notes=[caption.note(user)])
    add_sheet(book, "调整事项", sheet_columns(ACT_COLUMNS), sheet_rows(ACT_COLUMNS, acts), title="调整事项")
    followed = 0
    if held.applied_at is None and acts:
        progress(1, 2, "推算办理后的变化")
        found = reorganising.preview(held)
        rows = [(group.label, row) for group in found.groups for row in group.rows]
        followed = len(rows)
        add_sheet(
            book,
            "办理后的变化",
            CONSEQUENCES,
            [_consequence(found.plan, label, row) for label, row in rows],
            title="办理后的变化",
            notes=[f"办理前须处理：{problem.message}" for problem in found.problems],
        )
    book.save(path)
    return caption.built(len(acts) + followed)


def _consequence(plan: Any, label: str, row: Consequence) -> list[str]:
    return [plan.former_name_of(row.unit_id), label, row.label, row.before, row.after]


def _facts(held: Reorganisation) -> list[tuple[str, str]]:
    summary = held.journal.get("summary", {}).items()
    return [
        ("状态", str(held.get_state_display())),
        *facts_of(held),
        *((label, str(words)) for label, words in summary),
    ]


def _update(user: Any, params: Mapping[str, Any]) -> DivisionUpdate | None:
    return yearly.visible_updates(user).filter(pk=key_in(params.get("update"))).first()


def _find_changes(user: Any, query: QueryDict) -> Listing:
    update = _update(user, query)
    if update is None:
        raise DomainError.of("gone", "没有找到这次区划比对，可能已不在您的范围内。")
    form = ChangesForm(query, counties=yearly.counties_of(update))
    rows = yearly.changes_of(update).order_by("division_code", "pk")
    rows = yearly.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()
    return _of_columns(CHANGE_COLUMNS, rows, f"{update}差异", "处")


def _find_findings(user: Any, query: QueryDict) -> Listing:
    run = IntegrityRun.objects.filter(pk=key_in(query.get("run"))).first()
    if run is None:
        raise DomainError.of("gone", "没有找到这次核对。")
    findings = integrity.findings_of(run, str(query.get("code") or ""), str(query.get("q") or ""))
    told = integrity.told(findings)
    return Listing(
        title="组织树核对结果",
        sheet="问题",
        columns=FINDING_COLUMNS,
        rows=map(_finding_cells, told),
        total=len(told),
        counted="处",
        remarks=(str(run),),
    )


def _finding_cells(told: Mapping[str, Any]) -> list[Any]:
    unit = told["unit"]
    return [
        told["label"],
        unit.display_name if unit else "",
        unit.division_code if unit else "",
        told["message"],
        "；".join(told["repair"]) or told["advice"],
        told["repaired_at"],
        told["repaired_by"],
    ]


def _titled_findings(params: dict[str, Any]) -> str:
    code = str(params.get("code") or "")
    return f"组织树核对结果：{label_of(code)}" if code else "组织树核对结果"


REORGANISING_EXPORTERS = [
    listing_file(
        kind="orgs.reorganisations",
        title="区划调整",
        allowed=lambda user, params: user.can_anywhere(VIEW_UNITS),
        find=_find_list,
    ),
    Exporter(
        "orgs.reorganisation",
        lambda params: "区划调整及办理后的变化",
        lambda user, params: user.can_anywhere(VIEW_UNITS) and _one(user, params) is not None,
        _build_one,
        XLSX,
    ),
    listing_file(
        kind="orgs.division_changes",
        title="年度区划更新差异",
        allowed=lambda user, params: (
            user.can_anywhere(DRAFT_REORGANISATION) and _update(user, params) is not None
        ),
        find=_find_changes,
    ),
    listing_file(
        kind="orgs.integrity_findings",
        title=_titled_findings,
        allowed=lambda user, params: user.can_anywhere(CHECK_TREE),
        find=_find_findings,
    ),
]
