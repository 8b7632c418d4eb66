"""The front door and the probes."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse

from accounts.roles import Role
from core.heartbeat import KEY
from core.tasks import beat_heartbeat
from kexie_portal import readiness
from tests.factories import UserFactory, user_at


def test_healthz_asks_nothing(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readyz_with_a_worker(db, client):
    beat_heartbeat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == dict.fromkeys(("database", "migrations", "redis", "worker"), "ok")


def test_readyz_without_a_worker(db, client):
    cache.delete(KEY)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == "failed"


def test_readyz_names_what_fails(db, client, monkeypatch):
    def broken():
        raise DatabaseError("gone")

    beat_heartbeat()
    monkeypatch.setitem(readiness.CHECKS, "database", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, state in answer.json()["checks"].items() if state == "failed"] == ["database"]


@pytest.mark.parametrize(
    ("role", "door"),
    [
        (Role.REPORTER, "reporting:desk"),
        (Role.UNIT_ADMIN, "accounts:list"),
        (Role.SECURITY_ADMIN, "accounts:security"),
        (Role.SYSTEM_ADMIN, "accounts:system"),
        (Role.AUDIT_ADMIN, "audit:list"),
    ],
)
def test_home_leads_to_the_desk(tree, client_of, role, door):
    answer = client_of(user_at(tree.province, role)).get("/")
    assert answer["Location"] == reverse(door)


def test_home_without_a_posting(db, client_of):
    assert client_of(UserFactory()).get("/")["Location"] == reverse("accounts:own")
