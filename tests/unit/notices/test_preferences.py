"""How one wants to be reached: an address, a number, a consent that can be withdrawn."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from core.cipher import decrypt
from core.errors import DomainError
from notices.models import SmsConsent
from notices.services.consents import set_reach

NUMBER = "13800001234"


def test_consent_with_a_number_and_its_withdrawal(clerk):
    set_reach(by=clerk, email="a@example.org", number="138 0000 1234", sms=True)
    clerk.refresh_from_db()
    assert (clerk.email, decrypt(clerk.phone_cipher)) == ("a@example.org", NUMBER)
    assert SmsConsent.objects.filter(user=clerk).exists()
    set_reach(by=clerk, email="a@example.org", number="", sms=True)
    assert decrypt(clerk.phone_cipher) == NUMBER
    set_reach(by=clerk, email="", number="", sms=False)
    clerk.refresh_from_db()
    assert (clerk.email, clerk.phone_cipher) == ("", "")
    assert not SmsConsent.objects.filter(user=clerk).exists()
    written = [f"{event.summary}{event.data}" for event in AuditEvent.objects.filter(actor_id=clerk.pk)]
    assert len(written) == 4
    assert not [line for line in written if NUMBER in line]


def test_number_of_the_same_mask_is_a_change_on_record(clerk):
    for number in (NUMBER, "13811111234"):
        set_reach(by=clerk, email="", number=number, sms=True)
    assert AuditEvent.objects.filter(kind="accounts.contacts_changed").count() == 2


@pytest.mark.parametrize(
    ("email", "number", "sms", "field"),
    [("", "", True, "number"), ("", "1380000", True, "number"), ("no address", "", False, "email")],
)
def test_what_cannot_be_reached_is_refused_by_the_field(clerk, email, number, sms, field):
    with pytest.raises(DomainError) as refused:
        set_reach(by=clerk, email=email, number=number, sms=sms)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not SmsConsent.objects.exists()


def test_page_keeps_what_was_typed_and_masks_the_number(clerk, client_of):
    client = client_of(clerk)
    url = reverse("notices:preferences")
    wrong = client.post(url, {"email": "a@example.org", "sms": "on", "number": "12"})
    assert wrong.status_code == 422
    assert "请填写11位手机号码" in wrong.content.decode()
    assert "a@example.org" in wrong.content.decode()
    assert client.post(url, {"email": "a@example.org", "sms": "on", "number": NUMBER}).status_code == 302
    page = client.get(url).content.decode()
    assert "138****1234" in page
    assert NUMBER not in page
