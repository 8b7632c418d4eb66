"""The list of units goes out, LibreOffice opens, edits and stores it, and it comes back without loss."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from accounts.models import User
from core.actor import SYSTEM
from core.roundtrip.layouts import KEY_LABEL
from files.models import ExportJob, ImportJob
from files.services import confirm_import, request_export, request_import, run_export, run_import
from orgs.models import Establishment
from orgs.services import facts
from tests.factories import Tree

SECONDS = 180


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC), tick=False):
        yield


def through_office(path: Path, folder: Path, *, to: str = "xlsx:Calc MS Excel 2007 XML") -> Path:
    """Stored anew by LibreOffice, which rewrites every part of the file."""
    out = folder / "stored"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    command += [to, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return (out / path.name).with_suffix(f".{to.partition(':')[0]}")


def exported(user: User, path: Path) -> None:
    job = request_export(kind="orgs.units", params={}, unit=user.unit, by=user)
    run_export(job_id=job.pk)
    path.write_bytes(ExportJob.objects.get(pk=job.pk).file.read())


def brought_back(path: Path, user: User) -> ImportJob:
    upload = SimpleUploadedFile("名册.xlsx", path.read_bytes())
    job = request_import(kind="orgs.units", params={}, upload=upload, unit=user.unit, by=user)
    run_import(job_id=job.pk)
    job.refresh_from_db()
    return job


def edited(path: Path, code: str, **values: Any) -> None:
    book = load_workbook(path)
    sheet = book["单位名册"]
    head = next(row for row in sheet.iter_rows() if row[0].value == KEY_LABEL)
    columns = {cell.value: cell.column for cell in head if cell.value}
    row = next(row for row in sheet.iter_rows() if row[columns["行政区划代码"] - 1].value == code)[0].row
    for label, value in values.items():
        sheet.cell(row, columns[label]).value = value
    book.save(path)


@pytest.fixture
def told(tree: Tree) -> Tree:
    """Cells that an office program might be tempted to change."""
    facts.set_establishment(
        unit=tree.township, state="established", since=dt.date(1987, 2, 28), basis="=1+1", by=SYSTEM
    )
    facts.set_establishment(
        unit=tree.sister_township,
        state="absent",
        since=dt.date(2024, 2, 29),
        reason="-3.50\n第二行 “引号” & <尖括号>",
        responsible="+86 007",
        planned_on=dt.date(2027, 1, 1),
        by=SYSTEM,
    )
    facts.set_officer(
        unit=tree.township, role="liaison", name="@周", post="1/2", phone="13812345678", since=dt.date(2024, 1, 1), by=SYSTEM
    )  # fmt: skip
    return tree


def test_untouched_book_comes_back_unchanged(told: Tree, clerk: User, tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    exported(clerk, path)
    stored = through_office(path, tmp_path)
    assert stored.read_bytes() != path.read_bytes(), sys.version
    job = brought_back(stored, clerk)
    assert (job.problems, job.preview, job.message) == ([], [], "表中没有需要导入的改动。")
    assert job.counts["unchanged"] == sum(unit.is_within(told.county) for unit in told.units.values())
    sheet = load_workbook(stored)["单位名册"]
    assert sheet.protection.sheet and sheet.data_validations.dataValidation, "locks and lists survive"


def test_edited_book_changes_what_was_edited(told: Tree, clerk: User, tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    exported(clerk, path)
    stored = through_office(path, tmp_path)
    edited(stored, "370102002", 责任人="李四", 计划建成日期=dt.date(2027, 5, 1))
    again = through_office(stored, tmp_path / "again")
    job = brought_back(again, clerk)
    assert job.problems == [] and len(job.preview) == 1
    assert {cell[0] for cell in job.preview[0][2]} == {"责任人", "计划建成日期"}
    confirm_import(job=job, digest=job.digest, by=clerk)
    run_import(job_id=job.pk)
    stated = Establishment.objects.current().get(unit=told.sister_township)
    assert (stated.responsible, stated.planned_on) == ("李四", dt.date(2027, 5, 1))
    assert stated.reason == "-3.50\n第二行 “引号” & <尖括号>"


def test_formula_calculated_by_the_office_is_refused(told: Tree, clerk: User, tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    exported(clerk, path)
    edited(path, "370102002", 责任人='="李"&"四"')
    job = brought_back(through_office(path, tmp_path), clerk)
    assert [(column, "是公式" in message) for _, _, column, message in job.problems] == [("责任人", True)]
