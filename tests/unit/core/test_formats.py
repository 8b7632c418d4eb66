"""How figures and dates are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import formats


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1649000, "1,649,000"),
        (0, "0"),
        (-1200, "-1,200"),
        (Decimal("12.50"), "12.50"),
        ("3", "3"),
        (None, "—"),
        ("", "—"),
        ("十二", "—"),
        (float("nan"), "—"),
        (True, "—"),
    ],
)
def test_number_is_written_with_separators(value, written: str) -> None:
    assert formats.number(value) == written


def test_number_with_places_rounds_half_up() -> None:
    assert formats.number(Decimal("2.675"), 2) == "2.68"
    assert formats.number(4, 2) == "4.00"


@pytest.mark.parametrize(
    ("ratio", "written"),
    [(0.9531, "95.3%"), (1, "100.0%"), (0, "0.0%"), (Decimal("0.00049"), "0.0%"), (None, "—")],
)
def test_percent_of_a_ratio(ratio, written: str) -> None:
    assert formats.percent(ratio) == written


def test_signed_says_the_direction() -> None:
    assert [formats.signed(value) for value in (1200, -3, 0, None)] == ["+1,200", "−3", "0", "—"]


def test_points_are_not_percent() -> None:
    assert formats.signed_points(0.012) == "+1.2 个百分点"
    assert formats.signed_points(-0.0004) == "0.0 个百分点"


@pytest.mark.parametrize(
    ("value", "words"),
    [(126, "较上期增加 126 人"), (-9, "较上期减少 9 人"), (0, "与上期持平"), (None, "无上期数据")],
)
def test_delta_is_told_in_words(value: int | None, words: str) -> None:
    assert formats.delta_words(value, "人") == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.012, "较上期提高 1.2 个百分点"),
        (-0.2, "较上期下降 20.0 个百分点"),
        (0.0001, "与上期持平"),
        (None, "无上期数据"),
    ],
)
def test_delta_of_ratios_is_told_in_points(value: float | None, words: str) -> None:
    assert formats.points_words(value) == words


def test_moment_is_of_shanghai_across_midnight() -> None:
    late = dt.datetime(2026, 11, 24, 16, 5, tzinfo=dt.UTC)
    assert formats.moment(late) == "2026年11月25日 00:05"
    assert formats.day(late) == "2026年11月25日"
    assert formats.short_day(late) == "11月25日"


def test_day_without_leading_zeros_and_absent() -> None:
    assert formats.day(dt.date(2026, 1, 5)) == "2026年1月5日"
    assert formats.month(dt.date(2026, 1, 5)) == "2026年1月"
    assert [write(None) for write in (formats.day, formats.short_day, formats.month, formats.moment)] == [
        "—"
    ] * 4


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0 B"), (1023, "1023 B"), (1_843_200, "1.8 MB"), (5 * 1024**4, "5120.0 GB"), (None, "—")],
)
def test_file_size(count: int | None, written: str) -> None:
    assert formats.file_size(count) == written
