"""Work done in a process of its own, so that its memory is its own. Imports nothing of Django before set-up."""

from __future__ import annotations

import multiprocessing
from pathlib import Path


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
