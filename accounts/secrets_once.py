"""First passwords, kept encrypted for ten minutes so that they can be fetched as one sheet, once."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.core.cache import cache

from accounts.models import User
from audit.services import record
from core.cipher import decrypt, encrypt
from core.errors import DomainError

MINUTES = 10


def _key(user: User, ticket: str) -> str:
    return f"first-passwords:{user.pk}:{ticket}"


def keep(*, rows: list[list[Any]], by: User) -> str:
    """A ticket with which ``by`` may fetch ``rows`` once."""
    ticket = secrets.token_urlsafe(16)
    cache.set(_key(by, ticket), encrypt(json.dumps(rows, ensure_ascii=False)), timeout=MINUTES * 60)
    return ticket


def take(*, ticket: str, by: User) -> list[list[Any]]:
    """The rows, on record. Raises :class:`DomainError` the second time, after ten minutes, and for anybody else."""
    kept = cache.get(_key(by, ticket))
    rows = json.loads(decrypt(kept) or "null") if kept and cache.delete(_key(by, ticket)) else None
    if rows is None:
        raise DomainError.of(
            "passwords_gone", "初始密码只能下载一次，且仅保留 10 分钟；如已遗失，请逐个重置密码。"
        )
    record(
        kind="accounts.first_passwords",
        by=by,
        unit=by.unit,
        summary=f"下载 {len(rows)} 个账号的初始密码",
    )
    return rows
