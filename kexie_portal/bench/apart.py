"""Work done in a process of its own, so that its memory is its own. Imports nothing of Django before set-up."""

from __future__ import annotations

import multiprocessing
from pathlib import Path


def peak_of_export(database: str, target: str) -> float:
    """The most memory, in MB, that the long export held in a fresh process."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    child = context.Process(target=_export, args=(database, target, answers))
    child.start()
    peak = answers.get(timeout=300)
    child.join()
    return float(peak)


def _export(database: str, target: str, answers: multiprocessing.Queue[float]) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    from kexie_portal.bench.exports import export

    export(Path(target))
    answers.put(_peak())


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    kilobytes = next((line.split()[1] for line in status if line.startswith("VmHWM")), "0")
    return int(kilobytes) / 1024
