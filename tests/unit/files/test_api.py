"""Exports by the interface."""

from pathlib import Path

import pytest

from files import registry, services
from files.models import ExportJob
from files.registry import Built, Exporter


@pytest.fixture
def kind(monkeypatch):
    def build(user, params, path, progress):
        Path(path).write_bytes(b"figures")
        return Built("名册.xlsx", {})

    made = Exporter("test.list", lambda params: "名册", lambda user, params: True, build, "text/plain")
    monkeypatch.setitem(registry._exporters, made.kind, made)
    return made.kind


def test_ask_watch_fetch(kind, clerk, other_clerk, api_of):
    api = api_of(clerk)
    asked = api.post("/api/v1/exports/", {"kind": kind, "params": {"q": "历下"}}, format="json")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    url = f"/api/v1/exports/{asked.json()['id']}/"
    assert api.post(f"{url}download/").status_code == 404
    services.run_export(job_id=asked.json()["id"])
    assert api.get(url).json()["percent"] == 100
    fetched = api.post(f"{url}download/")
    assert b"".join(fetched.streaming_content) == b"figures"
    assert [job["id"] for job in api.get("/api/v1/exports/").json()["results"]] == [asked.json()["id"]]
    other = api_of(other_clerk)
    assert [other.get(url).status_code, other.post(f"{url}download/").status_code] == [404, 404]
    assert other.get("/api/v1/exports/").json()["results"] == []


def test_cancel(kind, clerk, api_of):
    api = api_of(clerk)
    job = api.post("/api/v1/exports/", {"kind": kind}, format="json").json()
    assert api.post(f"/api/v1/exports/{job['id']}/cancel/").json()["state"] == "cancelled"
    again = api.post(f"/api/v1/exports/{job['id']}/cancel/")
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"kind": "test.none"}, 422), ({"kind": "accounts.list"}, 403)]
)
def test_ask_refused(clerk, api_of, body, status):
    answer = api_of(clerk).post("/api/v1/exports/", body, format="json")
    assert answer.status_code == status
    assert not ExportJob.objects.exists()


def test_strangers_are_turned_away(db, client):
    assert client.get("/api/v1/exports/").status_code == 401
    assert client.get("/api/v1/exports/not-a-uuid/").status_code == 404
