"""Exports over the real broker, in a real worker, that may be killed at any moment."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from core import clock
from files import services
from files.models import ExportJob, ExportState
from tests.factories import make_tree, user_at
from tests.integration import slow_export

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
WORKER = [
    *("-m", "celery", "--quiet", "-A", "kexie_portal", "worker", "-Q", "papers", "-c", "1"),
    *("-I", "tests.integration.slow_export", "--without-mingle", "--without-gossip"),
]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextlib.contextmanager
def _worker(log: Path) -> Iterator[Callable[[], None]]:
    """A worker of the papers' queue on the test's database, and a way to kill it with all that it started."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": urlunsplit(database), "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *WORKER],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    try:
        yield kill
    finally:
        kill()


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
    with _worker(log) as kill:
        _until(job, lambda job: job.state == ExportState.RUNNING and job.done > 3, log)
        kill()
    job.refresh_from_db()
    assert (job.state, job.attempts, _files()) == (ExportState.RUNNING, 1, [])
    assert services.sweep_exports() == (0, 0)
    ExportJob.objects.filter(pk=job.pk).update(heartbeat_at=clock.now() - dt.timedelta(seconds=91))
    assert services.sweep_exports() == (1, 0)
    with _worker(log):
        _until(job, lambda job: job.is_finished, log)
    assert (job.state, job.attempts) == (ExportState.DONE, 2)
    assert job.sha256 == hashlib.sha256(slow_export.CONTENT).hexdigest()
    assert [path.read_bytes() for path in _files()] == [slow_export.CONTENT]


def test_cancel_reaches_the_worker(tmp_path):
    clerk = user_at(make_tree().county)
    log = tmp_path / "worker.log"
    job = services.request_export(kind=slow_export.KIND, params={"steps": 500}, unit=clerk.unit, by=clerk)
    with _worker(log):
        _until(job, lambda job: job.state == ExportState.RUNNING and job.done > 3, log)
        services.cancel_export(job=job, by=clerk)
        _until(job, lambda job: job.is_finished, log)
    assert (job.state, _files()) == (ExportState.CANCELLED, [])
