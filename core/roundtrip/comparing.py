"""Three readings of each cell: as it went out, as it came back, as it is now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.roundtrip.fields import BadCell, Field, canonical, parsed, written
from core.roundtrip.layouts import Layout, digest
from core.roundtrip.reading import Incoming, IncomingRow, RowProblem

MASK = "*"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that the file changes, old and new as they read in the sheet."""

    key: str
    label: str
    old: str
    new: str


@dataclass(slots=True)
class RowChange:
    """One row that the file changes or adds: the record (``None`` for a new one) and the new values by column."""

    row: int
    name: str
    record: Any
    values: dict[str, Any]
    cells: list[CellChange]

    @property
    def is_new(self) -> bool:
        return self.record is None


@dataclass(slots=True)
class Plan:
    """All that a file would do. It is applied whole, and only without problems."""

    sheet: str
    changes: list[RowChange] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)
    #: What the importer has made of the changes while it read them, for its own use when they are applied.
    prepared: Any = None

    @property
    def can_apply(self) -> bool:
        return bool(self.changes) and not self.problems

    @property
    def digest(self) -> str:
        """One word for all that the plan would do, equal for equal plans."""
        made = hashlib.sha256()
        for change in self.changes:
            for cell in change.cells:
                made.update(f"{change.row}\0{change.name}\0{cell.key}\0{cell.old}\0{cell.new}\1".encode())
        return made.hexdigest()

    @property
    def additions(self) -> list[RowChange]:
        return [change for change in self.changes if change.is_new]

    def refuse(
        self, change: RowChange, message: str, *, key: str = "", label: str = "", code: str = "refused"
    ) -> None:
        """Note what a rule has against one row, at the column that it is about: one that changes, or by its label."""
        label = next((cell.label for cell in change.cells if cell.key == key), label)
        self.problems.append(RowProblem(self.sheet, change.row, label, f"{change.name}：{message}", code))


def compare(layout: Layout, incoming: Incoming, present: Mapping[str, Any]) -> Plan:
    """What the rows that came back change of ``present`` (records in reach by their keys, or by the natural column)."""
    plan = Plan(incoming.sheet, problems=list(incoming.problems), notes=list(incoming.notes))
    seen: dict[str, int] = {}
    for row in incoming.rows:
        record = present.get(row.key) or present.get(row.natural)
        if record is None:
            _take_unknown(layout, row, plan)
            continue
        key = layout.key(record)
        if key in seen:
            message = f"与第 {seen[key]} 行是同一条记录，请只保留一行"
            plan.problems.append(RowProblem(incoming.sheet, row.number, "", message, "twice"))
            continue
        seen[key] = row.number
        change = _changed(layout, row, record, plan)
        if change.cells:
            plan.changes.append(change)
        else:
            plan.unchanged += 1
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


def _take_unknown(layout: Layout, row: IncomingRow, plan: Plan) -> None:
    if row.key or not layout.takes_new:
        message = "在系统中找不到这一行，或不在您的管辖范围内；请重新下载表格，不要自行增加行"
        plan.problems.append(RowProblem(plan.sheet, row.number, "", message, "unknown_row"))
        return
    change = RowChange(row.number, "新增", None, {}, [])
    for each in layout.editable():
        try:
            value = parsed(each, row.cells.get(each.key))
        except BadCell as bad:
            plan.problems.append(RowProblem(plan.sheet, row.number, each.label, f"{bad}。", "bad_cell"))
            continue
        change.values[each.key] = value
        text = canonical(written(each, value))
        if text:
            change.cells.append(CellChange(each.key, each.label, "", text))
    plan.changes.append(change)


def _changed(layout: Layout, row: IncomingRow, record: Any, plan: Plan) -> RowChange:
    change = RowChange(row.number, layout.name(record), record, {}, [])
    for each in layout.fields:
        if each.key in row.cells:
            _weigh(each, row, record, change, plan)
    return change


def _weigh(each: Field, row: IncomingRow, record: Any, change: RowChange, plan: Plan) -> None:
    """Add the cell to ``change`` if the file changes it, or a problem if it may not."""
    came = canonical(row.cells[each.key])
    sent = row.digests.get(each.key) if row.digests is not None else None
    if sent == digest(came) or (each.is_masked and MASK in came):
        return
    now = canonical(written(each, each.value_of(record)))
    if came == now:
        return
    try:
        value, text = _stated(each, row.cells[each.key])
    except BadCell as bad:
        plan.problems.append(
            RowProblem(plan.sheet, row.number, each.label, f"{change.name}：{bad}。", "bad_cell")
        )
        return
    if text == now or sent == digest(text):
        return
    if sent is not None and sent != digest(now):
        message = f"{change.name}：表中改为“{text or '空'}”，而系统中已被他人改为“{now or '空'}”，请核对后重新下载再改。"
        plan.problems.append(RowProblem(plan.sheet, row.number, each.label, message, "conflict"))
        return
    change.values[each.key] = value
    change.cells.append(CellChange(each.key, each.label, now, text))


def _stated(each: Field, cell: Any) -> tuple[Any, str]:
    """The value that a cell states and how the sheet would write it."""
    if not each.is_editable:
        raise BadCell("这一列由系统维护，不能在表中修改，请恢复原值")
    value = parsed(each, cell)
    return value, canonical(written(each, value))
