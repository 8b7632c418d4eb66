"""Tables of accounts, split by noun."""

from accounts.models.people import Posting, PostingQuerySet, Scope, User, UserManager, UserSession
from accounts.models.saved_view import DefaultView, SavedView

__all__ = [
    "DefaultView",
    "Posting",
    "PostingQuerySet",
    "SavedView",
    "Scope",
    "User",
    "UserManager",
    "UserSession",
]
