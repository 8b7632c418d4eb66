"""First passwords, kept encrypted for ten minutes so that they can be fetched as one sheet, once."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.core.cache import cache

from accounts.models import User
from core.cipher import decrypt, encrypt

MINUTES = 10


def _key(user: User, ticket: str) -> str:
    return f"first-passwords:{user.pk}:{ticket}"


def keep(*, rows: list[list[Any]], by: User) -> str:
    """A ticket with which ``by`` may fetch ``rows`` once."""
    ticket = secrets.token_urlsafe(16)
    cache.set(_key(by, ticket), encrypt(json.dumps(rows, ensure_ascii=False)), timeout=MINUTES * 60)
    return ticket


def take(*, ticket: str, by: User) -> list[list[Any]] | None:
    """The rows, and nothing the second time or for anybody else."""
    kept = cache.get(_key(by, ticket))
    if kept is None or not cache.delete(_key(by, ticket)):
        return None
    return json.loads(decrypt(kept) or "null")
