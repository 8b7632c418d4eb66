"""The rules of a form: each one function, named for what it demands; they return problems and save nothing.

An error blocks the submission. A warning passes with a line of explanation, which the reviewer reads. The general rules come
from the monthly form (“Rules that block”, “To be explained in a line”); what a form demands of its own cells stands with its
version, in the language of :mod:`reporting.expressions`. History and registry are handed in by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from core.errors import Problem
from reporting.answers import Column, Shape, column_sum, rows_of, written
from reporting.choices import TYPED_FIGURES, ValueKind
from reporting.expressions import ExpressionError, Node, Scene, evaluate, read

UNUSUAL_FACTOR = 3
UNUSUAL_FLOOR = 20
FALL_SHARE = Decimal("0.10")
FALL_FLOOR = 5
HISTORY_CYCLES = 6
TEXT_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """What a rule must know of one line of the form."""

    key: str
    name: str
    kind: ValueKind
    is_flow: bool
    is_required: bool
    max_length: int = TEXT_LIMIT
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    file_count: int = 0
    columns: tuple[Column, ...] = ()
    is_computed: bool = False

    @property
    def is_numeric(self) -> bool:
        """Typed as a number."""
        return self.kind in TYPED_FIGURES and not self.is_computed


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one cell. ``value`` is the whole figure; ``recorded`` the part that the ledgers know (台账数),
    ``None`` where they know nothing."""

    value: Decimal | None = None
    text: str = ""
    explanation: str = ""
    recorded: Decimal | None = None

    @property
    def typed(self) -> Decimal | None:
        """未入台账补充数: what was typed beside the ledger's number, or the whole where there is none."""
        return self.value if self.value is None or self.recorded is None else self.value - self.recorded


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report as the rules see it. ``history`` holds the unit's last accepted values, newest first, ``last`` and
    ``last_year`` those of the period before and of the same one last year; ``registry`` the registry's figures that the
    form's own rules ask for; ``files`` how many are attached, by item."""

    lines: Sequence[Line]
    entries: Mapping[str, Entry]
    relations: Sequence[Mapping[str, Any]] = ()
    history: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)
    last: Mapping[str, Decimal] = field(default_factory=dict)
    last_year: Mapping[str, Decimal] = field(default_factory=dict)
    registry: Mapping[str, Decimal] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)

    def value(self, key: str) -> Decimal | None:
        return self.entries.get(key, Entry()).value

    def name(self, key: str) -> str:
        return next((line.name for line in self.lines if line.key == key), key)

    def has(self, key: str) -> bool:
        return any(line.key == key for line in self.lines)


def nothing_is_left_out(sheet: Sheet) -> Iterable[Problem]:
    """Nothing typed is missing: zero must be typed (or a nil return made), wanted files attached."""
    for line in sheet.lines:
        entry = sheet.entries.get(line.key, Entry())
        if line.is_numeric:
            if entry.value is None:
                yield Problem("left_out", f"“{line.name}”还没有填；没有发生的请填 0。", line.key)
        elif line.kind == ValueKind.FILE:
            yield from _files_left_out(line, sheet.files.get(line.key, 0))
        elif line.is_required and not line.is_computed and not entry.text.strip():
            yield Problem("left_out", f"“{line.name}”为必填，请填写。", line.key)


def _files_left_out(line: Line, attached: int) -> Iterable[Problem]:
    if line.is_required and attached < line.file_count:
        words = f"，现有{attached}份" if attached else ""
        yield Problem("files_wanted", f"“{line.name}”要附{line.file_count}份{words}，请上传。", line.key)


def no_cell_of_a_table_is_left_out(sheet: Sheet) -> Iterable[Problem]:
    """Each row of a table says what it is about, and all that its columns want."""
    for line in sheet.lines:
        wanted = [column for column in line.columns if column.is_key or column.is_required]
        for number, row in enumerate(rows_of(sheet.entries.get(line.key, Entry()).text) if wanted else [], 1):
            names = "、".join(f"“{column.name}”" for column in wanted if not row.get(column.key))
            if names:
                yield Problem("left_out", f"“{line.name}”第{number}行还没有填{names}。", line.key)


def rows_are_told_apart(sheet: Sheet) -> Iterable[Problem]:
    """No two rows of a table have the same key: they would be added up as one."""
    for line in sheet.lines:
        key = Shape(line.kind, columns=line.columns).key_column
        if key is None:
            continue
        seen: dict[str, int] = {}
        for number, row in enumerate(rows_of(sheet.entries.get(line.key, Entry()).text), start=1):
            value = row.get(key.key, "")
            if value and value in seen:
                words = f"“{line.name}”第{number}行与第{seen[value]}行的“{key.name}”相同，请合并为一行。"
                yield Problem("same_row_twice", words, line.key)
            seen.setdefault(value, number)


def within_bounds(sheet: Sheet) -> Iterable[Problem]:
    """A figure is not below or above what its item allows."""
    for line in sheet.lines:
        value = sheet.value(line.key)
        if value is None:
            continue
        if line.minimum is not None and value < line.minimum:
            yield Problem("below_bound", f"“{line.name}”不能小于 {written(line.minimum)}。", line.key)
        if line.maximum is not None and value > line.maximum:
            yield Problem("above_bound", f"“{line.name}”不能大于 {written(line.maximum)}。", line.key)


def result_is_not_negative(sheet: Sheet) -> Iterable[Problem]:
    """What a formula gives is a figure like others."""
    for line in sheet.lines:
        value = sheet.value(line.key)
        if line.is_computed and value is not None and value < 0:
            yield Problem(
                "negative_result",
                f"“{line.name}”按公式算出 {written(value)}，不应为负，请核对各项。",
                line.key,
            )


