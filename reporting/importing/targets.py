"""Targets as a sheet that goes out, is filled in and comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from core import clock, formats
from core.errors import DomainError
from core.roundtrip import Field, Layout, Plan, compare, read_book, write_book
from core.xlsx import XLSX
from files.lists import note_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Importer, Progress
from orgs.models import OrgUnit
from reporting.models import Indicator
from reporting.permissions import SET_TARGETS
from reporting.selectors.target_grid import TargetGrid, read_grid, shown
from reporting.selectors.targets import latest_cycle
from reporting.services.targets import TargetChange, field_of, problems_with, set_targets

KIND = "reporting.targets"


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One unit and figure due on one day, with or without a target."""

    unit: OrgUnit
    indicator: Indicator
    due_on: dt.date
    now: str
    value: Decimal | None
    basis: str

    @property
    def key(self) -> str:
        return f"{self.unit.pk}/{self.indicator.key}/{self.due_on.isoformat()}"


LAYOUT = Layout(
    sheet="目标",
    fields=(
        Field(key="code", label="行政区划代码", is_editable=False, read=lambda line: line.unit.division_code),
        Field(
            key="unit", label="单位", is_editable=False, read=lambda line: line.unit.display_name, width=22
        ),
        Field(
            key="indicator",
            label="指标",
            is_editable=False,
            read=lambda line: line.indicator.name,
            width=30,
        ),
        Field(key="label", label="计量单位", is_editable=False, read=lambda line: line.indicator.unit_label),
        Field(key="due_on", label="完成时限", kind="day", is_editable=False),
        Field(key="now", label="现在", is_editable=False),
        Field(key="value", label="目标", kind="number", places=2, least=0, hint="百分比填百分数，如95"),
        Field(key="basis", label="依据", width=36),
    ),
    key=lambda line: line.key,
    name=lambda line: f"{line.unit.name}{line.indicator.name}",
)


def lines_of(grid: TargetGrid) -> list[TargetLine]:
    """Every unit and figure of the grid, unit by unit."""
    lines = []
    for unit in grid.units:
        for one in grid.indicators:
            target = grid.targets.get((unit.pk, one.key))
            lines.append(
                TargetLine(
                    unit,
                    one,
                    grid.due_on,
                    shown(one, grid.values.get((unit.pk, one.key))),
                    target.value if target else None,
                    target.basis if target else "",
                )
            )
    return lines


def _grid(unit: OrgUnit, due_on: dt.date, more: list[str]) -> TargetGrid:
    return read_grid(unit, due_on, latest_cycle(unit.province_id or unit.pk), more)


def _may_set(user: Any, params: dict[str, Any]) -> bool:
    return user.unit is not None and user.can(SET_TARGETS, user.unit)


def _may_have(user: Any, params: dict[str, Any]) -> bool:
    return _may_set(user, params) and user.can(EXPORT, user.unit)


def _due(params: dict[str, Any]) -> dt.date:
    try:
        return dt.date.fromisoformat(str(params.get("due_on", "")))
    except ValueError:
        return dt.date(clock.today().year, 12, 31)


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    due_on = _due(params)
    lines = lines_of(_grid(user.unit, due_on, []))
    write_book(
        Path(path),
        LAYOUT,
        lines,
        title=f"{user.unit.display_name}下达目标",
        note=note_of(user, f"完成时限：{formats.day(due_on)}", "目标留空为不设"),
        total=len(lines),
        progress=progress,
    )
    return Built(f"目标-{due_on:%Y%m%d}.xlsx", {"完成时限": formats.day(due_on), "行数": len(lines)})


def _read(user: Any, params: dict[str, Any], file: IO[bytes], progress: Progress, locking: bool) -> Plan:
    incoming = read_book(file, LAYOUT)
    days: dict[dt.date, set[str]] = {}
    stated = incoming.keys()
    for key in stated:
        _unit, indicator, day = (*key.split("/"), "", "")[:3]
        try:
            days.setdefault(dt.date.fromisoformat(day), set()).add(indicator)
        except ValueError:
            continue
    present = {
        line.key: line for day, more in days.items() for line in lines_of(_grid(user.unit, day, sorted(more)))
    }
    plan = compare(LAYOUT, incoming, present)
    _judge(user.unit, plan)
    return plan


def _changes(plan: Plan) -> dict[dt.date, list[TargetChange]]:
    by_day: dict[dt.date, list[TargetChange]] = {}
    for change in plan.changes:
        line: TargetLine = change.record
        value = change.values.get("value", line.value)
        basis = change.values.get("basis", line.basis)
        by_day.setdefault(line.due_on, []).append(
            TargetChange(
                line.unit.pk, line.indicator.key, None if value is None else Decimal(value), basis or ""
            )
        )
    return by_day


def _judge(setter: OrgUnit, plan: Plan) -> None:
    rows = {(c.record.due_on, field_of(c.record.unit.pk, c.record.indicator.key)): c for c in plan.changes}
    for day, changes in _changes(plan).items():
        for problem in problems_with(setter=setter, due_on=day, changes=changes):
            found = [c for (on, name), c in rows.items() if on == day and problem.field in (name, "due_on")]
            for change in found:
                plan.refuse(change, problem.message, key="value", label="目标", code=problem.code)
    plan.problems.sort(key=lambda problem: problem.row)


def _apply(user: Any, params: dict[str, Any], plan: Plan, progress: Progress) -> str:
    told = []
    for done, (day, changes) in enumerate(sorted(_changes(plan).items())):
        progress(done, len(plan.changes), "正在导入")
        outcome = set_targets(setter=user.unit, due_on=day, changes=changes, by=user)
        told.append(f"{formats.day(day)}前的目标：{outcome.words}")
    if not told:
        raise DomainError.of("nothing", "表中没有改动。")
    return "；".join(told) + "。"


TARGET_SHEET = Exporter(
    kind=KIND, title=lambda params: "目标", allowed=_may_have, build=_build, content_type=XLSX
)
TARGET_IMPORTER = Importer(
    kind=KIND,
    title="下达目标",
    intro="下载表格后只改“目标”“依据”两列：填数为下达，改数为调整，清空为撤销。百分比填百分数。",
    allowed=_may_set,
    read=_read,
    apply=_apply,
    back="reporting:hand_down",
    export=KIND,
)
