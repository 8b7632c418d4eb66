"""kill -9 of a web process, a worker, beat and Redis while people hand in: whatever was acknowledged is there, once."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from accounts.services.tokens import issue_token
from audit.models import AuditEvent
from kexie_portal.embedded.places import Places
from kexie_portal.embedded.redis_server import RedisServer
from notices.models import Message
from reporting.models import Report, ReportStep, ReportVersion
from tests.factories import make_tree, user_at
from tests.month import WHILE_FILLING, Month, fill, make_month

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
#: So many acknowledged submissions between one killing and the next.
BETWEEN = 12
COUNTIES = ("370102", "370112", "370202", "370203")
#: The portal's own manager, with its own children: the end of one is the end of all.
MANAGER = """
import os, sys
from pathlib import Path
from kexie_portal.launch.__main__ import _children, _end_on_signals
from kexie_portal.launch.children import live_together
_end_on_signals()
children = [one for one in _children(int(sys.argv[1]), Path(sys.argv[2])) if one.name != "papers"]
try:
    sys.exit(live_together(children, os.environ, meanwhile=lambda: None))
except KeyboardInterrupt:
    sys.exit(130)
"""


class Portal:
    """The manager in a process of its own, started again whenever it has ended, as the host's own manager does."""

    def __init__(self, var: Path, redis_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self.var, self.log = var, var / "portal.log"
        self.environment = os.environ | {
            "DATABASE_URL": urlunsplit(database),
            "REDIS_URL": redis_url,
            "KEXIE_VAR": str(var),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", MANAGER, str(self.port), str(self.var)],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        self._await(self._answers, "does not answer")

    def kill(self, *victims: tuple[int, set[str]]) -> None:
        """SIGKILL to one of the processes whose command has all the words; then all end, and begin anew."""
        assert self.process is not None
        running = _below(self.process.pid)
        for place, words in victims:
            os.kill([pid for pid in running if words <= set(_command(pid))][place], signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/healthz", "") == 200
        return False

    def _await(self, condition: Callable[[], bool], said: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"{said}\n{self.log.read_text()[-3000:]}"
            time.sleep(0.1)

    def ask(self, method: str, path: str, token: str) -> int:
        """The status of one request on a connection of its own."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Authorization": f"Token {token}"} if token else {}
            door.request(method, path, b"", headers)
            answer = door.getresponse()
            answer.read()
            return answer.status
        finally:
            door.close()


def _below(pid: int) -> list[int]:
    """All processes under ``pid``, parents first."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *_below(int(child))]
    return found


def _command(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return []


@dataclass
class Clerk:
    """Hands in and takes back as fast as the portal answers, and counts what was acknowledged."""

    portal: Portal
    report: Report
    token: str
    acknowledged: int = 0
    unsure: int = 0
    is_over: bool = False

    def work(self) -> None:
        while not self.is_over:
            if self._post("submit"):
                self.acknowledged += 1
            if self.is_over:
                return
            self._post("withdraw")

    def _post(self, act: str) -> bool:
        try:
            status = self.portal.ask("POST", f"/api/v1/reports/{self.report.pk}/{act}/", self.token)
        except (OSError, http.client.HTTPException):
            status = 0
        if status == 0 or status >= 500:
            self.unsure += act == "submit"
            time.sleep(0.05)
        elif status not in (200, 409):
            raise AssertionError(f"{act}: {status}")
        return status == 200


@pytest.fixture
def month() -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        built = make_month(make_tree())
        for code in COUNTIES:
            fill(built.report(code))
    yield built


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    places = Places.of(tmp_path)
    places.make()
    server = RedisServer(places, durable=True)
    server.start()
    yield server
    server.stop()


def test_every_acknowledged_submission_is_there(month: Month, redis: RedisServer, tmp_path: Path) -> None:
    portal = Portal(tmp_path, redis.places.redis_url())
    clerks = []
    for code in COUNTIES:
        user: User = user_at(month.tree[code], Role.REPORTER)
        clerks.append(Clerk(portal, month.report(code), issue_token(user=user)))
    threads = [threading.Thread(target=clerk.work, daemon=True) for clerk in clerks]

    def go_on() -> None:
        wanted = sum(clerk.acknowledged for clerk in clerks) + BETWEEN
        portal._await(
            lambda: sum(clerk.acknowledged for clerk in clerks) >= wanted, "nobody is served any more"
        )

    try:
        portal.start()
        for thread in threads:
            thread.start()
        go_on()
        portal.kill((-1, {"granian"}))
        go_on()
        portal.kill((0, {"celery", "worker"}), (0, {"celery", "beat"}))
        go_on()
        assert redis.process is not None
        redis.process.kill()
        redis.process.wait()
        redis.start()
        go_on()
    finally:
        for clerk in clerks:
            clerk.is_over = True
        for thread in threads:
            if thread.ident is not None:
                thread.join(30)
        portal.stop()
    for clerk in clerks:
        _assert_kept(clerk)


def _assert_kept(clerk: Clerk) -> None:
    steps = ReportStep.objects.filter(report=clerk.report, action="submit").count()
    assert clerk.acknowledged <= steps <= clerk.acknowledged + clerk.unsure
    versions = ReportVersion.objects.filter(report=clerk.report).order_by("number")
    assert list(versions.values_list("number", flat=True)) == list(range(1, steps + 1))
    report = Report.objects.get(pk=clerk.report.pk)
    assert report.last_version == versions.last()
    events = AuditEvent.objects.filter(kind="report.submit", object_id=str(report.pk))
    assert events.count() == steps
    told = Message.objects.filter(key__in=[f"event:{event.pk}" for event in events])
    reviewers = told.values("user").distinct().count()
    assert told.count() == steps * reviewers
    assert steps > 3
