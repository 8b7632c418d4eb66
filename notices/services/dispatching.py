"""The day's e-mail and the day's text message: one a person with all that waits, outside quiet hours, at most once."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Sequence
from smtplib import SMTPException, SMTPServerDisconnected

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Min

from accounts.models import User
from core import clock
from core.cipher import decrypt
from core.context_processors import PORTAL_NAME
from notices import sms
from notices.choices import Channel
from notices.models import Dispatch, MailState, Message
from notices.registry import settled_among
from notices.selectors import is_quiet, policy_in_force

logger = logging.getLogger("kexie.notices")
SENT_AT_ONCE = 200
INTERRUPTED = "发送过程中断，无法确认是否已送达，不再重发。"

#: Channel → the message's state and dispatch of that channel.
COLUMNS = {Channel.MAIL: ("mail_state", "mail"), Channel.SMS: ("sms_state", "sms")}


class Unsure(Exception):
    """It may have gone out, or not."""


def send_waiting(*, channel: str) -> int:
    """Send everybody who has something waiting, and had nothing today, one e-mail or text; how many went out.

    The dispatch is written down before it is sent, so that after a crash in between it is shown as of unknown outcome
    and never sent twice.
    """
    policy, now = policy_in_force(), clock.now()
    waiting = Message.objects.filter(**{COLUMNS[Channel(channel)][0]: MailState.PENDING})
    if not (policy.sends_mail if channel == Channel.MAIL else policy.sends_sms):
        waiting.update(**{COLUMNS[Channel(channel)][0]: MailState.NONE})
        return 0
    if is_quiet(now, policy):
        return 0
    today = clock.local_day(now)
    served = Dispatch.objects.filter(channel=channel, day=today).values("user_id")
    people = (
        waiting.filter(user__is_active=True)
        .exclude(user__in=served)
        .values("user_id")
        .annotate(first=Min("pk"))
        .order_by("first")
        .values_list("user_id", flat=True)[:SENT_AT_ONCE]
    )
    begun = (_begin(user_id, Channel(channel)) for user_id in list(people))
    return sum(_send(dispatch, messages) for dispatch, messages in filter(None, begun))


def settle_interrupted() -> int:
    """What was going out for over ten minutes was interrupted: nobody knows whether it arrived."""
    found = list(Dispatch.objects.interrupted(clock.now()))
    for dispatch in found:
        _settle(dispatch, MailState.UNKNOWN, INTERRUPTED)
    return len(found)


@transaction.atomic
def _begin(user_id: int, channel: Channel) -> tuple[Dispatch, list[Message]] | None:
    """Take along all that waits for a person; what has been settled meanwhile is left out."""
    state, link = COLUMNS[channel]
    dispatch, is_new = Dispatch.objects.get_or_create(
        user_id=user_id, channel=channel, day=clock.today(), defaults={"began_at": clock.now()}
    )
    if not is_new:
        return None
    waiting = Message.objects.select_for_update().filter(user=user_id, **{state: MailState.PENDING})
    messages = list(waiting.order_by("pk"))
    settled = settled_among(messages)
    Message.objects.filter(pk__in=settled).update(**{state: MailState.DROPPED})
    going = [message for message in messages if message.pk not in settled]
    if not going:
        dispatch.delete()
        return None
    taken = Message.objects.filter(pk__in=[message.pk for message in going])
    taken.update(**{state: MailState.SENDING, link: dispatch})
    return dispatch, going


def _send(dispatch: Dispatch, messages: Sequence[Message]) -> bool:
    deliver = _SENDERS[Channel(dispatch.channel)]
    try:
        receipt = deliver(dispatch.user, messages)
    except Unsure as error:
        logger.warning("outcome of dispatch %s unknown", dispatch.pk)
        _settle(dispatch, MailState.UNKNOWN, f"无法确认是否已送达，不再重发。{error}")
    except (SMTPException, OSError, sms.SmsRefused) as error:
        logger.warning("dispatch %s failed: %s", dispatch.pk, type(error).__name__)
        _settle(dispatch, MailState.FAILED, str(error))
    else:
        _settle(dispatch, MailState.SENT, "", receipt)
    return dispatch.state == MailState.SENT


@transaction.atomic
def _settle(dispatch: Dispatch, state: MailState, error: str, receipt: str = "") -> None:
    dispatch.state, dispatch.error, dispatch.receipt = state, error[:300], receipt
    dispatch.ended_at = clock.now()
    dispatch.save(update_fields=["state", "error", "receipt", "ended_at"])
    column, link = COLUMNS[Channel(dispatch.channel)]
    changed: dict[str, object] = {column: state}
    if dispatch.channel == Channel.MAIL:
        changed |= {"mailed_at": dispatch.ended_at, "mail_error": dispatch.error}
    Message.objects.filter(**{link: dispatch}).update(**changed)


def _mail(user: User, messages: Sequence[Message]) -> str:
    lines = [f"{place}. {each.title}\n{each.body}".rstrip() for place, each in enumerate(messages, 1)]
    subject = messages[0].title if len(messages) == 1 else f"{messages[0].title}等{len(messages)}项"
    text = "\n\n".join(
        [f"{user.name}：", *lines, f"请登录{PORTAL_NAME}办理。此邮件由系统每天汇总发送一次，请勿回复。"]
    )
    letter = EmailMessage(subject=f"【{PORTAL_NAME}】{subject}", body=f"{text}\n", to=[user.email])
    try:
        letter.send()
    except (SMTPServerDisconnected, TimeoutError) as error:
        raise Unsure("邮件服务器中途断开。") from error
    return ""


def _text(user: User, messages: Sequence[Message]) -> str:
    more = f"等{len(messages)}项" if len(messages) > 1 else ""
    number = decrypt(user.phone_cipher)
    if not number:
        raise sms.SmsRefused("没有登记手机号码。")
    try:
        return sms.backend().send(
            number=number, text=f"【{PORTAL_NAME}】{messages[0].title}{more}，请登录办理。"
        )
    except (OSError, http.client.HTTPException) as error:
        raise Unsure("短信网关没有答复。") from error


_SENDERS: dict[Channel, Callable[[User, Sequence[Message]], str]] = {Channel.MAIL: _mail, Channel.SMS: _text}
