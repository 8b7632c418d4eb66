"""Work done in a process of its own, so that its memory is its own. Imports nothing of Django before set-up."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any


def memory_of_export(database: str, target: str) -> tuple[float, float]:
    """The most memory, in MB, that a fresh process held before the long export, and with it."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    child = context.Process(target=_export, args=(database, target, answers))
    child.start()
    before, peak = answers.get(timeout=300)
    child.join()
    return before, peak


def _export(database: str, target: str, answers: multiprocessing.Queue[tuple[float, float]]) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    from kexie_portal.bench.exports import export

    before = _peak()
    export(Path(target))
    answers.put((before, _peak()))


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    kilobytes = next((line.split()[1] for line in status if line.startswith("VmHWM")), "0")
    return int(kilobytes) / 1024


def work_off(database: str, cycle: int, user: int, files: int, begun: Event, over: Event, made: Any) -> None:
    """Make workbooks of cities one after the other until ``over``, as the papers worker does, giving way to pages; ``made``
    counts them."""
    os.nice(10)
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    from accounts.models import User
    from files.services import request_export, run_export
    from orgs.models import OrgUnit

    by = User.objects.get(pk=user)
    cities = list(OrgUnit.objects.filter(level=2).order_by("pk")[:files])
    begun.set()
    while not over.is_set():
        for city in cities:
            params = {"unit": str(city.pk), "cycle": str(cycle)}
            job = request_export(kind="reporting.workbook", params=params, unit=city, by=by)
            run_export(job_id=job.pk)
            made.value += 1
            if over.is_set():
                break
