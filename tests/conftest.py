"""The services that every test uses are there before Django's settings are read.

pytest-django reads the settings before any conftest if it is told their name in its configuration; so it is told
here. Under xdist the controller has the services and its workers inherit their addresses, but each has a Redis
database of its own, so that a Celery worker started by one test never takes the message of another.
"""

import contextlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import pytest

from kexie_portal import embedded

pytest_plugins = ["tests.fixtures"]

ROOT = Path(__file__).resolve().parent.parent
_held = contextlib.ExitStack()


def _begin() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie_portal.settings")
    if embedded.wanted(os.environ):
        var = Path(os.environ.get("KEXIE_VAR") or ROOT / "var") / "test"
        os.environ["KEXIE_VAR"] = str(var)
        (var / "staticfiles").mkdir(parents=True, exist_ok=True)
        _held.enter_context(embedded.services(var, durable=False))
    os.environ.setdefault("SECRET_KEY", "of-the-tests-alone")
    if owner := os.environ.get("DATABASE_OWNER_URL"):
        os.environ["DATABASE_URL"] = owner
    django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Before any worker process reads its settings."""
    for number, spec in enumerate(specs, start=1):
        spec.env["REDIS_URL"] = _redis_database(os.environ["REDIS_URL"], number % 16)


def _redis_database(url: str, number: int) -> str:
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _held.close()


_begin()
