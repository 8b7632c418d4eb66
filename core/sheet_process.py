"""Reading one workbook in a process of its own: ``python -m core.sheet_process FILE SHEET ROWS COLUMNS``.

Two cells at opposite corners of a sheet make the reader ask for half a terabyte and abort; here it takes nobody with
it. Answers in lines of JSON: ``{"ok": …}`` or ``{"error": code, …}`` first, then ``[row number, values]``.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
from typing import Any

MEMORY = 1536 * 1024 * 1024
SECONDS = 60


def main(path: str, sheet: str, rows: int, columns: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        name = sheet or (names[0] if names else "")
        if name not in names:
            _say({"error": "no_sheet"})
            return
        found = book.get_sheet_by_name(name)
    except PasswordError:
        _say({"error": "encrypted_file"})
        return
    except (CalamineError, OSError, ValueError):
        _say({"error": "unreadable_file"})
        return
    last_row, last_column = found.end or (-1, -1)
    if last_row >= rows:
        _say({"error": "too_many_rows", "sheet": name})
    elif last_column >= columns:
        _say({"error": "too_many_columns", "sheet": name})
    else:
        _say({"ok": name})
        _say_rows(found)


def _say_rows(sheet: Any) -> None:
    before = [None] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        values = before + [_plain(value) for value in row]
        if any(value is not None for value in values):
            _say([number, values])


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return {"type": type(value).__name__, "iso": value.isoformat()}
    return str(value) if isinstance(value, dt.timedelta) else value


def _say(line: Any) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
