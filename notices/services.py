"""Telling people something once, and sending the e-mail behind it at most once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core import clock
from core.context_processors import PORTAL_NAME
from notices.models import MailState, Message

logger = logging.getLogger("kexie.notices")

SENT_AT_ONCE = 200


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
    """Leave a message for each of ``users`` and return to how many it was new.

    ``key`` names the occasion, such as ``report-812-returned-2``: who was told of it already is not told again.
    ``link`` is a path within the portal. With ``mail`` an e-mail follows to those who gave an address.
    """
    everyone = {user.pk: user for user in users}
    if not everyone:
        return 0
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
        )
        for user in everyone.values()
    ]
    told = set(Message.objects.filter(key=key[:120]).values_list("user_id", flat=True))
    new = [message for message in messages if message.user_id not in told]
    Message.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    return len(new)


def mark_read(*, messages: QuerySet[Message]) -> int:
    """Put on record that these were read; how many were not before."""
    return messages.filter(read_at__isnull=True).update(read_at=clock.now())


def send_pending_mail() -> int:
    """Send what waits, oldest first; how many went out.

    A message is marked as being sent before it is, so that after a crash in between it is shown as of unknown outcome
    and never sent twice.
    """
    sent = 0
    for message_id in list(
        Message.objects.filter(mail_state=MailState.PENDING)
        .order_by("id")
        .values_list("pk", flat=True)[:SENT_AT_ONCE]
    ):
        message = _claim(message_id)
        if message is not None and _send(message):
            sent += 1
    return sent


def settle_interrupted_mail() -> int:
    """What was being sent for over ten minutes was interrupted: nobody knows whether it went out."""
    return Message.objects.interrupted(clock.now()).update(
        mail_state=MailState.UNKNOWN, mail_error="发送过程中断，无法确认是否已送达。"
    )


@transaction.atomic
def _claim(message_id: int) -> Message | None:
    message = (
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(pk=message_id, mail_state=MailState.PENDING)
        .first()
    )
    if message is not None:
        message.mail_state = MailState.SENDING
        message.mailed_at = clock.now()
        message.save(update_fields=["mail_state", "mailed_at"])
    return message


def _send(message: Message) -> bool:
    text = f"{message.user.name}：\n\n{message.body or message.title}\n\n请登录{PORTAL_NAME}办理。此邮件由系统发出，请勿回复。\n"
    try:
        EmailMessage(subject=f"【{PORTAL_NAME}】{message.title}", body=text, to=[message.user.email]).send()
    except (SMTPException, OSError) as error:
        logger.warning("mail of message %s failed: %s", message.pk, error)
        message.mail_state = MailState.FAILED
        message.mail_error = str(error)[:300]
    else:
        message.mail_state = MailState.SENT
    message.mailed_at = clock.now()
    message.save(update_fields=["mail_state", "mail_error", "mailed_at"])
    return message.mail_state == MailState.SENT
