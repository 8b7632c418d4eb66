"""What one agrees to be reached by."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.services.contacts import set_contacts
from audit.services import record
from core import clock
from core.errors import DomainError
from notices.models import SmsConsent


@transaction.atomic
def set_reach(*, by: User, email: str, number: str, sms: bool) -> None:
    """Keep one's e-mail address and, with ``sms``, the number for text messages (empty: the one kept). Without ``sms``
    the consent is withdrawn and the number forgotten.

    Raises:
        DomainError: a bad address or number, or text messages wanted and no number known.
    """
    given = number.strip()
    if sms and not given and not by.phone_cipher:
        raise DomainError.of("number_missing", "接收短信需要登记手机号码。", "number")
    user = set_contacts(by=by, email=email, number=(given or None) if sms else "")
    by.email, by.phone_cipher = user.email, user.phone_cipher
    had = SmsConsent.objects.filter(user=user).exists()
    if sms and not had:
        SmsConsent.objects.create(user=user, agreed_at=clock.now())
    elif had and not sms:
        SmsConsent.objects.filter(user=user).delete()
    if sms != had:
        record(
            kind="notices.sms_consent",
            by=by,
            unit=by.unit,
            obj=user,
            summary=f"{user.name}{'同意' if sms else '不再'}接收短信提醒",
        )
