"""Two people, or two clicks, at the same instant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import IntegrityError

from accounts.models import Posting, User, UserSession
from accounts.roles import Role
from accounts.services.sessions import begin_session
from files import registry, services
from files.models import ExportJob
from files.registry import Built, Exporter
from tests.at_once import at_once
from tests.factories import PostingFactory, UserFactory, make_tree, user_at

pytestmark = pytest.mark.django_db(transaction=True)


def test_double_click_on_export_is_one_job(monkeypatch):
    made = Exporter(
        "test.list", lambda p: "名册", lambda u, p: True, lambda u, p, f, r: Built("a", {}), "text/plain"
    )
    monkeypatch.setitem(registry._exporters, made.kind, made)
    clerk = user_at(make_tree().county)

    def ask() -> ExportJob:
        user = User.objects.get(pk=clerk.pk)
        return services.request_export(kind=made.kind, params={"q": "x"}, unit=None, by=user)

    answers = at_once(*[ask] * 4)
    assert len({job.pk for job in answers}) == 1
    assert ExportJob.objects.count() == 1


def test_excluding_roles_granted_at_once_leave_one():
    province = make_tree().province
    user = UserFactory()

    def grant(role: str) -> Callable[[], Posting]:
        return lambda: PostingFactory(user=user, unit=province, role=role)

    answers = at_once(grant(Role.AUDIT_ADMIN), grant(Role.SYSTEM_ADMIN), grant(Role.REVIEWER))
    assert sum(isinstance(answer, Posting) for answer in answers) == 1
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 2
    assert user.postings.count() == 1


def test_sign_ins_at_once_keep_the_limit():
    clerk = user_at(make_tree().county)

    def enter(number: int) -> Callable[[], UserSession]:
        return lambda: begin_session(user=clerk, session_key=f"key-{number}", ip=None, agent="")

    at_once(*[enter(number) for number in range(settings.SESSIONS_PER_USER + 4)])
    assert clerk.sessions.count() == settings.SESSIONS_PER_USER
