"""Tables of notices, split by noun."""

from notices.choices import MailState
from notices.models.dispatch import Dispatch
from notices.models.message import Message, MessageQuerySet
from notices.models.policy import ReminderPolicy
from notices.models.preference import SmsConsent

__all__ = [
    "Dispatch",
    "MailState",
    "Message",
    "MessageQuerySet",
    "ReminderPolicy",
    "SmsConsent",
]
