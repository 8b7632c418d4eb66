"""Telling people: in the portal once an occasion, by e-mail at most once."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from notices.models import MailState, Message


def tell(
    *,
    users: Iterable[User],
    key: str,
    kind: str,
    title: str,
    body: str = "",
    link: str = "",
    mail: bool = True,
) -> int:
    """Tell each user of the occasion ``key``, once; returns how many had not been told before.

    E-mail is queued for who has an address, when ``mail`` is wanted.
    """
    messages = [
        Message(
            user=user,
            key=key[:120],
            kind=kind[:40],
            title=title[:120],
            body=body,
            link=link,
            mail_state=MailState.PENDING if mail and user.email else MailState.NONE,
        )
        for user in users
    ]
    before = Message.objects.filter(key=key[:120]).count()
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    return Message.objects.filter(key=key[:120]).count() - before
