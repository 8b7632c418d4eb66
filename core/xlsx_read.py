"""Sheets in: bounded reading of uploaded workbooks (xlsx, and xls and et of older offices)."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.compound import MAGIC as COMPOUND_MAGIC
from core.errors import DomainError
from core.sheet_process import SECONDS
from core.zipbounds import UnsafeZip, check_zip

ROWS = 250_000
#: The widest sheet that goes out: a form of 300 figures with an explanation for each.
COLUMNS = 640
UNPACKED = 400 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[1]
ZIP_MAGIC = b"PK\x03\x04"
MAKERS = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row: its number as the sheet shows it, and its values without surrounding blanks (empty cells: ``None``)."""

    number: int
    values: list[Any]


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet: its name, its rows that hold anything, and the cells that hold a formula (``B5``; ``None`` where the
    format does not tell)."""

    name: str
    rows: Iterator[ReadRow]
    formulas: list[str] | None


def read_sheet(
    file: IO[bytes], *, sheet: str | None = None, rows: int = ROWS, columns: int = COLUMNS
) -> Iterator[ReadRow]:
    """Rows of one sheet (the first when not named) that hold anything.

    Raises :class:`DomainError` for a file that is no workbook, is unsafe to unpack, or is larger than asked for.
    """
    return read_whole_sheet(file, sheet=sheet, rows=rows, columns=columns).rows


def read_whole_sheet(
    file: IO[bytes], *, sheet: str | None = None, rows: int = ROWS, columns: int = COLUMNS
) -> ReadSheet:
    """The same with the sheet's name and its first formulas (known of xlsx alone)."""
    _check(file)
    with tempfile.NamedTemporaryFile(prefix="sheet-") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        lines = _read(copy.name, sheet or "", rows, columns)
    answer = json.loads(next(lines))
    if "error" in answer:
        raise _refused(answer["error"], sheet or answer.get("sheet", ""), rows, columns)
    return ReadSheet(answer["ok"], _rows(lines), answer["formulas"])


def _check(file: IO[bytes]) -> None:
    file.seek(0)
    magic = file.read(8)
    if magic.startswith(ZIP_MAGIC):
        try:
            check_zip(file, total=UNPACKED)
        except UnsafeZip as unsafe:
            raise DomainError.of("unsafe_file", f"{unsafe}。") from unsafe
    elif magic != COMPOUND_MAGIC:
        raise _refused("unreadable_file")


def _read(path: str, sheet: str, rows: int, columns: int) -> IO[bytes]:
    """The lines of the other process, kept in a file: a province's list is never held as text."""
    command = [sys.executable, "-m", "core.sheet_process", path, sheet, str(rows), str(columns)]
    with ExitStack() as kept:
        lines = kept.enter_context(tempfile.TemporaryFile(prefix="sheet-"))
        try:
            done = subprocess.run(  # noqa: S603
                command, cwd=ROOT, stdout=lines, stderr=subprocess.DEVNULL, timeout=SECONDS + 10
            )
        except subprocess.TimeoutExpired as error:
            raise _refused("too_heavy") from error
        if done.returncode != 0:
            raise _refused("too_heavy")
        lines.seek(0)
        kept.pop_all()
        return lines


def _rows(lines: IO[bytes]) -> Iterator[ReadRow]:
    with lines:
        for line in lines:
            number, values = json.loads(line)
            yield ReadRow(number, [_value(value) if value.__class__ is dict else value for value in values])


def _value(value: dict[str, str]) -> Any:
    return MAKERS[value["type"]](value["iso"])


def _refused(code: str, sheet: str = "", rows: int = 0, columns: int = 0) -> DomainError:
    messages = {
        "no_sheet": f"文件中没有工作表“{sheet}”，请使用下载的模板填写。" if sheet else "文件中没有工作表。",
        "too_many_rows": f"工作表“{sheet}”超过 {rows:,} 行，请删去多余的行或拆分后再导入。",
        "too_many_columns": f"工作表“{sheet}”超过 {columns} 列，请使用下载的模板填写。",
        "encrypted_file": "文件设有密码，请去除密码后再上传。",
        "too_heavy": "表格过大或单元格范围异常，无法读取；请删去空白行列，另存后再上传。",
        "unreadable_file": "无法读取该文件：请确认是 Excel 或 WPS 表格（xlsx、xls、et），且能正常打开。",
    }
    return DomainError.of(code, messages[code], "file")
