"""A kind of file that takes its time, for workers that are killed; loaded into them with ``celery -I``."""

import time
from pathlib import Path
from typing import Any

from files.registry import Built, Exporter, Progress, register_exporter

KIND = "test.slow"
CONTENT = b"all the figures"


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    for step in range(params["steps"]):
        progress(step + 1, params["steps"], "慢慢写")
        time.sleep(0.1)
    Path(path).write_bytes(CONTENT)
    return Built("慢.bin", {})


register_exporter(
    Exporter(KIND, lambda params: "慢文件", lambda user, params: True, _build, "application/octet-stream")
)
