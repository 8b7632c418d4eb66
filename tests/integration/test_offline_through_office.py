"""A report and a county's townships go out as sheets, LibreOffice opens and stores them, and they come back filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from openpyxl import load_workbook

from reporting.importing.offline import REPORT, TOWNSHIPS
from reporting.models import Cell, Indicator, Report
from tests.factories import Tree
from tests.forms import census, census_cycle
from tests.integration.test_roundtrip_through_office import through_office
from tests.month import WHILE_FILLING, Month, desk, fill, make_month
from tests.unit.reporting.test_offline_sheets import (
    HEALTH,
    REACHED,
    brought_back,
    head_of,
    sent_out,
    taken,
    typed,
    write,
)


@pytest.fixture
def month(tree: Tree) -> Any:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def test_report_filled_in_the_office_program_comes_back(month: Month, tmp_path: Path) -> None:
    report, path = month.county_report, tmp_path / "填报表.xlsx"
    fill(report, 0, problems="-3 个村\n=没有经费", support_funds="12.50")
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    untouched = brought_back(REPORT, month.clerk, through_office(path, tmp_path))
    assert (untouched.problems, untouched.preview) == ([], [])
    write(book, "填报表", HEALTH, path, 本期填报=12)
    write(book, "填报表", REACHED, path, 本期填报=640)
    stored = through_office(path, tmp_path / "again")
    assert load_workbook(stored)["填报表"].protection.sheet
    job = taken(brought_back(REPORT, month.clerk, stored), month.clerk)
    assert job.state == "applied", job.problems or job.message
    assert (typed(report, "health_events"), typed(report, "health_reached")) == (12, 640)
    assert typed(report, "problems") == "-3 个村\n=没有经费" and float(typed(report, "support_funds")) == 12.5


def test_report_stored_as_an_old_workbook_comes_back(month: Month, tmp_path: Path) -> None:
    report, path = month.county_report, tmp_path / "填报表.xlsx"
    fill(report, 0)
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=12, 说明="科普日集中开展")
    stored = through_office(path, tmp_path, to="xls:MS Excel 97")
    for name in ("填报表.xls", "填报表.et"):
        job = brought_back(REPORT, month.clerk, stored, name)
        assert (job.problems, len(job.preview)) == ([], 1), job.problems or job.message
        assert any("不能识别公式" in note for note in job.notes)
    taken(job, month.clerk)
    assert typed(report, "health_events") == 12


def test_townships_filled_in_the_office_program_come_back(month: Month, tmp_path: Path) -> None:
    path = tmp_path / "乡镇.xlsx"
    book = sent_out(TOWNSHIPS, month.clerk, path, cycle=month.cycle.pk)
    labels = [name for name in head_of(book["乡镇数据"]) if str(name).startswith((HEALTH, REACHED))]
    write(book, "乡镇数据", "解放路街道", path, **dict(zip(labels, (3, 120), strict=True)))
    job = taken(brought_back(TOWNSHIPS, month.clerk, through_office(path, tmp_path)), month.clerk)
    assert job.state == "applied", job.problems or job.message
    assert typed(month.report("370102001"), "health_reached") == 120


def test_formulas_are_right_after_the_office_program_worked_them_out(tree: Tree, tmp_path: Path) -> None:
    path = tmp_path / "填报表.xlsx"
    with time_machine.travel(WHILE_FILLING, tick=False):
        cycle = census_cycle(tree, census(tree))
        clerk = desk(tree["370102"])
        report = Report.objects.get(cycle=cycle, unit=tree["370102"])
        Cell.objects.create(report=report, indicator=Indicator.objects.get(key="staff"), value=9)
        book = sent_out(REPORT, clerk, path, report=report.pk)
        write(book, "填报表", "专职", path, 本期填报=3)
        shown = load_workbook(through_office(path, tmp_path), data_only=True)["自动计算"]
        assert [row[4].value for row in shown.iter_rows(min_row=3)] == [6, 33.33]
        write(book, "填报表", "专职", path, 本期填报=None)
        shown = load_workbook(through_office(path, tmp_path / "again"), data_only=True)["自动计算"]
        assert [row[4].value for row in shown.iter_rows(min_row=3)] == ["—", "—"]
        book = sent_out(TOWNSHIPS, clerk, path, cycle=cycle.pk)
        labels = [name for name in head_of(book["乡镇数据"]) if str(name) in ("工作人员", "专职")]
        write(book, "乡镇数据", "解放路街道", path, **dict(zip(labels, (4, 1), strict=True)))
        shown = load_workbook(through_office(path, tmp_path / "towns"), data_only=True)["自动计算"]
        lines = [[cell.value for cell in row] for row in shown.iter_rows(min_row=3)]
        assert [line[4] for line in lines if line[0] == "解放路街道"] == [3, 25]
        assert {line[4] for line in lines if line[0] != "解放路街道"} == {"—"}
