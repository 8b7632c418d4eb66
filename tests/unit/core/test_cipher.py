"""Telephone numbers as everyone may see them."""

from __future__ import annotations

import pytest

from core.cipher import mask


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("0531-88886666", "053****6666"),
        ("82345678", "****78"),
        ("8234567", "****67"),
        ("12345", "****"),
        ("", ""),
    ],
)
def test_mask_never_shows_a_whole_number(phone: str, masked: str) -> None:
    assert mask(phone) == masked
