"""Accounts that rest after too many failed sign-ins."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.db import transaction

from accounts.permissions import MANAGE_SECURITY
from audit.services import record
from core.access import ensure_anywhere
from core.errors import Conflict


@transaction.atomic
def unlock(*, attempt: AccessAttempt, by: Any) -> None:
    """Let an account sign in again at once."""
    ensure_anywhere(by, MANAGE_SECURITY)
    if not reset(username=attempt.username):
        raise Conflict.of("not_locked", f"账号“{attempt.username}”已经解除锁定。")
    record(
        kind="accounts.unlocked",
        by=by,
        summary=f"解除账号{attempt.username}的登录锁定",
        data={"ip": attempt.ip_address},
    )
