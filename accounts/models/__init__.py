"""Tables of accounts, split by noun."""

from accounts.models.delegation import Delegation, DelegationQuerySet
from accounts.models.handover import Handover, HandoverLine, HandoverState, LineKind
from accounts.models.people import Posting, PostingQuerySet, Scope, User, UserManager, UserSession
from accounts.models.saved_view import DefaultView, SavedView

__all__ = [
    "DefaultView",
    "Delegation",
    "DelegationQuerySet",
    "Handover",
    "HandoverLine",
    "HandoverState",
    "LineKind",
    "Posting",
    "PostingQuerySet",
    "SavedView",
    "Scope",
    "User",
    "UserManager",
    "UserSession",
]
