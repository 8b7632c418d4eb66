"""A sheet that came back: its head found, its rows keyed, formulas and doubtful heads refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from core.errors import DomainError
from core.roundtrip.fields import canonical
from core.roundtrip.layouts import KEY_LABEL, Layout, digests_by_key, stamped_keys
from core.xlsx_read import ReadRow, read_whole_sheet

#: The head stands below a title and a few notes at most.
HEAD_WITHIN = 12


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one cell or row, by sheet, row and column as the person sees them."""

    sheet: str
    row: int
    column: str
    message: str
    code: str

    @property
    def where(self) -> str:
        cell = f"“{self.column}”" if self.column else ""
        return f"“{self.sheet}”第 {self.row} 行{cell}"


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One row: its key and natural key as far as the file has them, digests as it went out, cells by column."""

    number: int
    key: str
    natural: str
    digests: dict[str, str] | None
    cells: dict[str, Any]


@dataclass(slots=True)
class Incoming:
    """All rows of the sheet with what is wrong with them already."""

    sheet: str
    rows: list[IncomingRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def keys(self) -> list[str]:
        return [row.key for row in self.rows if row.key]

    def naturals(self) -> list[str]:
        """Natural keys of the rows that have lost their own."""
        return [row.natural for row in self.rows if row.natural and not row.key]


@dataclass(frozen=True, slots=True)
class _Head:
    number: int
    fields: dict[int, str]
    key: int | None
    stamp: int | None
    stamped: list[str]


def read_book(file: IO[bytes], layout: Layout) -> Incoming:
    """The rows of ``layout``'s sheet in an uploaded workbook.

    Raises :class:`DomainError` where the file is no such workbook; what is wrong with single rows is in ``problems``.
    """
    sheet = read_whole_sheet(file, sheet=layout.sheet)
    rows = iter(sheet.rows)
    head = _find_head(rows, layout)
    incoming = Incoming(sheet.name)
    _check_head(head, layout, incoming)
    for row in rows:
        if any(_at(row, place) is not None for place in head.fields):
            incoming.rows.append(_incoming(row, head, layout))
    if sheet.formulas is None:
        incoming.notes.append("旧格式的表格（xls、et）不能识别公式，公式按其结果读取，请在预览中核对。")
    else:
        incoming.problems.extend(_formulas(sheet.name, sheet.formulas, head, layout, incoming))
    if not incoming.rows:
        raise DomainError.of("no_rows", f"工作表“{sheet.name}”中没有数据行。", "file")
    return incoming


def _find_head(rows: Iterator[ReadRow], layout: Layout) -> _Head:
    labels = {field.label: field.key for field in layout.fields}
    for row, _ in zip(rows, range(HEAD_WITHIN), strict=False):
        words = [canonical(value) for value in row.values]
        found = {place: labels[word] for place, word in enumerate(words) if word in labels}
        if KEY_LABEL in words or len(found) * 2 >= len(labels):
            stamps = [(place, keys) for place, word in enumerate(words) if (keys := stamped_keys(word))]
            key = words.index(KEY_LABEL) if KEY_LABEL in words else None
            stamp, stamped = stamps[0] if stamps else (None, [])
            return _Head(row.number, found, key, stamp, stamped)
    raise DomainError.of(
        "no_head", f"工作表“{layout.sheet}”中没有找到表头，请使用从本页下载的表格填写，不要改动表头。", "file"
    )


def _check_head(head: _Head, layout: Layout, incoming: Incoming) -> None:
    doubled = {key for key in head.fields.values() if list(head.fields.values()).count(key) > 1}
    if doubled:
        names = "、".join(field.label for field in layout.fields if field.key in doubled)
        raise DomainError.of("head_twice", f"表头中“{names}”出现多次，请只保留一列。", "file")
    if head.stamp is None and not layout.takes_new:
        incoming.notes.append("表中没有校验列：无法判断他人是否同时修改，将按与系统现值不同的单元格处理。")


def _incoming(row: ReadRow, head: _Head, layout: Layout) -> IncomingRow:
    cells = {key: _at(row, place) for place, key in head.fields.items()}
    digests = digests_by_key(head.stamped, _at(row, head.stamp)) if head.stamp is not None else None
    return IncomingRow(
        number=row.number,
        key=canonical(_at(row, head.key)) if head.key is not None else "",
        natural=canonical(cells.get(layout.natural)),
        digests=digests,
        cells=cells,
    )


def _at(row: ReadRow, place: int | None) -> Any:
    return row.values[place] if place is not None and place < len(row.values) else None


def _formulas(
    sheet: str, formulas: list[str], head: _Head, layout: Layout, incoming: Incoming
) -> Iterable[RowProblem]:
    """A formula's cell may show what it shows on another machine: it is refused, where it stands in our columns."""
    labels = {field.key: field.label for field in layout.fields}
    rows = {row.number for row in incoming.rows}
    for cell in formulas:
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
        place, row = _place(letters), int(number)
        if row in rows and place in head.fields:
            label = labels[head.fields[place]]
            message = f"单元格 {cell} 是公式，请改为数值或文字（复制后选择性粘贴为“值”）。"
            yield RowProblem(sheet, row, label, message, "formula")


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
