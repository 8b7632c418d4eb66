"""Told once; read by who it was for."""

import pytest
from django.urls import reverse

from notices import services
from notices.models import MailState, Message
from tests.factories import UserFactory


@pytest.fixture
def reader(db):
    return UserFactory(email="reader@example.org")


def _tell(*users, key="report-1-returned", **options):
    return services.tell(users=users, key=key, kind="report", title="月报已退回", **options)


def test_tell_the_same_occasion_once(reader, clerk):
    assert _tell(reader, reader) == 1
    assert _tell(reader, clerk) == 1
    assert _tell(reader, key="report-1-returned-2") == 1
    assert Message.objects.to(reader).count() == 2


@pytest.mark.parametrize(
    ("email", "asked", "state"),
    [
        ("a@example.org", True, MailState.PENDING),
        ("a@example.org", False, MailState.NONE),
        ("", True, MailState.NONE),
    ],
)
def test_mail_follows_where_wanted_and_possible(db, email, asked, state):
    user = UserFactory(email=email)
    _tell(user, mail=asked)
    assert Message.objects.get().mail_state == state


def test_inbox_shows_own_messages_and_counts_unread(reader, clerk, client_of):
    _tell(reader, link="/files/")
    client = client_of(reader)
    page = client.get(reverse("notices:inbox"))
    assert "月报已退回" in page.content.decode() and page.context["bell"]["count"] == 1
    assert "月报已退回" not in client_of(clerk).get(reverse("notices:inbox")).content.decode()
    message = Message.objects.get()
    read = reverse("notices:read", args=[message.pk])
    assert client_of(clerk).post(read).status_code == 404
    assert client.get(read).status_code == 405
    assert client.post(read)["Location"] == "/files/"
    message.refresh_from_db()
    assert message.read_at is not None
    assert "月报已退回" not in client.get(reverse("notices:inbox"), {"state": "unread"}).content.decode()
    assert (
        "月报已退回"
        in client.get(reverse("notices:inbox"), {"state": "read", "kind": "report"}).content.decode()
    )


def test_read_never_leads_out_of_the_portal(reader, client_of):
    _tell(reader, link="https://evil.example/")
    answer = client_of(reader).post(reverse("notices:read", args=[Message.objects.get().pk]))
    assert answer["Location"] == reverse("notices:inbox")


def test_read_all_is_ones_own(reader, clerk, client_of):
    _tell(reader, clerk)
    client_of(reader).post(reverse("notices:read_all"))
    assert not Message.objects.to(reader).unread().exists()
    assert Message.objects.to(clerk).unread().count() == 1


@pytest.mark.parametrize(
    ("kind", "group"),
    [("missing", "reminder"), ("report.return", "report"), ("case.open", "case"), ("cycle.open", "cycle")],
)
def test_inbox_is_filtered_by_group(reader, client_of, kind, group):
    services.tell(users=[reader], key="occasion", kind=kind, title="这一条")
    client = client_of(reader)
    for asked in ("reminder", "report", "case", "cycle"):
        page = client.get(reverse("notices:inbox"), {"kind": asked}).content.decode()
        assert ("这一条" in page) is (asked == group)


@pytest.mark.parametrize(
    ("kind", "group"),
    [("sanzhang.exemplar_chosen", "support"), ("handover", "handover"), ("accounts.delegated", "handover")],
)
def test_every_message_belongs_to_a_group(reader, client_of, kind, group):
    services.tell(users=[reader], key="one", kind=kind, title="请办理")
    listed = client_of(reader).get(reverse("notices:inbox"), {"kind": group}).content.decode()
    assert "请办理" in listed
