"""Switches and numbers of the environment, and what is none."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from kexie_portal.environment import switch, whole_number


@pytest.mark.parametrize(
    ("given", "is_on"), [("1", True), (" True ", True), ("0", False), ("off", False), ("", True)]
)
def test_switch(monkeypatch: pytest.MonkeyPatch, given: str, is_on: bool) -> None:
    monkeypatch.setenv("PRODUCTION", given)
    assert switch("PRODUCTION", default=True) is is_on


def test_mistyped_switch_does_not_mean_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCTION", "ture")
    with pytest.raises(ImproperlyConfigured, match="PRODUCTION 应为 1 或 0，现为“ture”"):
        switch("PRODUCTION", default=False)


@pytest.mark.parametrize(("given", "number"), [("90", 90), ("0", 0), ("", 8000)])
def test_number(monkeypatch: pytest.MonkeyPatch, given: str, number: int) -> None:
    monkeypatch.setenv("PORT", given)
    assert whole_number("PORT", default=8000) == number


@pytest.mark.parametrize("given", ["abc", "-1", "²", "1e3"])
def test_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(ImproperlyConfigured, match="PORT 应为整数"):
        whole_number("PORT", default=8000)
