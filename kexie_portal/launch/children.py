"""The portal's processes under one manager: their output with names, their end in order."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_printing = threading.Lock()


@dataclass
class Child:
    """One process in a session of its own, so that the terminal's Ctrl-C reaches it only through us.

    ``ending`` are the signals that end it and how many seconds each is given; what then remains is killed.
    """

    name: str
    command: Sequence[str]
    ending: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10.0),)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it, tied to our life: the kernel ends it when we are killed."""
        self.process = subprocess.Popen(
            ["setpriv", f"--pdeathsig={self.ending[-1][0].name.removeprefix('SIG')}", "--", *self.command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._relay, daemon=True).start()

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_end(self) -> None:
        self._signal(self.ending[0][0])

    def end(self) -> None:
        """Wait for it after ``ask_to_end``; insist, then kill it and whatever it has started."""
        if self.process is None:
            return
        for step, (number, patience) in enumerate(self.ending):
            if step:
                self._signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def _relay(self) -> None:
        if self.process is None or self.process.stdout is None:
            return
        for line in self.process.stdout:
            say(self.name, line.decode(errors="replace").rstrip())


def say(name: str, line: str) -> None:
    """One line of output with the name of who says it."""
    with _printing, contextlib.suppress(OSError):
        sys.stdout.write(f"{name:<7}│ {line}\n")
        sys.stdout.flush()


def live_together(
    children: Sequence[Child],
    environment: Mapping[str, str],
    *,
    meanwhile: Callable[[], None],
    seconds: float = 0.2,
) -> int:
    """Run until one child ends, then end the others, last started first; the exit code of the one that ended.

    ``meanwhile`` is called a few times a second. An exception (Ctrl-C, a signal) ends the children as well.
    """
    try:
        for child in children:
            child.start(environment)
        while True:
            for child in children:
                if child.process is not None and child.has_ended():
                    say(child.name, f"已退出（{child.process.returncode}），其余进程一并停止。")
                    return child.process.returncode if child.process.returncode > 0 else 1
            meanwhile()
            time.sleep(seconds)
    finally:
        _end_all(children)


def _end_all(children: Sequence[Child]) -> None:
    for child in reversed(children):
        child.ask_to_end()
    for child in reversed(children):
        child.end()
