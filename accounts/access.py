"""The gates of views, under the name that the floors from here up use; ``core.access`` holds them for those below."""

from core.access import (
    PUBLIC,
    SIGNED_IN,
    ApiPermission,
    ScopedViewMixin,
    SignedInRequest,
    View,
    ensure_anywhere,
    public,
    requires,
    signed_in,
)

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "ApiPermission",
    "ScopedViewMixin",
    "SignedInRequest",
    "View",
    "ensure_anywhere",
    "public",
    "requires",
    "signed_in",
]
