"""Exports over the real broker, in a real worker, that may be killed at any moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from core import clock
from files import services
from files.models import ExportJob, ExportState
from tests.factories import make_tree, user_at
from tests.integration import slow_export
from tests.worker import worker_of_papers

PATIENCE = 60.0
SLOW = "tests.integration.slow_export"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _until(job: ExportJob, condition: Callable[[ExportJob], bool], log: Path) -> ExportJob:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        job.refresh_from_db()
        if condition(job):
            return job
        time.sleep(0.1)
    raise AssertionError(f"{job.state} {job.done}/{job.total} {job.error}\n{log.read_text()[-3000:]}")


def _files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_worker_killed_in_mid_export(tmp_path):
    """Nothing half-made is left, nothing is lost: the sweep hands the job on and it is made once."""
    clerk = user_at(make_tree().county)
    log = tmp_path / "worker.log"
    job = services.request_export(kind=slow_export.KIND, params={"steps": 40}, unit=clerk.unit, by=clerk)
    with worker_of_papers(log, SLOW) as kill:
        _until(job, lambda job: job.state == ExportState.RUNNING and job.done > 3, log)
        kill()
    job.refresh_from_db()
    assert (job.state, job.attempts, _files()) == (ExportState.RUNNING, 1, [])
    assert services.sweep_exports() == (0, 0)
    ExportJob.objects.filter(pk=job.pk).update(heartbeat_at=clock.now() - dt.timedelta(seconds=91))
    assert services.sweep_exports() == (1, 0)
    with worker_of_papers(log, SLOW):
        _until(job, lambda job: job.is_finished, log)
    assert (job.state, job.attempts) == (ExportState.DONE, 2)
    assert job.sha256 == hashlib.sha256(slow_export.CONTENT).hexdigest()
    assert [path.read_bytes() for path in _files()] == [slow_export.CONTENT]


def test_cancel_reaches_the_worker(tmp_path):
    clerk = user_at(make_tree().county)
    log = tmp_path / "worker.log"
    job = services.request_export(kind=slow_export.KIND, params={"steps": 500}, unit=clerk.unit, by=clerk)
    with worker_of_papers(log, SLOW):
        _until(job, lambda job: job.state == ExportState.RUNNING and job.done > 3, log)
        services.cancel_export(job=job, by=clerk)
        _until(job, lambda job: job.is_finished, log)
    assert (job.state, _files()) == (ExportState.CANCELLED, [])
