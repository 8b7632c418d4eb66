"""Passwords: changed by their owner, or set anew by an administrator and shown once."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from rest_framework.authtoken.models import Token

from accounts.models import User
from accounts.rules import may_manage
from accounts.services.sessions import end_sessions_of
from audit.services import record
from core.actor import Actor
from core.errors import DomainError, Forbidden, Problem

#: Without signs that look alike on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"


def random_password() -> str:
    """Twelve signs in three groups, easy to read out: ``kTmw-4827-Rbxd``."""
    group = lambda signs: "".join(secrets.choice(signs) for _ in range(4))  # noqa: E731
    return f"{group(LETTERS)}-{group(DIGITS)}-{group(LETTERS)}"


@transaction.atomic
def change_password(*, user: User, old: str, new: str) -> User:
    """Change one's own password; every session ends. Raises :class:`DomainError` by field ``old`` or ``new``."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.check_password(old):
        raise DomainError.of("wrong_password", "原密码不正确。", "old")
    if user.check_password(new):
        raise DomainError.of("same_password", "新密码不能与原密码相同。", "new")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise DomainError(
            Problem(code="weak_password", message=message, field="new") for message in error.messages
        ) from error
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sessions_of(user=user)
    record(kind="accounts.password_changed", by=user, unit=user.unit, obj=user, summary="修改密码")
    return user


@transaction.atomic
def reset_password(*, user: User, by: Actor) -> str:
    """A new random password, returned once and kept nowhere; it must be changed at the next sign-in."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not may_manage(by, user):
        raise Forbidden.for_action("重置该账号密码")
    if not user.is_active:
        raise DomainError.of("account_closed", f"账号“{user.username}”已停用，请先恢复启用再重置密码。")
    password = random_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_sessions_of(user=user)
    Token.objects.filter(user=user).delete()
    record(
        kind="accounts.password_reset", by=by, unit=user.unit, obj=user, summary=f"重置{user.username}的密码"
    )
    return password
