"""Whose address goes on record."""

import pytest
from django.test import RequestFactory

from core.middleware import ClientAddressMiddleware


@pytest.mark.parametrize(
    ("behind", "told", "seen"),
    [
        (True, "10.1.2.3", "10.1.2.3"),
        (True, "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "not an address", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "10.1.2.3", "127.0.0.1"),
    ],
)
def test_client_address(settings, behind, told, seen):
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", headers={"x-forwarded-for": told})
    ClientAddressMiddleware(lambda request: None)(request)
    assert request.META["REMOTE_ADDR"] == seen
