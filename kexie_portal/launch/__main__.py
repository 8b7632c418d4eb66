"""Start everything, keep it together, stop everything: ``python -m kexie_portal.launch``."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from kexie_portal import embedded
from kexie_portal.launch.children import Child, live_together, say
from kexie_portal.launch.welcome import NAME, Welcome

ROOT = Path(__file__).resolve().parents[2]
#: Making papers gives way to pages: it may take long, and nobody waits at the screen for it.
GIVING_WAY = {"papers": ["nice", "-n", "10"]}
QUEUES = {"worker": ("default,reminders", 2), "papers": ("papers", 1)}


def main() -> int:
    _end_on_signals()
    os.chdir(ROOT)
    port = int(os.environ.get("PORT") or 8000)
    var = Path(os.environ.get("KEXIE_VAR") or ROOT / "var").resolve()
    var.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(var, port), _services(var) as are_alive:
            _prepare()
            welcome = Welcome(port, var)

            def look_around() -> None:
                if not are_alive():
                    raise embedded.EmbeddedError(f"内置服务意外停止，日志在 {var / 'embedded' / 'log'}")
                welcome.look()

            return live_together(_children(port, var), _application(), meanwhile=look_around)
    except embedded.EmbeddedError as error:
        say(NAME, str(error))
        return 1
    except subprocess.CalledProcessError as error:
        say(NAME, f"准备没有完成（{' '.join(map(str, error.cmd[1:]))}），请看上面的输出。")
        return 1
    except KeyboardInterrupt:
        say(NAME, "已停止。")
        return 0


def _end_on_signals() -> None:
    """SIGTERM and SIGHUP end us as Ctrl-C does, unless whoever started us wants SIGHUP ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _alone(var: Path, port: int) -> Iterator[None]:
    """Refuse to run twice on the same data, and on a port that another program holds."""
    with (var / "launch.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise embedded.EmbeddedError(
                f"门户已经在运行：{lock.read().strip()}。请先停止它，再重新启动。"
            ) from None
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                raise embedded.EmbeddedError(
                    f"端口 {port} 已被占用，请换一个：PORT={port + 1} make run"
                ) from None
        lock.truncate(0)
        lock.write(f"http://127.0.0.1:{port}/（进程 {os.getpid()}）\n")
        lock.flush()
        yield


@contextlib.contextmanager
def _services(var: Path) -> Iterator[Callable[[], bool]]:
    """The services while the block runs, and a way to ask whether ours are still there."""
    if not embedded.wanted(os.environ):
        yield lambda: True
        return
    say(NAME, "正在启动内置的 PostgreSQL 和 Redis……")
    with embedded.services(var) as services:
        yield services.are_alive


def _prepare() -> None:
    say(NAME, "正在准备数据库……")
    owner = _application() | {
        "DATABASE_URL": os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    }
    for step, environment in (("owner", owner), ("demo", _application())):
        subprocess.run(
            [sys.executable, "-m", "kexie_portal.launch.prepare", step], check=True, env=environment, cwd=ROOT
        )


def _application() -> dict[str, str]:
    """The environment of the portal's processes; the owner's address is kept from them."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return {
        "DJANGO_SETTINGS_MODULE": "kexie_portal.settings",
        "STATIC_MANIFEST": "1",
        "PYTHONUNBUFFERED": "1",
    } | given


def _children(port: int, var: Path) -> list[Child]:
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "kexie_portal"]
    workers = [
        Child(
            name=name,
            command=[
                *GIVING_WAY.get(name, []),
                *celery,
                "worker",
                f"--queues={queues}",
                f"--concurrency={processes}",
                f"--hostname={name}@%h",
                "--loglevel=WARNING",
                "--without-gossip",
                "--without-mingle",
            ],
            ending=((signal.SIGTERM, 20.0), (signal.SIGQUIT, 10.0)),
        )
        for name, (queues, processes) in QUEUES.items()
    ]
    beat = Child(
        "beat", [*celery, "beat", "--loglevel=WARNING", f"--schedule={var / 'beat-schedule'}", "--pidfile="]
    )
    web = Child(
        "web",
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "8"),
            *("--workers-kill-timeout", "8", "--log-level", "warning"),
            "kexie_portal.wsgi:application",
        ],
    )
    return [*workers, beat, web]


if __name__ == "__main__":
    sys.exit(main())
