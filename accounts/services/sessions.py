"""Sign-ins: at most a few at once, and all of them can be ended."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

from django.conf import settings
from django.db import transaction

from accounts.models import Posting, User, UserSession
from accounts.permissions import MANAGE_SECURITY
from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, Forbidden


@transaction.atomic
def begin_session(*, user: User, session_key: str, ip: str | None, agent: str) -> UserSession:
    """Put a sign-in on record; the oldest beyond ``SESSIONS_PER_USER`` are ended."""
    User.objects.select_for_update().get(pk=user.pk)
    _forget_expired(user)
    session, is_new = UserSession.objects.update_or_create(
        session_key=session_key, defaults={"user": user, "ip": ip, "agent": agent[:200]}
    )
    for old in UserSession.objects.filter(user=user).order_by("-started_at", "-pk")[
        settings.SESSIONS_PER_USER :
    ]:
        _end(old)
    if is_new:
        record(kind="accounts.signed_in", by=user, unit=user.unit, obj=user, summary="登录")
    return session


@transaction.atomic
def end_session(*, user: User, session_key: str) -> None:
    """Sign out: forget the session and put it on record."""
    UserSession.objects.filter(user=user, session_key=session_key).delete()
    record(kind="accounts.signed_out", by=user, unit=user.unit, obj=user, summary="退出登录")


@transaction.atomic
def end_sessions_of(*, user: User) -> int:
    """End every session of ``user``; how many. The caller puts the reason on record."""
    ended = list(UserSession.objects.filter(user=user))
    for session in ended:
        _end(session)
    return len(ended)


@transaction.atomic
def end_session_by_officer(*, session: UserSession, by: Actor) -> None:
    """A security administrator ends someone's session."""
    unit = _unit_of(session.user)
    if not by.can(MANAGE_SECURITY.code, unit):
        raise Forbidden.for_action(MANAGE_SECURITY.label)
    _end(session)
    record(
        kind="accounts.session_ended",
        by=by,
        unit=unit,
        obj=session.user,
        summary=f"强制结束{session.user.name}的登录会话",
    )


@transaction.atomic
def choose_posting(*, user: User, posting_id: int) -> Posting:
    """The posting to act in from now on; must be one of today's."""
    chosen = next((posting for posting in user.postings_now if posting.pk == posting_id), None)
    if chosen is None:
        raise DomainError.of("no_such_posting", "该岗位已不在您的名下，请刷新页面后重新选择。")
    record(kind="accounts.posting_chosen", by=user, unit=chosen.unit, obj=user, summary=f"切换到{chosen}")
    return chosen


def _unit_of(user: User) -> object:
    posting = user.postings.select_related("unit").order_by("-starts_on").first()
    return posting.unit if posting else None


def _forget_expired(user: User) -> None:
    oldest = clock.now() - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    UserSession.objects.filter(user=user, started_at__lt=oldest).delete()


def _end(session: UserSession) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore(session.session_key).delete()
    session.delete()
