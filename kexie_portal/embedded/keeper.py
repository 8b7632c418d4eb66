"""The keeper: the one process that owns the servers of a ``var`` folder.

Its first client is the socket that it is born with (standard input); later clients come in by the door. It keeps the
servers while one client is connected, then stops them. A client's end, even by ``kill -9``, closes its connection.
"""

import contextlib
import fcntl
import os
import selectors
import signal
import socket
import sys
from types import FrameType

from kexie_portal.embedded.errors import EmbeddedError
from kexie_portal.embedded.places import Places
from kexie_portal.embedded.postgres import Postgres
from kexie_portal.embedded.redis_server import RedisServer

LOOK_AT_SERVERS_SECONDS = 1.0


def main(var_dir: str, mode: str) -> int:
    """Keep the services of ``var_dir``; 0 when all clients left, 1 when a server could not start or died."""
    os.umask(0o077)
    places = Places.of(var_dir)
    places.make()
    with places.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ending, _end)
        return Keeper(places, durable=mode != "volatile").keep()


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _born_with() -> socket.socket:
    """The first client, taken from standard input so that closing it is the end of it."""
    client = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return client


class Keeper:
    """Two servers and the clients for whom they run."""

    def __init__(self, places: Places, *, durable: bool) -> None:
        self.places = places
        self.servers: list[RedisServer | Postgres] = [
            RedisServer(places, durable=durable),
            Postgres(places, durable=durable),
        ]
        self.clients: set[socket.socket] = set()
        self.selector = selectors.DefaultSelector()
        self.last_client: socket.socket | None = None

    def keep(self) -> int:
        self._welcome(_born_with(), greet=False)
        door = self._open_door()
        try:
            for server in self.servers:
                server.start()
            for client in list(self.clients):
                self._greet(client)
            return self._serve(door)
        except EmbeddedError as error:
            self._refuse_waiting(door, str(error))
            return 1
        finally:
            self._close(door)

    def _open_door(self) -> socket.socket:
        self.places.door.unlink(missing_ok=True)
        door = socket.socket(socket.AF_UNIX)
        door.bind(str(self.places.door))
        door.listen(128)
        self.selector.register(door, selectors.EVENT_READ)
        return door

    def _serve(self, door: socket.socket) -> int:
        while self.clients:
            for key, _ in self.selector.select(LOOK_AT_SERVERS_SECONDS):
                if key.fileobj is door:
                    self._welcome(door.accept()[0], greet=True)
                elif isinstance(key.fileobj, socket.socket):
                    self._hear(key.fileobj)
            for server in self.servers:
                if server.process is not None and server.process.poll() is not None:
                    print(f"{server.log.stem} ended with {server.process.returncode}", file=sys.stderr)
                    return 1
        return 0

    def _welcome(self, client: socket.socket, *, greet: bool) -> None:
        self.clients.add(client)
        self.selector.register(client, selectors.EVENT_READ)
        if greet:
            self._greet(client)

    def _greet(self, client: socket.socket) -> None:
        try:
            client.sendall(b"ready\n")
        except OSError:
            self._forget(client)

    def _hear(self, client: socket.socket) -> None:
        """A client says nothing until it leaves. The last one is let go only after the servers have stopped."""
        if len(self.clients) > 1:
            self._forget(client)
        else:
            self.selector.unregister(client)
            self.clients.clear()
            self.last_client = client

    def _forget(self, client: socket.socket) -> None:
        self.clients.discard(client)
        self.selector.unregister(client)
        client.close()

    def _refuse_waiting(self, door: socket.socket, reason: str) -> None:
        door.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.clients.add(door.accept()[0])
        for client in self.clients:
            with contextlib.suppress(OSError):
                client.sendall(f"failed {reason}".encode())

    def _close(self, door: socket.socket) -> None:
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)
        door.close()
        self.places.door.unlink(missing_ok=True)
        for server in self.servers:
            server.stop()
        for left in self.places.sockets.iterdir():
            left.unlink()
        self.places.sockets.rmdir()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
