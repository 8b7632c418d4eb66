"""A real Celery worker on the test's own database and queue."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ["-m", "celery", "--quiet", "-A", "kexie_portal", "worker", "-c", "1"]
DIES_WITH_US = ["setpriv", "--pdeathsig=KILL", "--"]
QUIET = ["--without-mingle", "--without-gossip"]


@contextlib.contextmanager
def worker_of_papers(log: Path, *modules: str, queues: str = "papers") -> Iterator[Callable[[], None]]:
    """A worker of the papers' queue with ``modules`` loaded, and a way to kill it with all that it started."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": urlunsplit(database), "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    loaded = [word for module in modules for word in ("-I", module)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*DIES_WITH_US, sys.executable, *COMMAND, "-Q", queues, *loaded, *QUIET],
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
