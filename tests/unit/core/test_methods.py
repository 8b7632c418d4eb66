"""An address that only takes what a form sends says so."""

import pytest

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
