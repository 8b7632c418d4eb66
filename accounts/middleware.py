"""Which post the person acts in, and the password that must be changed first."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audit.services import request_ip

POSTING_KEY = "posting"


class PostingMiddleware:
    """Puts the posting chosen for this session on the user, and the address on the audit trail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_ip.set(request.META.get("REMOTE_ADDR") or None)
        if request.user.is_authenticated:
            request.user.chosen_posting_id = request.session.get(POSTING_KEY)
        try:
            return self.get_response(request)
        finally:
            request_ip.reset(token)


class FirstSignInMiddleware:
    """Until the first password is changed, every page leads to the page that changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.must_change_password:
            allowed = {reverse("accounts:change_password"), reverse("accounts:sign_out")}
            if request.path not in allowed and not request.path.startswith("/static/"):
                return redirect("accounts:change_password")
        return self.get_response(request)
