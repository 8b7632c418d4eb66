"""One's own key to the interface under ``/api/v1/``."""

from __future__ import annotations

from django.db import transaction
from rest_framework.authtoken.models import Token

from accounts.models import User
from audit.services import record
from core.errors import Conflict


@transaction.atomic
def issue_token(*, user: User) -> str:
    """A new key in place of the old one; shown once."""
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    record(kind="accounts.token_issued", by=user, unit=user.unit, obj=user, summary="生成接口密钥")
    return token.key


@transaction.atomic
def revoke_token(*, user: User) -> None:
    """No key any more."""
    deleted, _ = Token.objects.filter(user=user).delete()
    if not deleted:
        raise Conflict.of("no_token", "您没有有效的接口密钥。")
    record(kind="accounts.token_revoked", by=user, unit=user.unit, obj=user, summary="吊销接口密钥")
