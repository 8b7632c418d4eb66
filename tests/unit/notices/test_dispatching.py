"""One e-mail and one text message a person a day, outside quiet hours; at most once, whatever happens between."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import logging
import threading
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail

from core import clock
from core.cipher import encrypt
from notices import services, sms
from notices.choices import Channel
from notices.models import Dispatch, MailState, Message, ReminderPolicy, SmsConsent
from notices.selectors import is_quiet, policy_in_force
from notices.services.dispatching import send_waiting, settle_interrupted
from tests.factories import UserFactory

WORKDAY = dt.datetime(2026, 11, 18, 9, tzinfo=clock.SHANGHAI)
NUMBER = "13800001234"


@pytest.fixture
def morning():
    with time_machine.travel(WORKDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reader(db, morning):
    user = UserFactory(email="reader@example.org", phone_cipher=encrypt(NUMBER))
    SmsConsent.objects.create(user=user)
    return user


@pytest.fixture
def policy(tree):
    return ReminderPolicy.objects.create(unit=tree.province, sends_sms=True)


def tell(*users, key="report-1-returned", **options):
    return services.tell(users=users, key=key, kind="report", title="月报已退回", **options)


def send_mail():
    return send_waiting(channel=Channel.MAIL)


def send_text():
    return send_waiting(channel=Channel.SMS)


def test_one_mail_a_day_with_all_that_waits(reader, morning):
    tell(reader, body="请修改后再报。")
    tell(reader, key="another")
    assert send_mail() == 1
    tell(reader, key="a third, in the afternoon")
    morning.shift(dt.timedelta(hours=6))
    assert send_mail() == 0
    [letter] = mail.outbox
    assert letter.to == ["reader@example.org"]
    assert letter.subject.endswith("月报已退回等2项")
    assert "1. 月报已退回\n请修改后再报。" in letter.body
    assert list(Message.objects.order_by("pk").values_list("mail_state", flat=True)) == [
        MailState.SENT,
        MailState.SENT,
        MailState.PENDING,
    ]
    morning.shift(dt.timedelta(days=1))
    assert send_mail() == 1
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ((18, 7, 59), True),
        ((18, 8, 0), False),
        ((18, 19, 59), False),
        ((18, 20, 0), True),
        ((21, 10, 0), True),
        ((23, 10, 0), False),
    ],
)
def test_quiet_at_night_and_on_days_off(tree, at, quiet):
    day, hour, minute = at
    moment = dt.datetime(2026, 11, day, hour, minute, tzinfo=clock.SHANGHAI)
    assert is_quiet(moment, policy_in_force()) is quiet


def test_quiet_hours_as_the_province_sets_them(policy):
    policy.quiet_from, policy.quiet_until, policy.quiet_on_days_off = dt.time(12), dt.time(14), False
    noon = dt.datetime(2026, 11, 21, 12, 30, tzinfo=clock.SHANGHAI)
    assert is_quiet(noon, policy)
    assert not is_quiet(noon.replace(hour=23), policy)
    policy.quiet_from = policy.quiet_until
    assert not is_quiet(noon, policy)


def test_nothing_goes_out_in_quiet_hours_but_the_portal_knows(reader, morning):
    morning.move_to(WORKDAY.replace(hour=21))
    assert tell(reader, sms=True) == 1
    assert (send_mail(), send_text(), len(mail.outbox)) == (0, 0, 0)
    morning.move_to(WORKDAY + dt.timedelta(days=1))
    assert send_mail() == 1


def test_mail_switched_off_is_not_kept_for_later(reader, policy):
    policy.sends_mail = False
    policy.save()
    tell(reader)
    assert send_mail() == 0
    assert Message.objects.get().mail_state == MailState.NONE


def test_who_has_left_gets_nothing(reader):
    tell(reader)
    reader.is_active = False
    reader.save()
    assert send_mail() == 0


@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (OSError("connection refused"), MailState.FAILED, "connection refused"),
        (TimeoutError(), MailState.UNKNOWN, "无法确认"),
    ],
)
def test_failure_is_kept_and_not_repeated(reader, monkeypatch, error, state, said):
    def broken(self, fail_silently=False):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    tell(reader)
    assert send_mail() == 0
    message = Message.objects.get()
    assert message.mail_state == state
    assert said in message.mail_error
    monkeypatch.undo()
    assert send_mail() == 0
    assert not mail.outbox


def test_crash_while_sending_leaves_unknown_and_is_not_resent(reader, monkeypatch, morning):
    def crash(self, fail_silently=False):
        raise KeyboardInterrupt

    monkeypatch.setattr("django.core.mail.EmailMessage.send", crash)
    tell(reader)
    with pytest.raises(KeyboardInterrupt):
        send_mail()
    monkeypatch.undo()
    assert Message.objects.get().mail_state == MailState.SENDING
    assert (settle_interrupted(), send_mail()) == (0, 0)
    morning.shift(dt.timedelta(minutes=11))
    assert (settle_interrupted(), send_mail()) == (1, 0)
    message = Message.objects.get()
    assert message.mail_state == MailState.UNKNOWN
    assert "不再重发" in message.mail_error
    assert message.mail.state == MailState.UNKNOWN
    morning.shift(dt.timedelta(days=1))
    assert send_mail() == 0


def test_mail_goes_to_files_when_no_server_is_set(reader, settings):
    settings.EMAIL_BACKEND = settings.EMAIL_CONFIG["EMAIL_BACKEND"]
    tell(reader)
    send_mail()
    [letter] = Path(settings.EMAIL_FILE_PATH).iterdir()
    assert "reader@example.org" in letter.read_text()
    letter.unlink()


def test_the_file_back_end_is_the_default():
    assert settings.EMAIL_CONFIG["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


def test_text_goes_only_to_who_agreed_and_gave_a_number(reader, policy, caplog):
    silent = UserFactory(email="", phone_cipher=encrypt("13900001111"))
    numberless = UserFactory(email="")
    SmsConsent.objects.create(user=numberless)
    tell(reader, silent, numberless, sms=True)
    states = dict(Message.objects.values_list("user", "sms_state"))
    assert states == {
        reader.pk: MailState.PENDING,
        silent.pk: MailState.NONE,
        numberless.pk: MailState.NONE,
    }
    with caplog.at_level(logging.DEBUG):
        assert send_text() == 1
        assert send_text() == 0
    assert "138****1234" in caplog.text
    assert NUMBER not in caplog.text
    assert Dispatch.objects.get(channel=Channel.SMS).state == MailState.SENT


def test_text_needs_the_provinces_word(reader):
    tell(reader, sms=True)
    assert send_text() == 0
    assert Message.objects.get().sms_state == MailState.NONE


class Gateway(http.server.BaseHTTPRequestHandler):
    """A gateway of a test: answers with the status that the test set, and remembers what it got."""

    status = 200
    got: list = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Gateway.got.append((self.headers["Authorization"], body))
        self.send_response(Gateway.status)
        self.end_headers()
        self.wfile.write(b'{"id": "r-1"}')

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    Gateway.got = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_BACKEND = "notices.sms.HttpGateway"
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_GATEWAY_TOKEN = "secret"
    yield Gateway
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "state"), [(200, MailState.SENT), (403, MailState.FAILED), (502, MailState.UNKNOWN)]
)
def test_gateway_says_yes_no_or_nothing(reader, policy, gateway, status, state):
    gateway.status = status
    tell(reader, sms=True)
    send_text()
    send_text()
    [(authorization, body)] = gateway.got
    assert authorization == "Bearer secret"
    assert body["mobile"] == NUMBER
    assert "月报已退回，请登录办理" in body["content"]
    sent = Dispatch.objects.get(channel=Channel.SMS)
    assert (sent.state, sent.receipt) == (state, "r-1" if status == 200 else "")
    assert NUMBER not in sent.error


@pytest.mark.parametrize("url", ["", "ftp://example.org/", "http://127.0.0.1:1/"])
def test_gateway_out_of_reach_is_a_refusal(settings, url):
    settings.SMS_GATEWAY_URL = url
    with pytest.raises(sms.SmsRefused):
        sms.HttpGateway().send(number=NUMBER, text="请登录办理")
