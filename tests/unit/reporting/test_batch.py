"""One paper a city in one archive: named right, one failure told without losing the rest, given up when asked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine

from core.errors import DomainError, Forbidden
from files.models import ExportState
from files.services import request_export, run_export
from files.services.running import ExportCancelled
from reporting.papers import batch
from reporting.papers.batch import KIND, MISSING_LIST, Sort, units_in_batch, write_batch
from tests.month import WHILE_FILLING, Month, make_month

pytestmark = pytest.mark.django_db
UTF8 = 0x800


@pytest.fixture
def month(tree: Any) -> Any:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def paper(cycle: Any, unit: Any, path: Path, made_by: str) -> str:
    if unit.name == "青岛市":
        raise DomainError.of("no", "数据还没有汇总。")
    path.write_text(unit.name)
    return f"{unit.name}月报.xlsx"


def explode(cycle: Any, unit: Any, path: Path, made_by: str) -> str:
    raise ZeroDivisionError


def test_names_are_flagged_as_utf8_and_failures_are_named(month: Month, tmp_path):
    steps = []
    names, failures = write_batch(
        month.cycle,
        units_in_batch(month.tree.province),
        Sort("月报", paper),
        tmp_path / "zip",
        made_by="张三",
        progress=lambda done, total, step="": steps.append((done, total, step)),
    )
    with zipfile.ZipFile(tmp_path / "zip") as archive:
        assert archive.testzip() is None
        assert [one.filename for one in archive.infolist()] == ["济南市月报.xlsx", MISSING_LIST]
        assert all(one.flag_bits & UTF8 for one in archive.infolist())
        assert archive.read("济南市月报.xlsx").decode() == "济南市"
        assert "青岛市：数据还没有汇总。" in archive.read(MISSING_LIST).decode()
    assert (names, failures) == (["济南市月报.xlsx"], ["青岛市：数据还没有汇总。"])
    assert steps == [(0, 2, "正在生成济南市（1/2）"), (1, 2, "正在生成青岛市（2/2）")]


def test_unforeseen_failure_loses_only_its_city(month: Month, tmp_path):
    units = units_in_batch(month.tree.province)
    names, failures = write_batch(
        month.cycle, units, Sort("月报", explode), tmp_path / "zip", made_by="张三", progress=batch._silent
    )
    assert names == []
    assert len(failures) == 2
    assert "内部错误" in failures[0]


def test_giving_up_stops_the_whole(month: Month, tmp_path):
    def stop(done: int, total: int, step: str = "") -> None:
        if done:
            raise ExportCancelled

    units = units_in_batch(month.tree.province)
    with pytest.raises(ExportCancelled):
        write_batch(month.cycle, units, Sort("月报", paper), tmp_path / "zip", made_by="张三", progress=stop)


def test_workbooks_of_all_cities_in_one_job(month: Month):
    params = {"unit": str(month.tree.province.pk), "cycle": str(month.cycle.pk)}
    job = request_export(kind=KIND, params=params, unit=month.tree.province, by=month.province)
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.DONE, job.error
    assert job.file_name == "2026年11月各市工作月报（统计截至11月19日，实时版）.zip"
    assert job.basis["文件数"] == 2
    with zipfile.ZipFile(job.file.open()) as archive:
        assert [name[:3] for name in archive.namelist()] == ["济南市", "青岛市"]


def test_nothing_made_is_a_failure(month: Month, monkeypatch):
    monkeypatch.setitem(batch.SORTS, "workbook", Sort("工作月报", explode))
    params = {"unit": str(month.tree.province.pk), "cycle": str(month.cycle.pk)}
    job = request_export(kind=KIND, params=params, unit=month.tree.province, by=month.province)
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.FAILED
    assert "济南市" in job.error


def test_batch_is_the_provinces(month: Month):
    for unit, user in ((month.tree["3701"], month.city), (month.tree.province, month.city)):
        with pytest.raises(Forbidden):
            params = {"unit": str(unit.pk), "cycle": str(month.cycle.pk)}
            request_export(kind=KIND, params=params, unit=unit, by=user)
