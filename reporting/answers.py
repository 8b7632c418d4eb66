"""What is answered to each kind of item: read from what was typed, written for people.

Figures are numbers; everything else is kept as text: a choice as its option's key, several as keys in the order of the
options, a date as ``2026-03-20``, a table as JSON rows of plain strings by column key. So one answer is one cell, with one
revision, one digest and one frozen figure.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.errors import DomainError, Problem
from core.formats import ABSENT
from core.json_text import read_json
from reporting.choices import TYPED_FIGURES, ValueKind

#: No count of a county comes near it; more is a slip of the keyboard.
LARGEST = Decimal("999999999")
MOST_ROWS = 200
MOST_IN_A_CELL = 200

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
#: As people write numbers: no exponent, no underscores, no other script's digits.
_PLAIN = re.compile(r"[+-]?[0-9]*\.?[0-9]*")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, as its rows are read."""

    key: str
    name: str
    kind: ValueKind
    unit: str = ""
    is_key: bool = False
    is_required: bool = False
    options: tuple[Option, ...] = ()

    @property
    def is_numeric(self) -> bool:
        return self.kind in TYPED_FIGURES


@dataclass(frozen=True, slots=True)
class Shape:
    """What may be answered to one item."""

    kind: ValueKind
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def key_column(self) -> Column | None:
        return next((column for column in self.columns if column.is_key), None)


def options_of(rows: Iterable[Mapping[str, str]]) -> tuple[Option, ...]:
    """Options as they are kept with an item or a column."""
    return tuple(Option(row["key"], row["name"]) for row in rows)


def read_answer(raw: str, shape: Shape, *, key: str) -> tuple[Decimal | None, str]:
    """Value and text of what was typed; both empty where nothing was.

    Raises:
        DomainError: not of the kind, with everything that is wrong; of a table by row and column.
    """
    if shape.kind in TYPED_FIGURES:
        return parse_figure(raw, kind=shape.kind, key=key), ""
    if shape.kind == ValueKind.TABLE:
        return None, written_rows(_read_rows(raw, shape, key=key))
    if shape.kind == ValueKind.TEXT:
        return None, raw.replace("\r\n", "\n")
    return None, _read_plain(raw, shape.kind, shape.options, key=key)


def _read_plain(raw: str, kind: ValueKind, options: Sequence[Option], *, key: str) -> str:
    if kind == ValueKind.DATE:
        return _read_date(raw, key=key)
    chosen = {part.strip() for part in re.split("[,，、;；]", raw) if part.strip()}
    known = [option for option in options if chosen & {option.key, option.name}]
    if len(known) < len(chosen):
        stranger = sorted(chosen - {word for option in known for word in (option.key, option.name)})
        raise DomainError.of("unknown_option", f"没有“{'、'.join(stranger)[:40]}”这个选项。", key)
    if kind == ValueKind.CHOICE and len(known) > 1:
        raise DomainError.of("one_option", "只能选一项。", key)
    return ",".join(option.key for option in known)


def _read_date(raw: str, *, key: str) -> str:
    text = raw.translate(_FULL_WIDTH).strip()
    if not text:
        return ""
    match = _DATE.fullmatch(text)
    try:
        day = dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise DomainError.of("not_a_date", f"“{raw[:20]}”不是日期，请填如 2026-03-20。", key)
    return day.isoformat()


def _read_rows(raw: str, shape: Shape, *, key: str) -> list[Row]:
    """The rows typed, each cell read by its column; empty rows fall away."""
    problems: list[Problem] = []
    rows: list[Row] = []
    given = _given_rows(raw, key=key)
    if len(given) > MOST_ROWS:
        raise DomainError.of("too_many_rows", f"表格最多{MOST_ROWS}行，现有{len(given)}行。", key)
    for number, row in enumerate(given, start=1):
        read = {}
        for column in shape.columns:
            try:
                read[column.key] = _read_cell(str(row.get(column.key) or ""), column, key=key)
            except DomainError as error:
                problems += [
                    Problem(one.code, f"第{number}行“{column.name}”：{one.message}", key)
                    for one in error.problems
                ]
        if any(read.values()):
            rows.append({name: value for name, value in read.items() if value})
    if problems:
        raise DomainError(problems)
    return rows


def _given_rows(raw: str, *, key: str) -> list[Mapping[str, object]]:
    if not raw.strip():
        return []
    try:
        given = read_json(raw)
    except ValueError:
        given = None
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise DomainError.of("not_a_table", "表格内容无法识别，请刷新页面后再试。", key)
    return given


