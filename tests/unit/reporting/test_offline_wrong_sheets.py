"""Sheets that came back damaged: what is wrong is told by its place, and nothing is taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from reporting.importing.offline import REPORT, TOWNSHIPS
from reporting.models import Report
from tests.month import Month, desk, fill
from tests.unit.reporting.test_offline_sheets import (
    HEALTH,
    brought_back,
    head_of,
    sent_out,
    taken,
    typed,
    write,
)

FUNDS = "给予下级经费"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "填报表.xlsx"


def place_of(book: Workbook, named: str, label: str) -> str:
    sheet = book["填报表"]
    row = next(row for row in sheet.iter_rows() if any(cell.value == named for cell in row))[0].row
    return sheet.cell(row, head_of(sheet)[label]).coordinate


@pytest.mark.parametrize(
    ("named", "value", "words"),
    [
        (HEALTH, "十二", "数字"),
        (HEALTH, "12场", "数字"),
        (HEALTH, -3, "负"),
        (HEALTH, 1.5, "整数"),
        (FUNDS, 3.456, "两位小数"),
        (HEALTH, "99999999999999999", "过大"),
        (HEALTH, "=1+1", "公式"),
    ],
)
def test_wrong_value_is_told_at_its_cell(
    month: Month, path: Path, named: str, value: Any, words: str
) -> None:
    fill(month.county_report, 0)
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    write(book, "填报表", named, path, 本期填报=value)
    job = brought_back(REPORT, month.clerk, path)
    [(sheet, row, column, message)] = job.problems
    assert (sheet, column) == ("填报表", "本期填报") and words in message, message
    assert f"{row}" in place_of(book, named, "本期填报")


def renamed(book: Workbook) -> None:
    book["填报表"].title = "我的表"


def without_head(book: Workbook) -> None:
    sheet = book["填报表"]
    sheet.delete_rows(1, 4)


def head_twice(book: Workbook) -> None:
    sheet = book["填报表"]
    columns = head_of(sheet)
    sheet.cell(4, columns["说明"]).value = "本期填报"


@pytest.mark.parametrize(
    ("damage", "words"),
    [(renamed, "填报表"), (without_head, "表头"), (head_twice, "本期填报")],
)
def test_damaged_sheet_is_refused_by_what_is_wrong(
    month: Month, path: Path, damage: Callable[[Workbook], None], words: str
) -> None:
    fill(month.county_report, 0)
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    damage(book)
    book.save(path)
    job = brought_back(REPORT, month.clerk, path)
    assert words in job.message, job.message


def test_extra_column_does_no_harm_and_merged_cells_are_told(month: Month, path: Path) -> None:
    report = month.county_report
    fill(report, 0)
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    sheet = book["填报表"]
    sheet.cell(4, sheet.max_column + 1).value = "我的备注"
    sheet.cell(6, sheet.max_column).value = "核对过"
    write(book, "填报表", HEALTH, path, 本期填报=4)
    sheet.merge_cells(start_row=5, end_row=6, start_column=2, end_column=2)
    book.save(path)
    [(_sheet, row, column, message)] = brought_back(REPORT, month.clerk, path).problems
    assert (row, column) == (6, "分节") and "恢复原值" in message
    sheet.unmerge_cells(start_row=5, end_row=6, start_column=2, end_column=2)
    sheet.cell(6, 2).value = sheet.cell(5, 2).value
    book.save(path)
    job = taken(brought_back(REPORT, month.clerk, path), month.clerk)
    assert job.state == "applied", job.problems or job.message
    assert typed(report, "health_events") == 4


def test_sheet_of_another_unit_changes_nothing(month: Month, path: Path) -> None:
    fill(month.county_report, 0)
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=4)
    other = desk(month.tree["370112"])
    job = brought_back(REPORT, other, path)
    assert job.problems and all("不在您的管辖范围" in message for *_place, message in job.problems)


def test_townships_sheet_of_another_county_is_refused(month: Month, path: Path) -> None:
    book = sent_out(TOWNSHIPS, month.clerk, path, cycle=month.cycle.pk)
    book.save(path)
    job = brought_back(TOWNSHIPS, desk(month.tree["370112"]), path)
    assert "不在您的填报范围" in job.message


def test_sheet_of_a_report_that_has_gone_up_is_refused(month: Month, path: Path) -> None:
    report = month.county_report
    fill(report, 0)
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=4)
    Report.objects.filter(pk=report.pk).update(state="signing")
    job = brought_back(REPORT, month.clerk, path)
    assert "不能填报" in job.problems[0][3], job.problems
    assert typed(report, "health_events") == 0
