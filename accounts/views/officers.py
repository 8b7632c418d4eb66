"""The pages of the three officers: lockouts and sessions for security, running state for the system."""

from __future__ import annotations

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import SignedInRequest, requires
from accounts.models import UserSession
from accounts.permissions import MANAGE_SECURITY, VIEW_SYSTEM
from accounts.running import running_state
from accounts.services.lockouts import unlock as lift
from accounts.services.sessions import end_session_by_officer
from core import clock


@requires(MANAGE_SECURITY)
@require_GET
def security(request: SignedInRequest) -> HttpResponse:
    """Who is locked out and until when, who is signed in from where."""
    rest = get_cool_off(request)
    locked = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=clock.now() - rest
    ).order_by("-attempt_time")
    sessions = UserSession.objects.select_related("user").order_by("-started_at")
    context = {
        "locked": [{"attempt": attempt, "until": attempt.attempt_time + rest} for attempt in locked],
        "page": Paginator(sessions, 50).get_page(request.GET.get("page")),
        "limit": settings.SESSIONS_PER_USER,
    }
    return render(request, "accounts/security.html", context)


@requires(MANAGE_SECURITY)
@require_POST
def unlock(request: SignedInRequest, attempt_id: int) -> HttpResponse:
    attempt = get_object_or_404(AccessAttempt, pk=attempt_id)
    lift(attempt=attempt, by=request.user)
    messages.success(request, f"账号“{attempt.username}”已解除锁定。")
    return redirect("accounts:security")


@requires(MANAGE_SECURITY)
@require_POST
def end_session(request: SignedInRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.select_related("user"), pk=session_id)
    end_session_by_officer(session=session, by=request.user)
    messages.success(request, f"已结束{session.user.name}的该次登录。")
    return redirect("accounts:security")


@requires(VIEW_SYSTEM)
@require_GET
def system(request: SignedInRequest) -> HttpResponse:
    """Whether the services run and how long the queues are; no business data."""
    return render(request, "accounts/system.html", {"state": running_state()})