def _read_cell(raw: str, column: Column, *, key: str) -> str:
    if column.is_numeric:
        value = parse_figure(raw, kind=column.kind, key=key)
        return "" if value is None else digits(value)
    if column.kind != ValueKind.TEXT:
        return _read_plain(raw, column.kind, column.options, key=key)
    text = " ".join(raw.split())
    if len(text) > MOST_IN_A_CELL:
        raise DomainError.of("too_long", f"每格最多{MOST_IN_A_CELL}字。", key)
    return text


def written_rows(rows: Sequence[Row]) -> str:
    """Rows as they are kept; none is nothing."""
    return json.dumps(list(rows), ensure_ascii=False) if rows else ""


def rows_of(text: str) -> list[Row]:
    """The rows of a kept table."""
    return json.loads(text) if text else []


def column_sum(rows: Iterable[Row], column: str) -> Decimal:
    """What a numeric column of a table adds up to."""
    return sum((Decimal(row[column]) for row in rows if row.get(column)), Decimal(0))


def chosen(text: str) -> list[str]:
    """The keys of the options in a kept choice."""
    return text.split(",") if text else []


def written_answer(text: str, shape: Shape) -> str:
    """A kept text as people read it: names of options, dates in Chinese, a table in a line a row."""
    if not text or shape.kind == ValueKind.TEXT:
        return text
    if shape.kind == ValueKind.TABLE:
        return "\n".join(_written_row(row, shape.columns) for row in rows_of(text))
    return written_plain(text, shape.kind, shape.options)


def written_plain(text: str, kind: ValueKind, options: Sequence[Option] = ()) -> str:
    """A kept choice or date as people read it."""
    if kind == ValueKind.DATE:
        day = dt.date.fromisoformat(text)
        return f"{day.year}年{day.month}月{day.day}日"
    if kind not in (ValueKind.CHOICE, ValueKind.CHOICES):
        return text
    names = {option.key: option.name for option in options}
    return "、".join(names.get(key, key) for key in chosen(text))


def _written_row(row: Row, columns: Sequence[Column]) -> str:
    return "；".join(
        f"{column.name}：{written_cell(row, column)}" for column in columns if row.get(column.key)
    )


def written_cell(row: Row, column: Column) -> str:
    """One cell of a table as people read it."""
    text = row.get(column.key, "")
    if not text:
        return ABSENT
    return written(Decimal(text)) if column.is_numeric else written_plain(text, column.kind, column.options)


def parse_figure(raw: str, *, kind: ValueKind, key: str) -> Decimal | None:
    """What was typed, as a number; empty is ``None``.

    Accepts full-width digits and thousands separators.

    Raises:
        DomainError: not a number, negative, too large, or with more decimals than the kind has (counts none, the others
            two).
    """
    text = raw.translate(_FULL_WIDTH).replace(",", "").replace(" ", "").strip()
    if not text:
        return None
    value = _number(text, raw=raw, key=key)
    if value < 0:
        raise DomainError.of("negative", "不能是负数。", key)
    if value > LARGEST:
        raise DomainError.of("too_large", f"数字过大（最大 {LARGEST:,}），请核对。", key)
    if kind == ValueKind.COUNT and value != value.to_integral_value():
        raise DomainError.of("not_whole", "请填整数，没有小数。", key)
    if kind != ValueKind.COUNT and value != value.quantize(Decimal("0.01")):
        words = "金额以万元计，最多两位小数。" if kind == ValueKind.MONEY else "最多两位小数。"
        raise DomainError.of("too_many_decimals", words, key)
    return value.quantize(Decimal("1")) if kind == ValueKind.COUNT else value.quantize(Decimal("0.01"))


def _number(text: str, *, raw: str, key: str) -> Decimal:
    if len(text) > 40:
        raise DomainError.of("too_large", "数字过大，请核对。", key)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or (value <= LARGEST and not _PLAIN.fullmatch(text)):
        raise DomainError.of("not_a_number", f"“{raw[:20]}”不是数字，请只填数字。", key)
    return value


def written(value: Decimal) -> str:
    """A figure as it stands in a message: whole numbers whole, money with its two decimals."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def digits(value: Decimal) -> str:
    """A figure without separators and trailing zeros."""
    return format(value.normalize(), "f")
