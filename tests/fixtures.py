"""Fixtures of every test; the services behind them are started by ``conftest``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from tests.factories import Tree, make_tree, user_at


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with transactions of their own are cleared away by TRUNCATE, which the audit trail refuses."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_no_truncate")


@pytest.fixture(autouse=True)
def quick_and_apart(settings: Any, tmp_path: Any) -> None:
    """Argon2 is slow on purpose, and so is a look for every static file at each new client; files and mail of a test
    go where the test's files go."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_USE_FINDERS = False
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture
def tree(db: None) -> Tree:
    """A small province: ``tree.province``, ``.city``, ``.county``, ``.township``, ``.other_county``, ``tree["370102"]``…"""
    return make_tree()


@pytest.fixture
def clerk(tree: Tree) -> User:
    """County clerk: reporter of ``tree.county``."""
    return user_at(tree.county, Role.REPORTER)


@pytest.fixture
def other_clerk(tree: Tree) -> User:
    """Reporter of a county in another city."""
    return user_at(tree.other_county, Role.REPORTER)


@pytest.fixture
def city_official(tree: Tree) -> User:
    """Reporter and reviewer of ``tree.city``."""
    return user_at(tree.city, Role.REPORTER, Role.REVIEWER)


@pytest.fixture
def province_official(tree: Tree) -> User:
    """Reporter and reviewer of the province."""
    return user_at(tree.province, Role.REPORTER, Role.REVIEWER)


@pytest.fixture
def leader(tree: Tree) -> User:
    """Leader of ``tree.county``."""
    return user_at(tree.county, Role.LEADER)


@pytest.fixture
def unit_admin(tree: Tree) -> User:
    """Unit administrator of ``tree.city``."""
    return user_at(tree.city, Role.UNIT_ADMIN)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser signed in as the user given."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def api_of() -> Callable[[User], APIClient]:
    """An API client acting as the user given."""

    def sign_in(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture
def clean_cache() -> None:
    """Nothing in the cache at the start."""
    cache.clear()
