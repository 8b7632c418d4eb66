"""Messages: left once an occasion, marked when read."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from core import clock
from notices.models import MailState, Message, SmsConsent


def tell(
    *,
    users: Iterable[User],
    key: str,
    kind: str,
    title: str,
    body: str = "",
    link: str = "",
    mail: bool = True,
    sms: bool = False,
) -> int:
    """Leave a message for each of ``users`` and return to how many it was new.

    ``key`` names the occasion, such as ``report-812-returned-2``: who was told of it already is not told again.
    ``link`` is a path within the portal. With ``mail`` the day's e-mail takes it along to those who gave an address;
    with ``sms`` the day's text message to those who agreed to get one.
    """
    everyone = {user.pk: user for user in users}
    if not everyone:
        return 0
    texted = _agreed(everyone) if sms else set()
    messages = [
        Message(
            user=user,
            key=key[:120],
            kind=kind,
            title=title[:120],
            body=body,
            link=link,
            created_at=clock.now(),
            mail_state=MailState.PENDING if mail and user.email else MailState.NONE,
            sms_state=MailState.PENDING if user.pk in texted else MailState.NONE,
        )
        for user in everyone.values()
    ]
    told = set(Message.objects.filter(key=key[:120]).values_list("user_id", flat=True))
    new = [message for message in messages if message.user_id not in told]
    Message.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    return len(new)


def _agreed(users: dict[int, User]) -> set[int]:
    """Who gave a number and asked for text messages."""
    asked = SmsConsent.objects.filter(user__in=users).values_list("user_id", flat=True)
    return {pk for pk in asked if users[pk].phone_cipher}


def mark_read(*, messages: QuerySet[Message]) -> int:
    """Put on record that these were read; how many were not before."""
    return messages.filter(read_at__isnull=True).update(read_at=clock.now())
