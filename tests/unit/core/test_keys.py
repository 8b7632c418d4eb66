"""A key or a year in words: whole numbers of ours, and nothing that merely looks like one."""

from __future__ import annotations

import pytest

from core.keys import key_in, keys_in, number_in, year_in

NONE = ("", None, "²", "٣", "１２", "-1", "1.0", "1e3", " 1", "1\n", "9" * 19, "9" * 5000, "__class__", "a1")


@pytest.mark.parametrize("text", NONE)
def test_key_that_is_none(text: str | None) -> None:
    assert key_in(text) == 0


@pytest.mark.parametrize(("text", "key"), [("7", 7), (7, 7), ("9" * 18, 10**18 - 1)])
def test_key_that_is_one(text: object, key: int) -> None:
    assert key_in(text) == key


def test_keys_among_rubbish_keep_their_order() -> None:
    assert keys_in(["3", "²", "1", "", "9" * 40]) == [3, 1]


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("", None), (None, None), ("²", None)])
def test_number_with_zero_among_them(text: str | None, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(("text", "year"), [("2026", 2026), ("1999", None), ("20２6", None), ("20260", None)])
def test_year_of_this_century(text: str, year: int | None) -> None:
    assert year_in(text) == year
