"""Reading one workbook in a process of its own: ``python -m core.sheet_process FILE SHEET ROWS COLUMNS``.

Two cells at opposite corners of a sheet make the reader ask for half a terabyte and abort; here it takes nobody with
it. Answers in lines of JSON: ``{"ok": name, "formulas": [cell, …]}`` or ``{"error": code, …}`` first, then
``[row number, values]``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import sys
import zipfile
from typing import Any
from xml.etree import ElementTree

MEMORY = 1536 * 1024 * 1024
SECONDS = 60
#: Formulas named at most; one is enough to refuse a file.
MOST_FORMULAS = 200
CHUNK = 1 << 20
#: No cell's opening is longer than this.
OVERLAP = 400
_FORMULA = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


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
        _say({"ok": name, "formulas": formulas_of(path, names.index(name))})
        _say_rows(found)


def formulas_of(path: str, place: int) -> list[str] | None:
    """The first cells of a sheet (by its place in an xlsx) that hold a formula; of older formats they are not known."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as book:
        part = _part_of(book, place)
        if part not in book.namelist():
            return []
        found: dict[str, None] = {}
        held = b""
        with book.open(part) as sheet:
            while (chunk := sheet.read(CHUNK)) and len(found) < MOST_FORMULAS:
                held += chunk
                found |= dict.fromkeys(cell.decode() for cell in _FORMULA.findall(held))
                held = held[-OVERLAP:]
    return list(found)[:MOST_FORMULAS]


def _part_of(book: zipfile.ZipFile, place: int) -> str:
    """The zip member of the sheet at ``place``; the file's size was checked before it came here."""
    try:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter()  # noqa: S314
        ids = [each.get(_RELATION) for each in sheets if each.tag.endswith("}sheet")]
        links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels")).iter()  # noqa: S314
        targets = {each.get("Id"): each.get("Target", "") for each in links}
        target = targets[ids[place]]
    except (KeyError, IndexError, ElementTree.ParseError):
        return ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


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
