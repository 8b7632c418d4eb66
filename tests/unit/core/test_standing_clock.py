"""The clock can be made to stand while a past is written."""

import datetime as dt

import pytest

from core import clock

THEN = dt.datetime(2026, 2, 19, 16, 30, tzinfo=dt.UTC)


def test_clock_stands_within_and_goes_on_after():
    with clock.standing_at(THEN):
        assert clock.now() == THEN
        assert clock.today() == dt.date(2026, 2, 20)
        with clock.standing_at(THEN - dt.timedelta(days=1)):
            assert clock.today() == dt.date(2026, 2, 19)
        assert clock.now() == THEN
    assert clock.now() != THEN


def test_clock_goes_on_after_an_error():
    with pytest.raises(ValueError, match="mishap"), clock.standing_at(THEN):
        raise ValueError("mishap")
    assert clock.now() != THEN
