"""An address that only takes what a form sends says so."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_get_of_a_form_address_answers_a_page_with_words(client_of, clerk):
    answer = client_of(clerk).get("/people/doubles/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "不能直接访问或刷新" in answer.content.decode()


def test_api_answers_a_wrong_method_in_its_own_form(client_of, clerk):
    answer = client_of(clerk).delete("/api/v1/units/")
    assert answer.status_code == 405
    assert "不能直接访问" not in answer.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_page_takes_no_method_of_the_interface(client_of, clerk, method):
    """Not even as if it had been looked at."""
    answer = getattr(client_of(clerk), method)("/accounts/me/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert "不能直接访问或刷新" in answer.content.decode()


def test_page_without_its_token_says_that_nothing_was_done(clerk):
    """To a form of a page and to the interface alike."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    for where in ("/people/doubles/", "/api/v1/activities/"):
        answer = client.post(where)
        assert answer.status_code == 403
        assert "本次提交没有执行" in answer.content.decode()
        assert "CSRF" not in answer.content.decode()
