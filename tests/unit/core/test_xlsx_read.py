"""Uploaded sheets: read what is there, refuse what is broken or would cost too much."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from core import xlsx_read
from core.errors import DomainError
from core.xlsx_read import read_sheet


def _book(rows, sheet="数据"):
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    raw.seek(0)
    return raw


def test_reads_values_with_the_row_numbers_of_the_sheet():
    rows = list(read_sheet(_book([["单位", "场次"], [], [" 历下区 ", 12], ["历城区", 1.5], ["", None]])))
    assert [(row.number, row.values) for row in rows] == [
        (1, ["单位", "场次"]),
        (3, ["历下区", 12]),
        (4, ["历城区", 1.5]),
    ]


def test_reads_a_sheet_that_begins_further_down():
    book = Workbook()
    book.active["C4"] = "历下区"
    raw = io.BytesIO()
    book.save(raw)
    raw.seek(0)
    [row] = read_sheet(raw)
    assert (row.number, row.values) == (4, [None, None, "历下区"])


def test_reads_a_named_sheet_or_says_there_is_none():
    assert list(read_sheet(_book([["甲"]], "月报"), sheet="月报"))
    with pytest.raises(DomainError, match="没有工作表“季报”"):
        read_sheet(_book([["甲"]], "月报"), sheet="季报")


@pytest.mark.parametrize(("bounds", "message"), [({"rows": 2}, "超过 2 行"), ({"columns": 1}, "超过 1 列")])
def test_more_than_asked_for_is_refused(bounds, message):
    with pytest.raises(DomainError, match=message):
        read_sheet(_book([["甲", "乙"]] * 3), **bounds)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a workbook",
        b"PK\x03\x04broken",
        xlsx_read.COMPOUND_MAGIC + b"\0" * 600,
        _book([["甲"]]).read()[:-200],
    ],
    ids=["empty", "text", "zip", "ole", "cut off"],
)
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(DomainError):
        list(read_sheet(io.BytesIO(content)))


def test_a_zip_without_a_workbook_is_refused():
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a.txt", "x")
    raw.seek(0)
    with pytest.raises(DomainError, match="无法读取"):
        read_sheet(raw)


def test_a_bomb_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(xlsx_read, "UNPACKED", 1024)
    with pytest.raises(DomainError, match="疑似异常"):
        read_sheet(_book([["甲" * 100] * 50] * 50))


def test_dates_come_through():
    [row] = read_sheet(_book([[dt.date(2026, 11, 25), dt.datetime(2026, 11, 25, 9, 30), dt.time(9, 30)]]))
    assert row.values == [dt.date(2026, 11, 25), dt.datetime(2026, 11, 25, 9, 30), dt.time(9, 30)]


def test_two_cells_at_opposite_corners_do_no_harm():
    """The reader would ask for half a terabyte and abort the whole process."""
    book = Workbook()
    book.active["A1"] = 1
    book.active["XFD1048576"] = 2
    raw = io.BytesIO()
    book.save(raw)
    with pytest.raises(DomainError, match="范围异常"):
        read_sheet(raw)
