"""Signing in and out, the first password, the post to act in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, public, signed_in
from accounts.forms import PasswordForm, SignInForm
from accounts.middleware import POSTING_KEY
from accounts.models import User
from accounts.services.passwords import change_password as change
from accounts.services.sessions import begin_session, choose_posting, end_session
from core.keys import key_in
from core.refusals import refusals_shown


def _next_page(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Account name and password; after five failures the account rests for a while (django-axes)."""
    if request.user.is_authenticated:
        return redirect(_next_page(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        login(request, user)
        _begin(request, user)
        return redirect(_next_page(request))
    status = 422 if form.is_bound else 200
    return render(
        request, "accounts/sign_in.html", {"form": form, "next": request.GET.get("next", "")}, status=status
    )


def _begin(request: HttpRequest, user: User) -> None:
    begin_session(
        user=user,
        session_key=request.session.session_key or "",
        ip=request.META.get("REMOTE_ADDR") or None,
        agent=request.META.get("HTTP_USER_AGENT", ""),
    )


@signed_in
@require_POST
def sign_out(request: SignedInRequest) -> HttpResponse:
    end_session(user=request.user, session_key=request.session.session_key or "")
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@signed_in
@sensitive_post_parameters()
@never_cache
def change_password(request: SignedInRequest) -> HttpResponse:
    """One's own password; forced at the first sign-in."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            user = change(
                user=request.user,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
            )
            # All sessions have ended; this one goes on under a new key.
            update_session_auth_hash(request, user)
            _begin(request, user)
            messages.success(request, "密码已修改，其他设备上的登录已退出。")
            return redirect("home")
    return render(
        request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200
    )


@signed_in
@require_POST
def switch_posting(request: SignedInRequest) -> HttpResponse:
    """Act at another of one's desks."""
    chosen = choose_posting(user=request.user, posting_id=key_in(request.POST.get("posting")))
    request.session[POSTING_KEY] = chosen.pk
    return redirect(_next_page(request))