def text_fits(sheet: Sheet) -> Iterable[Problem]:
    """Narratives stay within their length (2000 字以内)."""
    for line in sheet.lines:
        length = len(sheet.entries.get(line.key, Entry()).text)
        if line.kind == ValueKind.TEXT and length > line.max_length:
            yield Problem(
                "too_long", f"“{line.name}”共{length}字，超过{line.max_length}字，请精简。", line.key
            )


@dataclass(frozen=True, slots=True)
class Relation:
    """What a form demands of its own cells. ``field`` is the cell that the problem is shown at."""

    demand: Node
    field: str
    level: Literal["error", "warning"]
    message: str
    code: str


@lru_cache(maxsize=2000)
def _read(demand: str) -> Node:
    return read(demand)


def relation_of(data: Mapping[str, Any]) -> Relation:
    """A rule as it is kept with a form version."""
    level: Literal["error", "warning"] = "warning" if data.get("level") == "warning" else "error"
    return Relation(
        _read(data["demand"]), data["field"], level, data["message"], data.get("code") or "relation"
    )


def scene_of(sheet: Sheet) -> Scene:
    """The sheet as an expression sees it: only what this unit owes."""
    cells: dict[str, Decimal | str | None] = {}
    columns: dict[tuple[str, str], Decimal] = {}
    rows: dict[str, int] = {}
    for line in sheet.lines:
        entry = sheet.entries.get(line.key, Entry())
        if line.kind == ValueKind.TABLE:
            table = rows_of(entry.text)
            rows[line.key] = len(table)
            numeric = [column.key for column in line.columns if column.is_numeric and table]
            columns |= {(line.key, key): column_sum(table, key) for key in numeric}
        is_figure = line.is_numeric or line.is_computed
        cells[line.key] = entry.value if is_figure else (entry.text or None)
    return Scene(cells, sheet.last, sheet.last_year, sheet.registry, columns, rows)


def relations_hold(sheet: Sheet) -> Iterable[Problem]:
    """What the form demands of its own cells; a demand that lacks a figure waits for it."""
    if not sheet.relations:
        return
    scene = scene_of(sheet)
    for data in sheet.relations:
        relation = relation_of(data)
        if sheet.has(relation.field) and evaluate(relation.demand, scene) is False:
            yield Problem(relation.code, _filled_in(relation.message, scene), relation.field, relation.level)


BLANK = re.compile(r"\{([^{}]+)\}")


def _filled_in(message: str, scene: Scene) -> str:
    """The message with what stands in braces worked out: ``{led}`` is the figure typed."""

    def figure(match: re.Match[str]) -> str:
        try:
            value = evaluate(_read(match[1]), scene)
        except ExpressionError:
            return match[0]
        return written(value) if isinstance(value, Decimal) else str(value or "")

    return BLANK.sub(figure, message)


def unusual_flow_is_explained(sheet: Sheet) -> Iterable[Problem]:
    """A typed figure over three times the mean of the unit's last six cycles and over 20 wants a line."""
    for line in sheet.lines:
        past = list(sheet.history.get(line.key, ()))[:HISTORY_CYCLES]
        value = sheet.value(line.key)
        if not (line.is_numeric and line.is_flow) or value is None or not past:
            continue
        mean = sum(past, Decimal(0)) / len(past)
        if value > UNUSUAL_FLOOR and value > UNUSUAL_FACTOR * mean:
            yield Problem(
                "unusually_high",
                f"“{line.name}”本月 {written(value)}，超过近{len(past)}期平均（{mean:.1f}）的3倍。请核对；确实如此的，请写一句说明。",
                line.key,
                "warning",
            )


def falling_state_is_explained(sheet: Sheet) -> Iterable[Problem]:
    """A typed state that falls by over 10 % and by 5 or more wants a line."""
    for line in sheet.lines:
        past = list(sheet.history.get(line.key, ()))
        value = sheet.value(line.key)
        if not line.is_numeric or line.is_flow or value is None or not past:
            continue
        fall = past[0] - value
        if fall >= FALL_FLOOR and fall > past[0] * FALL_SHARE:
            yield Problem(
                "fallen",
                f"“{line.name}”比上期（{written(past[0])}）减少 {written(fall)}。请核对；确实如此的，请写一句说明。",
                line.key,
                "warning",
            )


#: Checked as one types; what is left out is asked for at submission only.
WHILE_TYPING = (
    text_fits,
    within_bounds,
    rows_are_told_apart,
    result_is_not_negative,
    relations_hold,
    unusual_flow_is_explained,
    falling_state_is_explained,
)
AT_SUBMISSION = (nothing_is_left_out, no_cell_of_a_table_is_left_out, *WHILE_TYPING)


def problems_while_typing(sheet: Sheet) -> list[Problem]:
    """Errors and unexplained or explained warnings of a half-filled form."""
    return [problem for rule in WHILE_TYPING for problem in rule(sheet)]


def problems_at_submission(sheet: Sheet) -> list[Problem]:
    """All errors, and the warnings that still lack their line of explanation (as errors)."""
    found: list[Problem] = []
    for rule in AT_SUBMISSION:
        for problem in rule(sheet):
            if problem.is_error:
                found.append(problem)
            elif not sheet.entries.get(problem.field or "", Entry()).explanation.strip():
                found.append(Problem(problem.code, problem.message, problem.field))
    return found
