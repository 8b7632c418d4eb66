"""Starting a server so that it cannot outlive its keeper, stopping it in steps, finding one left behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kexie_portal.embedded.errors import EmbeddedError


def start(
    command: Sequence[str], *, log: Path, last_signal: str, prefix: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start ``command`` with its output in ``log``; the kernel sends it ``last_signal`` when we die.

    The prefix goes first, because a change of user would clear that wish.
    """
    with log.open("ab") as out:
        return subprocess.Popen(
            [*prefix, "setpriv", f"--pdeathsig={last_signal}", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], steps: Iterable[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait that many seconds for it, until the process has ended."""
    for step, patience in steps:
        if process.poll() is not None:
            return
        process.send_signal(step)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def await_ready(
    process: subprocess.Popen[bytes], is_ready: Callable[[], bool], *, seconds: float, log: Path
) -> None:
    """Return once ``is_ready()``; raise with the log's end if the process ends or the time is up."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if process.poll() is not None:
            raise EmbeddedError(f"内置服务没有启动成功，日志在 {log}：\n{tail(log)}")
        if time.monotonic() > deadline:
            raise EmbeddedError(f"内置服务 {seconds:.0f} 秒内没有就绪，日志在 {log}：\n{tail(log)}")
        time.sleep(0.05)


def tail(log: Path, lines: int = 8) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def left_behind(folder: Path, name: str) -> list[int]:
    """Processes called ``name`` that work in ``folder``: servers whose keeper was killed, parents before children."""
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if (entry / "comm").read_text().strip() == name and (entry / "cwd").readlink() == folder:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return [pid for pid, parent in found.items() if parent not in found]


def end_left_behind(folder: Path, name: str, steps: Iterable[tuple[signal.Signals, float]]) -> None:
    """End servers whose keeper was killed; they were told to stop by the kernel, so most often they are just going."""
    for step, patience in steps:
        deadline = time.monotonic() + patience
        for pid in left_behind(folder, name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, step)
        while left_behind(folder, name):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return
    raise EmbeddedError(
        f"上次留下的 {name} 进程（{left_behind(folder, name)}）无法结束，请手工结束后再启动。"
    )
