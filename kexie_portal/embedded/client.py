"""Using the embedded services: attach to the running keeper of a ``var`` folder, or start it."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kexie_portal.embedded.errors import EmbeddedError
from kexie_portal.embedded.places import APP_ROLE, OWNER_ROLE, Places
from kexie_portal.embedded.processes import tail

START_SECONDS = 180.0
STOP_SECONDS = 90.0
KEEPER = "kexie_portal.embedded.keeper"
VARIABLES = ("DATABASE_URL", "REDIS_URL")


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether this process must bring its own services: neither address is given. One alone is a mistake."""
    given = [name for name in VARIABLES if environment.get(name)]
    if len(given) == 1:
        raise EmbeddedError(
            "DATABASE_URL 和 REDIS_URL 须同时设置（使用已有的服务），或都不设置（使用内置的服务）。"
        )
    return not given


@dataclass(frozen=True)
class Services:
    """The services in use: where they are, and the connection that keeps them."""

    places: Places
    connection: socket.socket

    def are_alive(self) -> bool:
        """Whether the keeper still keeps them; it hangs up when one of its servers has died."""
        return not select.select([self.connection], [], [], 0)[0]


@contextlib.contextmanager
def services(var_dir: str | os.PathLike[str], *, durable: bool = True) -> Iterator[Services]:
    """Have the services of ``var_dir`` while the block runs, their addresses in ``os.environ``.

    ``DATABASE_URL`` is the application role, ``DATABASE_OWNER_URL`` the owner; ``SECRET_KEY`` is the folder's own
    where none is given. ``durable=False`` gives up safety
    against a power cut for speed, for tests; it takes effect when this call starts the servers.
    """
    places = Places.of(var_dir)
    connection = _attach(places, durable=durable)
    given = {
        "DATABASE_URL": places.database_url(APP_ROLE),
        "DATABASE_OWNER_URL": places.database_url(OWNER_ROLE),
        "REDIS_URL": places.redis_url(),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or places.secret_key(),
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield Services(places, connection)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        _leave(connection)


def _attach(places: Places, *, durable: bool) -> socket.socket:
    """A greeted connection to the keeper. One that is just stopping is waited for, then started anew."""
    places.make()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = _knock(places) or _start_keeper(places, durable=durable)
        connection.settimeout(max(1.0, deadline - time.monotonic()))
        if _is_greeted(connection):
            connection.settimeout(None)
            return connection
        connection.close()
        time.sleep(0.1)
    raise EmbeddedError(
        f"内置服务 {START_SECONDS:.0f} 秒内没有就绪，日志在 {places.logs}：\n{tail(_log(places))}"
    )


def _knock(places: Places) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(places.door))
    except OSError:
        connection.close()
        return None
    return connection


def _start_keeper(places: Places, *, durable: bool) -> socket.socket:
    """Start a keeper in a session of its own, out of reach of the terminal's Ctrl-C, with us as its first client."""
    ours, its = socket.socketpair()
    places.make()
    with _log(places).open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", KEEPER, str(places.var), "durable" if durable else "volatile"],
            cwd=Path(__file__).resolve().parents[2],
            stdin=its.fileno(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    its.close()
    return ours


def _is_greeted(connection: socket.socket) -> bool:
    """Whether the keeper is ready for us; False when it was leaving. Its refusal is raised with its reason."""
    heard = b""
    try:
        while not heard.endswith(b"ready\n"):
            part = connection.recv(4096)
            if not part:
                break
            heard += part
    except (TimeoutError, ConnectionError):
        return False
    if heard.startswith(b"failed "):
        raise EmbeddedError(heard.removeprefix(b"failed ").decode())
    return heard == b"ready\n"


def _leave(connection: socket.socket) -> None:
    """Say goodbye; when we were the last, wait until the servers have stopped."""
    with contextlib.suppress(OSError), connection:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(STOP_SECONDS)
        connection.recv(1)


def _log(places: Places) -> Path:
    return places.logs / "keeper.log"
