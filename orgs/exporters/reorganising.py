"""Files of what changes the tree: reorganisations, one of them with what follows, yearly comparisons, findings.

Who may look at the page may have its file: none of them holds personal data.
"""

from __future__ import annotations

from typing import Any

from core import clock
from core.errors import DomainError
from core.formats import moment
from core.keys import key_in
from core.listed import sheet_columns, sheet_rows
from core.tables import Column
from core.xlsx import XLSX, SheetColumn, add_sheet, new_book, write_rows
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

LIST, ONE = "orgs.reorganisations", "orgs.reorganisation"
CHANGES, FINDINGS = "orgs.division_changes", "orgs.integrity_findings"
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


def _key(params: dict[str, Any], name: str) -> int:
    return key_in(params.get(name))


def _note(user: Any, total: int, counted: str) -> str:
    return f"截至{moment(clock.now())}，共 {total:,} {counted}；导出人：{user.actor_label}"


def _build_list(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    form = ListForm(params)
    rows = reorganisations.listed(user).order_by("-created_at", "-pk")
    rows = reorganisations.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()
    return _listed(user, rows, REORGANISATION_COLUMNS, path, progress, title="区划调整", counted="项")


def _listed(
    user: Any,
    rows: Any,
    columns: list[Column],
    path: str,
    progress: Progress,
    *,
    title: str,
    counted: str,
) -> Built:
    total = rows.count()
    write_rows(
        path,
        sheet_columns(columns),
        sheet_rows(columns, rows.iterator(chunk_size=2000)),
        sheet=title[:31],
        title=title,
        note=_note(user, total, counted),
        total=total,
        progress=progress,
    )
    return Built(f"{title}-{clock.today():%Y%m%d}.xlsx", {"条数": total, "截至": moment(clock.now())})


def _one(user: Any, params: dict[str, Any]) -> Reorganisation | None:
    rows = reorganisations.visible_reorganisations(user).select_related("unit")
    return rows.filter(pk=_key(params, "reorganisation")).first()


def _build_one(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    held = _one(user, params)
    if held is None:
        raise DomainError.of("gone", "没有找到这项区划调整，可能已不在您的范围内。")
    progress(0, 2, "整理调整事项")
    book = new_book()
    acts = reorganisations.acts_of(held)
    note = _note(user, len(acts), "个事项")
    add_sheet(book, "基本情况", FACTS, _facts(held), title=held.title, notes=[note])
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
    basis = {"事项数": len(acts), "变化数": followed, "截至": moment(clock.now())}
    return Built(f"{held.title}-{clock.today():%Y%m%d}.xlsx", basis)


def _consequence(plan: Any, label: str, row: Consequence) -> list[str]:
    return [plan.former_name_of(row.unit_id), label, row.label, row.before, row.after]


def _facts(held: Reorganisation) -> list[tuple[str, str]]:
    summary = held.journal.get("summary", {}).items()
    return [
        ("状态", str(held.get_state_display())),
        *facts_of(held),
        *((label, str(words)) for label, words in summary),
    ]


def _update(user: Any, params: dict[str, Any]) -> DivisionUpdate | None:
    return yearly.visible_updates(user).filter(pk=_key(params, "update")).first()


def _build_changes(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    update = _update(user, params)
    if update is None:
        raise DomainError.of("gone", "没有找到这次区划比对，可能已不在您的范围内。")
    form = ChangesForm(params, counties=yearly.counties_of(update))
    rows = yearly.changes_of(update).order_by("division_code", "pk")
    rows = yearly.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()
    return _listed(user, rows, CHANGE_COLUMNS, path, progress, title=f"{update}差异", counted="处")


def _build_findings(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    run = IntegrityRun.objects.filter(pk=_key(params, "run")).first()
    if run is None:
        raise DomainError.of("gone", "没有找到这次核对。")
    findings = integrity.findings_of(run, str(params.get("code") or ""), str(params.get("q") or ""))
    told = integrity.told(findings)
    rows = (
        [
            each["label"],
            each["unit"].display_name if each["unit"] else "",
            each["unit"].division_code if each["unit"] else "",
            each["message"],
            "；".join(each["repair"]) or each["advice"],
            each["repaired_at"],
            each["repaired_by"],
        ]
        for each in told
    )
    title = "组织树核对结果"
    write_rows(
        path,
        FINDING_COLUMNS,
        rows,
        sheet="问题",
        title=title,
        note=f"{run}，{_note(user, len(told), '处')}",
        total=len(told),
        progress=progress,
    )
    return Built(f"{title}-{clock.today():%Y%m%d}.xlsx", {"处数": len(told)})


def _titled_findings(params: dict[str, Any]) -> str:
    code = str(params.get("code") or "")
    return f"组织树核对结果：{label_of(code)}" if code else "组织树核对结果"


REORGANISING_EXPORTERS = [
    Exporter(
        LIST, lambda params: "区划调整", lambda user, params: user.can_anywhere(VIEW_UNITS), _build_list, XLSX
    ),
    Exporter(
        ONE,
        lambda params: "区划调整及办理后的变化",
        lambda user, params: user.can_anywhere(VIEW_UNITS) and _one(user, params) is not None,
        _build_one,
        XLSX,
    ),
    Exporter(
        CHANGES,
        lambda params: "年度区划更新差异",
        lambda user, params: user.can_anywhere(DRAFT_REORGANISATION) and _update(user, params) is not None,
        _build_changes,
        XLSX,
    ),
    Exporter(
        FINDINGS,
        _titled_findings,
        lambda user, params: user.can_anywhere(CHECK_TREE),
        _build_findings,
        XLSX,
    ),
]
