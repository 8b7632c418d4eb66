"""Signing in, the first password, sessions, lockout, desks."""

import pytest
from axes.utils import reset
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import UserSession
from accounts.roles import Role
from accounts.services.sessions import begin_session
from audit.models import AuditEvent
from tests.factories import PASSWORD, PostingFactory, UserFactory, user_at

NEW = "Quancheng-2026-spring"


def _sign_in(username, password=PASSWORD, **extra):
    client = Client()
    response = client.post(reverse("accounts:sign_in"), {"username": username, "password": password, **extra})
    return client, response


def test_sign_in_page_says_what_must_not_be_processed(db):
    page = Client().get(reverse("accounts:sign_in"))
    assert page.status_code == 200
    assert "本系统为非涉密系统，严禁处理、传输国家秘密和工作秘密" in page.content.decode()


def test_sign_in_with_the_right_and_the_wrong_password(clerk):
    _, refused = _sign_in(clerk.username, "wrong")
    assert refused.status_code == 422
    assert "账号或密码不正确" in refused.content.decode()
    client, entered = _sign_in(clerk.username)
    assert entered.status_code == 302
    assert client.get(reverse("accounts:own")).status_code == 200
    assert AuditEvent.objects.filter(kind="accounts.signed_in", actor_id=clerk.pk).count() == 1


def test_sign_in_of_a_closed_account(clerk):
    clerk.is_active = False
    clerk.save()
    assert _sign_in(clerk.username)[1].status_code == 422


@pytest.mark.parametrize(
    ("asked", "reached"),
    [("/accounts/me/", "/accounts/me/"), ("//evil.example/", "/"), ("https://evil.example", "/")],
)
def test_sign_in_leads_only_within_the_portal(clerk, asked, reached):
    assert _sign_in(clerk.username, next=asked)[1]["Location"] == reached


def test_sign_in_locks_after_five_failures(clerk, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _, answer = _sign_in(clerk.username, "wrong")
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert answer["Retry-After"] == "900"
    assert _sign_in(clerk.username)[1].status_code == 429
    reset(username=clerk.username)
    assert _sign_in(clerk.username)[1].status_code == 302


def test_first_sign_in_leads_to_the_password(tree):
    user = user_at(tree.county, must_change_password=True)
    client, _ = _sign_in(user.username)
    page = reverse("accounts:change_password")
    for url in ("/", reverse("accounts:own"), reverse("files:centre")):
        assert client.get(url)["Location"] == page
    assert client.get(page).status_code == 200
    changed = client.post(page, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert changed.status_code == 302
    assert client.get(reverse("accounts:own")).status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW) and not user.must_change_password


@pytest.mark.parametrize(
    ("old", "new", "again", "message"),
    [
        ("wrong", NEW, NEW, "原密码不正确"),
        (PASSWORD, NEW, NEW + "x", "不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与原密码相同"),
        (PASSWORD, "short", "short", "10"),
        (PASSWORD, "20261125123456", "20261125123456", "数字"),
    ],
)
def test_change_password_refused(clerk, client_of, old, new, again, message):
    answer = client_of(clerk).post(
        reverse("accounts:change_password"), {"old": old, "new": new, "again": again}
    )
    assert answer.status_code == 422
    assert message in answer.content.decode()
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_change_password_ends_the_other_sessions(clerk):
    here, _ = _sign_in(clerk.username)
    there, _ = _sign_in(clerk.username)
    here.post(reverse("accounts:change_password"), {"old": PASSWORD, "new": NEW, "again": NEW})
    assert here.get(reverse("accounts:own")).status_code == 200
    assert there.get(reverse("accounts:own")).status_code == 302
    assert clerk.sessions.count() == 1


def test_the_oldest_session_gives_way(clerk):
    clients = [_sign_in(clerk.username)[0] for _ in range(settings.SESSIONS_PER_USER + 1)]
    states = [client.get(reverse("accounts:own")).status_code for client in clients]
    assert states == [302] + [200] * settings.SESSIONS_PER_USER
    assert UserSession.objects.filter(user=clerk).count() == settings.SESSIONS_PER_USER


def test_begin_session_twice_with_one_key_is_one_sign_in(clerk):
    for _ in range(2):
        begin_session(user=clerk, session_key="k" * 32, ip="10.0.0.1", agent="x" * 500)
    assert clerk.sessions.count() == 1
    assert AuditEvent.objects.filter(kind="accounts.signed_in").count() == 1


def test_sign_out_is_a_post(clerk):
    client, _ = _sign_in(clerk.username)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    client.post(reverse("accounts:sign_out"))
    assert client.get(reverse("accounts:own")).status_code == 302
    assert not clerk.sessions.exists()


def test_switch_posting_moves_the_desk(tree, client_of):
    user = UserFactory()
    first = PostingFactory(user=user, unit=tree.county)
    PostingFactory(user=user, unit=tree.county, role=Role.REVIEWER)
    second = PostingFactory(user=user, unit=tree.other_county)
    foreign = PostingFactory(unit=tree.sister_county)
    client = client_of(user)
    switch = reverse("accounts:switch_posting")
    assert user.desk.unit == first.unit and user.desk.role_label == "填报员、审核员"
    assert len(user.desks) == 2
    client.post(switch, {"posting": second.pk})
    page = client.get(reverse("accounts:own"))
    assert page.wsgi_request.user.unit == tree.other_county
    for forged in (foreign.pk, "abc", ""):
        assert client.post(switch, {"posting": forged}).status_code == 422
