"""One's own account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from rest_framework.authtoken.models import Token

from accounts.access import SignedInRequest, signed_in
from accounts.services.tokens import issue_token, revoke_token
from core import clock


@signed_in
def own(request: SignedInRequest) -> HttpResponse:
    """Postings, sessions and the key to the interface."""
    context = {
        "postings": request.user.postings.on(clock.today()).select_related("unit"),
        "sessions": request.user.sessions.order_by("-started_at"),
        "session_key": request.session.session_key,
        "token": Token.objects.filter(user=request.user).only("created").first(),
    }
    return render(request, "accounts/own.html", context)


@signed_in
@never_cache
@require_POST
def token(request: SignedInRequest) -> HttpResponse:
    """A new key, shown on the answer and never again; or none any more."""
    if "revoke" in request.POST:
        revoke_token(user=request.user)
        messages.success(request, "接口密钥已吊销，使用它的系统不能再访问。")
        return redirect("accounts:own")
    return render(request, "accounts/token.html", {"key": issue_token(user=request.user)})
