"""One column of a round trip: how its value is read from a row, written into a cell, and read back from one."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

FieldKind = Literal["text", "number", "day", "choice", "flag", "list", "mixed"]

YES, NO = "是", "否"
SEPARATOR = "、"
#: Day 0 of the serial numbers that a date becomes where its cell lost the date format.
SERIAL_ZERO = dt.date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
#: What a sheet cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class BadCell(Exception):
    """A cell that cannot be read; the message says what is wrong and what to write instead."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Words offered by what another column of the same row says: ``groups`` of words, and the group of each text there.

    Where that cell is empty or says something else, all words are offered.
    """

    on: str
    groups: tuple[tuple[str, ...], ...]
    group_of: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column.

    ``read(row)`` gives the value (text, whole or decimal number, day, key of a choice, bool, keys of choices); without
    it the attribute ``key`` is read. A ``masked`` field shows part of its value: a cell that still holds asterisks is
    unchanged. ``clean(value)`` may check or change a value typed, raising :class:`BadCell`. In a ``mixed`` column each
    row has its own sort of value: numbers are written as numbers, what comes back is its text, and ``words_of(row)``
    are the words that a row's cell offers (several may be written where ``takes_several(row)``). With an ``offer`` the
    drop-down of a choice shows those of its ``choices`` that go with another cell of the row.
    """

    key: str
    label: str
    kind: FieldKind = "text"
    read: Callable[[Any], Any] | None = None
    is_editable: bool = True
    is_required: bool = False
    choices: tuple[tuple[Any, str], ...] = ()
    is_masked: bool = False
    longest: int = 200
    least: int | None = None
    most: int | None = None
    places: int = 0
    clean: Callable[[Any], Any] | None = None
    width: float = 14.0
    hint: str = ""
    words_of: Callable[[Any], tuple[str, ...]] | None = None
    takes_several: Callable[[Any], bool] | None = None
    offer: Offer | None = None
    #: The words of ``choices`` by their keys, and the keys by their words and by themselves as text.
    label_of: dict[Any, str] = dataclass_field(init=False, repr=False, compare=False)
    key_of: dict[str, Any] = dataclass_field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys: dict[str, Any] = {}
        for key, label in self.choices:
            keys.setdefault(label, key)
            keys.setdefault(str(key), key)
        object.__setattr__(self, "label_of", dict(self.choices))
        object.__setattr__(self, "key_of", keys)

    def value_of(self, record: Any) -> Any:
        return self.read(record) if self.read is not None else getattr(record, self.key)


def written(field: Field, value: Any) -> Any:
    """``value`` as the cell shall hold it: text, a number or a day; nothing for an absent one."""
    if value is None or value == "":
        return None
    if field.kind == "choice":
        return field.label_of.get(value, str(value))
    if field.kind == "flag":
        return YES if value else NO
    if field.kind == "list":
        return SEPARATOR.join(label for key, label in field.choices if key in value) or None
    if field.kind in ("number", "day") or (field.kind == "mixed" and not isinstance(value, str)):
        return value
    return plain_text(str(value)) or None


def canonical(cell: Any) -> str:
    """The text of a cell's value by which two cells are equal, however an office program stores them."""
    if cell is None:
        return ""
    if cell.__class__ is str:
        return plain_text(cell)
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, int | float | Decimal):
        return _plain_number(Decimal(str(cell)))
    return plain_text(str(cell))


def plain_text(text: str) -> str:
    """``text`` as a sheet gives it back: no control signs, one kind of line end, no blanks around it."""
    if text.isprintable():
        return text.strip()
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _plain_number(number: Decimal) -> str:
    if not number.is_finite():
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parsed(field: Field, cell: Any) -> Any:
    """The value that a cell states; raises :class:`BadCell`. Empty is ``None``, of text ``""``, of a list ``[]``."""
    text = canonical(cell)
    if not text:
        if field.is_required:
            raise BadCell("不能为空")
        return {"text": "", "mixed": "", "list": []}.get(field.kind)
    value = _PARSERS[field.kind](field, cell, text)
    return field.clean(value) if field.clean is not None else value


def _text(field: Field, cell: Any, text: str) -> str:
    if len(text) > field.longest:
        raise BadCell(f"最多 {field.longest} 个字，现有 {len(text)} 个")
    return text


def _number(field: Field, cell: Any, text: str) -> int | Decimal:
    shown = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    try:
        number = Decimal(shown)
    except InvalidOperation:
        raise BadCell(f"“{text[:20]}”不是数字") from None
    if not number.is_finite() or number.adjusted() > 15:
        raise BadCell(f"“{text[:20]}”不是可用的数字")
    if number != round(number, field.places):
        raise BadCell("应为整数" if not field.places else f"最多 {field.places} 位小数")
    if field.least is not None and number < field.least:
        raise BadCell(f"不能小于 {field.least}")
    if field.most is not None and number > field.most:
        raise BadCell(f"不能大于 {field.most:,}")
    return number if field.places else int(number)


def _day(field: Field, cell: Any, text: str) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int) and cell in _SERIALS:
        return SERIAL_ZERO + dt.timedelta(days=cell)
    shown = unicodedata.normalize("NFKC", text)
    found = _DAY.fullmatch(shown) or _COMPACT_DAY.fullmatch(shown)
    if found is not None:
        try:
            return dt.date(*(int(part) for part in found.groups()))
        except ValueError:
            raise BadCell(f"“{text[:20]}”不是真实的日期") from None
    raise BadCell(f"“{text[:20]}”不是日期，请写成 2026-5-1 或 2026年5月1日")


def _choice(field: Field, cell: Any, text: str) -> Any:
    if text in field.key_of:
        return field.key_of[text]
    raise BadCell(f"“{text[:20]}”不在可选范围内，请填：{_some_labels(field)}")


def _flag(field: Field, cell: Any, text: str) -> bool:
    if text in (YES, "√", "有", "TRUE", "true", "1"):
        return True
    if text in (NO, "×", "无", "FALSE", "false", "0"):
        return False
    raise BadCell(f"“{text[:20]}”应为“{YES}”或“{NO}”")


def _list(field: Field, cell: Any, text: str) -> list[Any]:
    keys = field.key_of
    words = [word.strip() for word in re.split(r"[、,，;；\n]", text) if word.strip()]
    unknown = [word for word in words if word not in keys]
    if unknown:
        shown = SEPARATOR.join(word[:20] for word in unknown[:3])
        raise BadCell(f"“{shown}”不在可选范围内，请填：{_some_labels(field)}")
    chosen = {keys[word] for word in words}
    return [key for key, _ in field.choices if key in chosen]


def _some_labels(field: Field) -> str:
    labels = [label for _, label in field.choices]
    return SEPARATOR.join(labels[:12]) + ("等" if len(labels) > 12 else "")


_PARSERS: dict[str, Callable[[Field, Any, str], Any]] = {
    "text": _text,
    "mixed": _text,
    "number": _number,
    "day": _day,
    "choice": _choice,
    "flag": _flag,
    "list": _list,
}
