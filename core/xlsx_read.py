"""Sheets in: bounded reading of uploaded workbooks (xlsx, and xls and et of older offices)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from core.errors import DomainError
from core.zipbounds import UnsafeZip, check_zip

ROWS = 250_000
COLUMNS = 200
UNPACKED = 400 * 1024 * 1024
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row: its number as the sheet shows it, and its values without surrounding blanks (empty cells: ``None``)."""

    number: int
    values: list[Any]


def read_sheet(
    file: BinaryIO, *, sheet: str | None = None, rows: int = ROWS, columns: int = COLUMNS
) -> Iterator[ReadRow]:
    """Rows of one sheet (the first when not named) that hold anything.

    Raises :class:`DomainError` for a file that is no workbook, is unsafe to unpack, or is larger than asked for.
    """
    book = _open(file)
    names = book.sheet_names
    name = sheet if sheet is not None else (names[0] if names else "")
    if name not in names:
        raise DomainError.of(
            "no_sheet", f"文件中没有工作表“{sheet}”。" if sheet else "文件中没有工作表。", sheet=sheet
        )
    try:
        found = book.get_sheet_by_name(name)
    except CalamineError as error:
        raise _unreadable() from error
    if found.total_height > rows:
        raise DomainError.of("too_many_rows", f"工作表“{name}”超过 {rows:,} 行，请拆分后再导入。")
    if found.total_width > columns:
        raise DomainError.of("too_many_columns", f"工作表“{name}”超过 {columns} 列，请使用下载的模板填写。")
    return _rows(found)


def _rows(sheet: Any) -> Iterator[ReadRow]:
    first = (sheet.start or (0, 0))[0]
    lead = [None] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), start=first + 1):
        values = lead + [_plain(value) for value in row]
        if any(value is not None for value in values):
            yield ReadRow(number, values)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _open(file: BinaryIO) -> CalamineWorkbook:
    magic = file.read(8)
    file.seek(0)
    try:
        if magic.startswith(ZIP_MAGIC):
            check_zip(file, total=UNPACKED)
        elif magic != OLE_MAGIC:
            raise _unreadable()
        return CalamineWorkbook.from_filelike(file)
    except UnsafeZip as unsafe:
        raise DomainError.of("unsafe_file", f"{unsafe}。") from unsafe
    except PasswordError as error:
        raise DomainError.of("encrypted_file", "文件设有密码，请去除密码后再上传。") from error
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _unreadable() -> DomainError:
    return DomainError.of(
        "unreadable_file", "无法读取该文件：请确认是 Excel 或 WPS 表格（xlsx、xls、et），且能正常打开。"
    )
