"""Two ways of one work, timed in turns; medians, their ratio, and the machine they ran on."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import django
from django.db import connection

Work = Callable[[], Any]


@dataclass(slots=True)
class Outcome:
    """Seconds of our work and of its peer. The aim is ``at_most`` times the peer's time, or ``at_least`` times its
    speed."""

    title: str
    peer: str
    ours: list[float]
    theirs: list[float]
    at_most: float | None = None
    at_least: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Our time over the peer's; where speed is the aim, our speed over the peer's."""
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        return theirs / ours if self.at_least is not None else ours / theirs

    @property
    def is_met(self) -> bool:
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return self.at_most is None or self.ratio <= self.at_most

    def lines(self) -> list[str]:
        aim = (
            f"目标速度 ≥ {self.at_least} 倍" if self.at_least is not None else f"目标用时 ≤ {self.at_most} 倍"
        )
        verdict = "达到" if self.is_met else "未达到"
        pairs = "，".join(
            f"{ours:.3f}/{theirs:.3f}" for ours, theirs in zip(self.ours, self.theirs, strict=False)
        )
        return [
            f"■ {self.title}",
            f"  对照：{self.peer}",
            f"  各轮（秒，本系统/对照）：{pairs}",
            f"  中位数：{statistics.median(self.ours):.3f} / {statistics.median(self.theirs):.3f} 秒；"
            f"比值 {self.ratio:.2f}，{aim}：{verdict}",
            *(f"  {note}" for note in self.notes),
        ]


def seconds(work: Work) -> float:
    """How long it takes, from a heap without the garbage of what was measured before."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def side_by_side(
    ours: Work, theirs: Work, *, rounds: int = 5, warm: bool = True
) -> tuple[list[float], list[float]]:
    """Both works in turns, ``rounds`` times each, after one round that is not counted (unless ``warm`` is false)."""
    if warm:
        ours()
        theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def machine() -> list[str]:
    """Processor, memory, load, and the versions of what was measured."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    load = "、".join(f"{value:.1f}" for value in os.getloadavg())
    versions = "，".join(
        f"{name} {found}"
        for name in ("psycopg", "rustpy-xlsxwriter", "openpyxl", "weasyprint")
        if (found := version_of(name))
    )
    return [
        f"机器：{_processor()}，{os.cpu_count()} 核，{_memory()}，平均负载 {load}",
        f"版本：Python {platform.python_version()}，Django {django.get_version()}，PostgreSQL {server}，{versions}",
        f"系统：{platform.platform()}，{sys.implementation.name}",
    ]


def version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _proc(file: str, key: str) -> str:
    path = Path("/proc") / file
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def _processor() -> str:
    return _proc("cpuinfo", "model name") or platform.machine()


def _memory() -> str:
    kilobytes = _proc("meminfo", "MemTotal").split(" ")[0]
    return f"内存 {int(kilobytes) / 1024**2:.1f} GB" if kilobytes else "内存未知"
