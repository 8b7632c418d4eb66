"""Told once; mailed at most once; read by who it was for."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from core import clock
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


def test_send_pending_mail_once(reader):
    _tell(reader, body="请修改后再报。")
    assert services.send_pending_mail() == 1
    assert services.send_pending_mail() == 0
    assert [letter.to for letter in mail.outbox] == [["reader@example.org"]]
    assert "请修改后再报" in mail.outbox[0].body
    assert Message.objects.get().mail_state == MailState.SENT


def test_send_failure_is_kept_and_not_repeated(reader, monkeypatch):
    def broken(self, fail_silently=False):
        raise OSError("connection refused")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    _tell(reader)
    assert services.send_pending_mail() == 0
    message = Message.objects.get()
    assert (message.mail_state, message.mail_error) == (MailState.FAILED, "connection refused")
    assert services.send_pending_mail() == 0


def test_crash_while_sending_leaves_unknown_and_is_not_resent(reader, monkeypatch):
    def crash(self, fail_silently=False):
        raise KeyboardInterrupt

    monkeypatch.setattr("django.core.mail.EmailMessage.send", crash)
    _tell(reader)
    with pytest.raises(KeyboardInterrupt):
        services.send_pending_mail()
    assert Message.objects.get().mail_state == MailState.SENDING
    assert services.settle_interrupted_mail() == 0
    Message.objects.update(mailed_at=clock.now() - dt.timedelta(minutes=11))
    assert services.settle_interrupted_mail() == 1
    monkeypatch.undo()
    assert services.send_pending_mail() == 0
    assert Message.objects.get().mail_state == MailState.UNKNOWN


def test_mail_goes_to_files_when_no_server_is_set(reader, settings):
    settings.EMAIL_BACKEND = settings.EMAIL_CONFIG["EMAIL_BACKEND"]
    _tell(reader)
    services.send_pending_mail()
    [letter] = Path(settings.EMAIL_FILE_PATH).iterdir()
    assert "reader@example.org" in letter.read_text()


def test_the_file_back_end_is_the_default():
    assert settings.EMAIL_CONFIG["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


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
