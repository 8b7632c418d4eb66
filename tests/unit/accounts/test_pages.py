"""The administrator's and the officers' pages."""

import datetime as dt
import io
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from accounts.services.sessions import begin_session
from core import clock
from core.heartbeat import beat_now
from files import services as files
from files.models import ExportJob
from tests.factories import PostingFactory, user_at


@pytest.fixture
def admin(unit_admin, client_of):
    return client_of(unit_admin)


def test_list_filters_and_pages(tree, admin, clerk, other_clerk):
    leader = user_at(tree.sister_county, Role.LEADER, name="赵领导")
    url = reverse("accounts:list")
    everyone = admin.get(url).content.decode()
    assert clerk.username in everyone and leader.username in everyone
    assert other_clerk.username not in everyone
    for query, shown in [
        ({"q": "历下区"}, {clerk.username}),
        ({"q": "370112"}, {leader.username}),
        ({"role": "leader"}, {leader.username}),
        ({"level": "3"}, {clerk.username, leader.username}),
        ({"state": "closed"}, set()),
    ]:
        page = admin.get(url, query).content.decode()
        assert {name for name in (clerk.username, leader.username) if name in page} == shown


def test_list_costs_the_same_for_many(tree, admin, django_assert_max_num_queries):
    url = reverse("accounts:list")
    for _ in range(20):
        user_at(tree.county)
    with django_assert_max_num_queries(14):
        admin.get(url)


def test_create_shows_the_password_once_and_the_sheet_once(tree, admin, client_of, clerk):
    data = {"unit": "370102 历下区", "name": "王芳", "roles": ["reporter"], "starts_on": "2026-11-01"}
    page = admin.post(reverse("accounts:create"), data)
    made = User.objects.get(name="王芳")
    password = re.search(r"<code>([^<]+)</code>", page.content.decode())[1]
    assert made.check_password(password)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())[1]
    sheet_url = reverse("accounts:first_passwords")
    other = client_of(user_at(tree.county, Role.UNIT_ADMIN))
    assert other.post(sheet_url, {"ticket": ticket}).status_code == 422
    sheet = admin.post(sheet_url, {"ticket": ticket})
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert book.active["E3"].value == password
    assert admin.post(sheet_url, {"ticket": ticket}).status_code == 422


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "370202"}, "不在您的管理范围内"),
        ({"unit": "x"}, "不在您的管理范围内"),
        ({"roles": ["audit_admin"]}, "audit_admin"),
        ({"name": ""}, "必填"),
    ],
)
def test_create_refused_by_the_field(tree, admin, change, message):
    data = {"unit": "370102", "name": "王芳", "roles": ["reporter"], "starts_on": "2026-11-01"} | change
    page = admin.post(reverse("accounts:create"), data)
    assert page.status_code == 422
    assert message in page.content.decode()
    assert not User.objects.filter(name="王芳").exists()


def test_bulk_previews_then_makes(tree, admin):
    data = {"unit": "370102", "level": "4", "roles": ["reporter"]}
    before = User.objects.count()
    preview = admin.post(reverse("accounts:bulk"), data)
    assert "370102003-01" in preview.content.decode()
    assert User.objects.count() == before
    made = admin.post(reverse("accounts:bulk"), data | {"confirm": "1"})
    assert len(re.findall(r"<code>", made.content.decode())) == 3
    assert User.objects.count() == before + 3


