"""The portal on a loopback port of its own, asked over connections that stay open, as browsers do."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.models import User

HOST = "127.0.0.1"
PATIENCE = 60
SETTINGS = "kexie_portal.bench.served"
BACKEND = "django.contrib.auth.backends.ModelBackend"
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')


@contextmanager
def served() -> Iterator[int]:
    """A granian worker over the scratch database; the port it listens on."""
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        *("--host", HOST, "--port", str(port), "--workers", "1", "--blocking-threads", "2"),
        "kexie_portal.wsgi:application",
    ]
    address = urlsplit(os.environ["DATABASE_URL"])
    database = address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": database,
        "SECRET_KEY": settings.SECRET_KEY,
    }
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)  # noqa: S603
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            Visitor(port).get("/healthz")
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("测量用的服务没有启动")


class Visitor:
    """A browser in little: one open connection, the session of one account and its CSRF token."""

    def __init__(self, port: int, user: User | None = None) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self._token = ""
        if user is not None:
            self._cookies[settings.SESSION_COOKIE_NAME] = _session_of(user)

    def get(self, path: str) -> int:
        """The status of the answer."""
        status, body = self._ask("GET", path)
        if found := TOKEN.search(body):
            self._token = found.group(1).decode()
        return status

    def post(self, path: str, fields: Mapping[str, object]) -> int:
        """The status of the answer; a page must have been read before."""
        form = urlencode(dict(fields) | {"csrfmiddlewaretoken": self._token})
        return self._ask("POST", path, form)[0]

    def _ask(self, method: str, path: str, form: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, form, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, body


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
