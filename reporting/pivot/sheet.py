"""The answer to a question as a workbook: the rows that the page shows, all of them, and how they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from core import clock, formats
from core.errors import DomainError
from core.keys import key_in
from core.xlsx import XLSX, Kind, SheetColumn, add_sheet, new_book, write_rows
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.models import Cohort, OrgUnit
from orgs.selectors.cohorts import known_cohorts
from reporting.forms.asking import QuestionForm
from reporting.models import Collection
from reporting.permissions import VIEW_REPORTS
from reporting.pivot.asking import Ground, ask, ground_of
from reporting.pivot.axes import Line
from reporting.pivot.measuring import Shown
from reporting.pivot.notes import Reasons, basis_words
from reporting.pivot.offers import collections_of
from reporting.pivot.ordering import ordered_rows
from reporting.pivot.screen import column_labels
from reporting.pivot.table import Pivot

KIND = "reporting.pivot"
TITLE = "自助查询"
#: Beyond so many cells a sheet is written row by row, without the styles of a table to print.
STYLED = 40_000
KINDS: dict[str, Kind] = {
    "money": "money",
    "signed_money": "money",
    "percent": "percent",
    "growth": "percent",
    "points": "points",
}


def _unit(user: Any, params: dict[str, Any]) -> OrgUnit | None:
    raw = str(params.get("unit") or "")
    if not raw:
        return user.unit
    visible = OrgUnit.objects.visible_to(user, VIEW_REPORTS)
    return visible.filter(pk=key_in(raw)).first()


def ground_asked(unit: OrgUnit, params: Any) -> Ground | None:
    """The collection asked for, the province's principal one otherwise; ``None`` before its first cycle."""
    offered = collections_of(unit)
    asked = str(params.get("collection") or "")
    chosen: Collection | None = next((one for one in offered if str(one.pk) == asked), None)
    if chosen is None:
        chosen = offered[0] if offered else None
    return ground_of(unit, chosen) if chosen is not None else None


def form_of(user: Any, unit: OrgUnit, ground: Ground, params: Any) -> QuestionForm:
    cohorts = known_cohorts(user) if user is not None else Cohort.objects.none()
    return QuestionForm(params, ground=ground, cohorts=cohorts, is_own=unit == user.unit)


def answer(user: Any, params: Any) -> Pivot:
    """The table for ``user``, in the scope of now; raises :class:`DomainError` for a question that is none."""
    unit = _unit(user, params)
    ground = ground_asked(unit, params) if unit is not None else None
    if unit is None or ground is None:
        raise DomainError.of("no_unit", "没有这个单位，或该省还没有开放过填报期。", "unit")
    form = form_of(user, unit, ground, params)
    if not form.is_valid():
        raise DomainError.of("bad_question", "；".join(form.messages()))
    return ask(form.question(), ground, form.cleaned_data["cohort"])


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    unit = _unit(user, params)
    return unit is not None and user.can(VIEW_REPORTS, unit) and user.can(EXPORT, unit)


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    progress(0, 10, "正在汇总数据")
    pivot = answer(user, params)
    whole, others, sums = ordered_rows(pivot)
    rows = [*whole, *others, *sums]
    moment = formats.moment(clock.now())
    name = f"{pivot.places.root.name}{params.get('title') or TITLE}"
    notes = [*pivot.caption, *basis_words(pivot), f"取数时间：{moment}　　制表：{user.actor_label}"]
    columns = _columns(pivot)
    reasons = Reasons()
    values = (_values(pivot, row, reasons) for row in rows)
    if len(rows) * len(columns) > STYLED:
        note = "　".join(notes)
        write_rows(
            path, columns, values, sheet=TITLE, title=name, note=note, total=len(rows), progress=progress
        )
    else:
        book = new_book()
        add_sheet(book, TITLE, columns, list(values), title=name, notes=notes)
        _explain(book, reasons)
        book.save(path)
    day = clock.today()
    record = {
        "单位": pivot.places.root.name,
        "时期": f"{pivot.periods[0].label}至{pivot.periods[-1].label}" if pivot.periods else "—",
        "口径": basis_words(pivot)[0],
        "区划": "按现行区划" if pivot.question.is_now else "按当时区划",
        "取数时间": moment,
        "行数": len(rows),
    }
    return Built(f"{name}-{day:%Y%m%d}.xlsx", record)


def _columns(pivot: Pivot) -> list[SheetColumn]:
    """Labels of one line each, since a sheet to work with has one head; unique, as the writer wants them."""
    heads = [SheetColumn(head, width=22) for head in pivot.row_heads]
    probe = pivot.rows[0] if pivot.rows else None
    seen = {head.label for head in heads}
    for labels, column in zip(column_labels(pivot), pivot.columns, strict=True):
        label = " ".join(labels)
        while label in seen:
            label += " "
        seen.add(label)
        kind = KINDS.get(pivot.cell(probe, column).shown.kind, "number") if probe else "number"
        heads.append(SheetColumn(label, kind if _is_alike(pivot, column) else "number", 14))
    return heads


def _is_alike(pivot: Pivot, column: Line) -> bool:
    """Whether all of a column is of one kind; where indicators stand in the rows it is not."""
    return column.indicator is not None or pivot.alone.indicator is not None


def _values(pivot: Pivot, row: Line, reasons: Reasons) -> list[Any]:
    cells = []
    for cell in pivot.cells(row):
        reasons.number(cell.shown.reason if cell.shown.value is None else "")
        cells.append(_value(cell.shown, is_alike=row.indicator is None))
    return [*row.labels, *cells]


def _value(shown: Shown, *, is_alike: bool) -> Any:
    """A number that can be worked with; a ratio beside counts in one column is written as it reads."""
    if shown.value is None:
        return None
    if shown.kind == "points":
        return round(float(shown.value) * 100, 1)
    if shown.kind in ("percent", "growth"):
        return float(shown.value) if is_alike else shown.text
    return int(shown.value) if isinstance(shown.value, int | Fraction) else shown.value


def _explain(book: Any, reasons: Reasons) -> None:
    """A second sheet that says why cells are empty."""
    if listed := reasons.listed():
        add_sheet(
            book,
            "空格说明",
            [SheetColumn("序号", "number", 8), SheetColumn("说明", width=60)],
            listed,
            title="空格说明",
        )


PIVOT_SHEET = Exporter(
    kind=KIND,
    title=lambda params: str(params.get("title") or TITLE),
    allowed=_allowed,
    build=_build,
    content_type=XLSX,
)


def rows_of(pivot: Pivot) -> Iterator[tuple[Line, list[Shown]]]:
    """Every row in the order shown, with what is shown in it: for the API."""
    whole, others, sums = ordered_rows(pivot)
    for row in (*whole, *others, *sums):
        yield row, [cell.shown for cell in pivot.cells(row)]