def test_detail_and_its_acts(tree, admin, clerk, other_clerk):
    page = admin.get(reverse("accounts:detail", args=[clerk.pk]))
    assert "重置密码" in page.content.decode()
    for name in ("detail", "reset_password", "close", "begin_handover", "grant"):
        url = reverse(f"accounts:{name}", args=[other_clerk.pk])
        assert (
            admin.get(url) if name in ("detail", "begin_handover") else admin.post(url)
        ).status_code == 404
    granted = admin.post(
        reverse("accounts:grant", args=[clerk.pk]),
        {"unit": "370102", "role": "leader", "starts_on": "2026-11-01"},
    )
    assert granted.status_code == 302
    posting = clerk.postings.get(role="leader")
    admin.post(reverse("accounts:end_posting", args=[posting.pk]), {"ends_on": "2026-11-20"})
    posting.refresh_from_db()
    assert str(posting.ends_on) == "2026-11-20"
    assert "<code>" in admin.post(reverse("accounts:reset_password", args=[clerk.pk])).content.decode()
    admin.post(reverse("accounts:close", args=[clerk.pk]), {"reason": "调离"})
    clerk.refresh_from_db()
    assert not clerk.is_active
    admin.post(reverse("accounts:reopen", args=[clerk.pk]))
    clerk.refresh_from_db()
    assert clerk.is_active


def test_end_posting_elsewhere_is_absent(admin, other_clerk):
    posting = other_clerk.postings.get()
    url = reverse("accounts:end_posting", args=[posting.pk])
    assert admin.post(url, {"ends_on": "2026-11-20"}).status_code == 404


def test_export_is_the_filtered_list(tree, admin, unit_admin, clerk):
    user_at(tree.sister_county, Role.LEADER)
    admin.post(reverse("files:start", args=["accounts.list"]) + "?role=reporter&page=2")
    job = ExportJob.objects.of(unit_admin).get()
    assert job.params == {"role": "reporter"}
    files.run_export(job_id=job.pk)
    job.refresh_from_db()
    sheet = load_workbook(job.file.open("rb")).active
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == [clerk.username]


def test_pages_are_closed_to_who_administers_nothing(clerk, client_of):
    for name in ("list", "create", "bulk", "security", "system"):
        assert client_of(clerk).get(reverse(f"accounts:{name}")).status_code == 403


def test_security_page_unlocks_and_ends_sessions(tree, clerk, client_of):
    officer = client_of(user_at(tree.province, Role.SECURITY_ADMIN))
    for _ in range(5):
        Client().post(reverse("accounts:sign_in"), {"username": clerk.username, "password": "wrong"})
    page = officer.get(reverse("accounts:security")).content.decode()
    assert "解除锁定" in page and clerk.username in page
    attempt = AccessAttempt.objects.get(username=clerk.username)
    officer.post(reverse("accounts:unlock", args=[attempt.pk]))
    assert not AccessAttempt.objects.filter(username=clerk.username).exists()
    session = begin_session(user=clerk, session_key="s" * 32, ip=None, agent="")
    officer.post(reverse("accounts:end_session", args=[session.pk]))
    assert not clerk.sessions.exists()


def test_officers_see_no_business_accounts_page_of_others(tree, client_of):
    auditor = client_of(user_at(tree.province, Role.AUDIT_ADMIN))
    for name in ("list", "security", "system"):
        assert auditor.get(reverse(f"accounts:{name}")).status_code == 403


def test_system_page_tells_whether_a_worker_lives(tree, client_of):
    officer = client_of(user_at(tree.province, Role.SYSTEM_ADMIN))
    beat_now()
    page = officer.get(reverse("accounts:system")).content.decode()
    assert "最近心跳" in page and "PostgreSQL" in page


def test_own_page_and_token(clerk, client_of):
    client = client_of(clerk)
    shown = client.post(reverse("accounts:token")).content.decode()
    key = re.search(r"<code class=\"text-break\">([0-9a-f]+)</code>", shown)[1]
    assert key not in client.get(reverse("accounts:own")).content.decode()
    client.post(reverse("accounts:token"), {"revoke": "1"})
    assert not clerk.__class__.objects.filter(auth_token__key=key).exists()


def test_posting_that_begins_tomorrow_gives_nothing_today(tree, client_of):
    user = user_at(tree.county)
    user.postings.update(ends_on=dt.date(2021, 1, 1))
    PostingFactory(
        user=user, unit=tree.city, role=Role.UNIT_ADMIN, starts_on=clock.today() + dt.timedelta(days=1)
    )
    assert client_of(user).get(reverse("accounts:list")).status_code == 403
