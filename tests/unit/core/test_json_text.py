"""JSON that is read must be such that it can be kept and answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from core.json_text import read_json


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "{",
            "[" * 100_000 + "]" * 100_000,
            '"\\ud800"',
            '{"\\udfff": 1}',
            "NaN",
            "[1e400]",
            "-Infinity",
        ),
        b"\xff\xfe",
    ],
)
def test_json_that_nobody_could_keep_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)


def test_json_with_characters_beyond_the_first_plane_is_read() -> None:
    assert read_json('{"name": "\\ud842\\udfb7野家", "n": [1, 2.5, null]}') == {
        "name": "𠮷野家",
        "n": [1, 2.5, None],
    }


@pytest.mark.parametrize("body", ["[" * 100_000, '{"kind": "\\ud800"}', '{"params": {"cycle": 1e400}}'])
def test_api_refuses_such_a_body_in_words(
    clerk: User, api_of: Callable[[User], APIClient], body: str
) -> None:
    answer = api_of(clerk).post(reverse("v1:export-list"), body, content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["detail"]
