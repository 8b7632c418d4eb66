"""What every page knows: the portal's name, the navigation, and whose desk it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.nav import bell_for, nav_for

PORTAL_NAME = "科协“3+1”工作平台"
NOT_FOR_SECRETS = "本系统为非涉密系统，严禁处理、传输国家秘密和工作秘密"


def portal(request: HttpRequest) -> dict[str, Any]:
    """``portal_name``, ``secrecy_notice``, ``nav`` and ``bell``; the last two cost nothing where they are not shown."""
    return {
        "portal_name": PORTAL_NAME,
        "secrecy_notice": NOT_FOR_SECRETS,
        "nav": SimpleLazyObject(lambda: nav_for(request) if _signed_in(request) else []),
        "bell": SimpleLazyObject(lambda: bell_for(request) or {} if _signed_in(request) else {}),
    }


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated
