"""Switches and numbers of the environment; what is mistyped is named, and never silently means off."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from core.keys import number_in

ON = ("1", "true", "on", "yes", "y", "ok")
OFF = ("0", "false", "off", "no", "n")


def whole_number(name: str, *, default: int) -> int:
    """The number that ``name`` holds; ``default`` where it is unset or empty."""
    given = os.environ.get(name, "").strip()
    found = number_in(given) if given else default
    if found is None:
        raise ImproperlyConfigured(f"环境变量 {name} 应为整数，现为“{given}”。")
    return found


def switch(name: str, *, default: bool) -> bool:
    """Whether ``name`` is on; ``default`` where it is unset or empty."""
    given = os.environ.get(name, "").strip().lower()
    if given not in ("", *ON, *OFF):
        raise ImproperlyConfigured(f"环境变量 {name} 应为 1 或 0，现为“{given}”。")
    return given in ON if given else default
