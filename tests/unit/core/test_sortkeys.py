"""Pinyin and first letters in one question are what two questions say."""

from __future__ import annotations

import random

import pytest

from core.sortkeys import initials, pinyin, reading


@pytest.mark.parametrize(
    "text", ["王秀兰", "重庆", "东阿县", "莘县", "吕洋", "A座王", "阿不都·热合曼", "李 明", "", "嗯呣"]
)
def test_reading_is_both_keys(text: str) -> None:
    assert reading(text) == (pinyin(text).replace(" ", ""), initials(text))


def test_reading_of_any_characters() -> None:
    chance = random.Random(7)
    for _ in range(300):
        text = "".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(chance.choice((2, 3, 4))))
        assert reading(text) == (pinyin(text).replace(" ", ""), initials(text))
