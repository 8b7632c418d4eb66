"""Who may open a view. Every view says so, and a house test reads it from ``view.required_permission`` of every URL.

Function views carry ``@requires(PERMISSION)``, ``@signed_in`` or ``@public``; class-based ones inherit
:class:`ScopedViewMixin`; API views list :class:`ApiPermission` and name their permissions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.errors import Forbidden
from core.permissions import Permission

View = Callable[..., HttpResponseBase]

#: What ``required_permission`` holds where no permission of the register is asked for.
PUBLIC = "public"
SIGNED_IN = "signed_in"


class SignedInRequest(HttpRequest):
    """The request of someone with an account, to the type checker; ``user`` is the actor of services."""

    user: Any
    htmx: Any


class SignedInApiRequest(Request):
    """The same of the API."""

    user: Any


def ensure_anywhere(user: Any, *permissions: Permission) -> None:
    """Raise :class:`Forbidden` unless one of ``permissions`` reaches some unit for ``user``."""
    if not any(user.can_anywhere(permission) for permission in permissions):
        raise Forbidden.for_action(permissions[0].label)


def may_open(user: Any, address: str) -> bool:
    """Whether the view behind ``address`` (without query) lets ``user`` in; which rows it shows is its query's matter."""
    view = resolve(address).func
    needed = getattr(view, "required_permission", None)
    if needed in (PUBLIC, SIGNED_IN):
        return True
    permissions = needed if isinstance(needed, tuple) else (needed,)
    return any(user.can_anywhere(permission) for permission in permissions)


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Open a function view to who holds one of ``permissions`` somewhere; which rows is the query's matter."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            ensure_anywhere(request.user, *permissions)
            return view(request, *args, **kwargs)

        return _marked(guarded, permissions if len(permissions) > 1 else permissions[0])

    return decorate


def signed_in(view: View) -> View:
    """Open a function view to everyone with an account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return _marked(guarded, SIGNED_IN)


def public(view: View) -> View:
    """Open a function view to everyone, signed in or not."""
    return _marked(login_not_required(view), PUBLIC)


def _marked(view: Any, permission: Any) -> View:
    view.required_permission = permission
    return view


class ScopedViewMixin:
    """A class-based view for who holds ``permission_required_code``; its queryset shows the rows in reach.

    The model's queryset must derive from ``orgs.models.ScopedQuerySet``; what lies outside the reach is absent (404).
    """

    permission_required_code: ClassVar[Permission]
    request: HttpRequest

    @classmethod
    def as_view(cls, **initkwargs: Any) -> View:
        return _marked(super().as_view(**initkwargs), cls.permission_required_code)  # type: ignore[misc]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        ensure_anywhere(request.user, self.permission_required_code)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_queryset(self) -> Any:
        found = super().get_queryset()  # type: ignore[misc]
        return found.visible_to(self.request.user, self.permission_required_code)


class ApiPermission(BasePermission):
    """Reads the API view's ``required_permission``: one permission, or one for each action by its name."""

    message = "您没有办理此事项的权限。"

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        needed = view.required_permission
        if isinstance(needed, dict):
            action = getattr(view, "action", None)
            if action not in needed:
                return action in (None, "metadata")
            needed = needed[action]
        return needed == SIGNED_IN or request.user.can_anywhere(needed)


def asker(request: Request) -> Any:
    """Who asks the API; :class:`ApiPermission` let nobody in without an account."""
    return request.user
