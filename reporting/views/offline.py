"""Where a typing page sends people who fill in without a network: the sheet to take along, and the way back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core.access import SignedInRequest
from files.permissions import EXPORT


def offline_links(request: SignedInRequest, kind: str, **params: Any) -> dict[str, Any]:
    """For ``reporting/fill/offline.html``."""
    return {
        "may_export": request.user.can(EXPORT, request.user.unit),
        "offline_url": f"{reverse('files:start', args=[kind])}?{urlencode(params)}",
        "offline_back_url": reverse("files:new_import", args=[kind]),
    }
