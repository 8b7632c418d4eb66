"""Sheets that are safe to open, long ones and styled ones."""

import datetime as dt

import pytest
from openpyxl import load_workbook

from core import xlsx
from core.xlsx import SheetColumn

COLUMNS = [
    SheetColumn("姓名"),
    SheetColumn("人次", "number"),
    SheetColumn("日期", "day"),
    SheetColumn("时间", "moment"),
]
EVIL = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1"]


def _long(path, rows, **options):
    count = xlsx.write_rows(path, COLUMNS, rows, **options)
    return count, load_workbook(path).active


def test_write_rows_keeps_formulas_as_text(tmp_path):
    rows = [(evil, 1, dt.date(2026, 1, 2), None) for evil in EVIL]
    count, sheet = _long(tmp_path / "a.xlsx", rows, title="=标题", note="@说明")
    cells = [sheet.cell(3 + line, 1) for line in range(1, 6)]
    assert count == 5
    assert [cell.value for cell in cells] == EVIL
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert (sheet["A1"].data_type, sheet["A2"].data_type) == ("s", "s")


def test_write_rows_writes_numbers_days_and_shanghai_time(tmp_path):
    instant = dt.datetime(2026, 11, 25, 16, 30, tzinfo=dt.UTC)
    _, sheet = _long(tmp_path / "a.xlsx", [("甲", 1234, dt.date(2026, 11, 25), instant)])
    row = [cell.value for cell in sheet[2]]
    assert row == ["甲", 1234, dt.datetime(2026, 11, 25), dt.datetime(2026, 11, 26, 0, 30)]


def test_a_difference_in_points_keeps_its_sign_and_decimal(tmp_path):
    columns = [SheetColumn("单位"), SheetColumn("环比（百分点）", "points")]
    xlsx.write_rows(tmp_path / "a.xlsx", columns, [("甲", -0.4)])
    cell = load_workbook(tmp_path / "a.xlsx").active["B2"]
    assert (cell.value, cell.number_format) == (-0.4, "+0.0;-0.0;0.0")


def test_write_rows_without_rows_still_has_a_head(tmp_path):
    count, sheet = _long(tmp_path / "a.xlsx", [], title="名册")
    assert count == 0
    assert [cell.value for cell in sheet[2]] == [column.label for column in COLUMNS]


def test_write_rows_stops_when_progress_raises(tmp_path):
    class GivenUp(Exception):
        pass

    def progress(done, total, step):
        raise GivenUp

    with pytest.raises(GivenUp):
        xlsx.write_rows(
            tmp_path / "a.xlsx", COLUMNS, (("甲", 1, None, None) for _ in range(600)), progress=progress
        )


def test_write_rows_cuts_what_no_cell_can_hold(tmp_path):
    _, sheet = _long(tmp_path / "a.xlsx", [("长" * 40_000, 1, None, None)])
    assert len(sheet["A2"].value) == xlsx.CELL_LIMIT


def test_add_sheet_is_inert_and_has_totals(tmp_path):
    book = xlsx.new_book()
    xlsx.add_sheet(
        book,
        "汇总",
        COLUMNS[:2],
        [("=1+1", 3), ("乙", 4)],
        title="汇总表",
        notes=["=说明"],
        totals=("合计", 7),
    )
    book.save(tmp_path / "b.xlsx")
    sheet = load_workbook(tmp_path / "b.xlsx")["汇总"]
    assert (sheet["A4"].value, sheet["A4"].data_type, sheet["A2"].data_type) == ("=1+1", "s", "s")
    assert [cell.value for cell in sheet[6]] == ["合计", 7]
    assert sheet["B6"].font.bold
