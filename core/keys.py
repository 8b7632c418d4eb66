"""Keys of the database, numbers and years that an address, a form or a sheet names in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Eighteen digits fit every key's column; digits of other scripts and raised ones are none.
KEY = re.compile(r"[0-9]{1,18}")
YEAR = re.compile(r"20[0-9]{2}")


def key_in(text: object) -> int:
    """The key that ``text`` names; 0, which no row has, where it is no key at all."""
    return number_in(text) or 0


def keys_in(texts: Iterable[object]) -> list[int]:
    """The keys among ``texts``, in their order; what is no key is left out."""
    return [key for key in map(key_in, texts) if key]


def number_in(text: object) -> int | None:
    """The whole number that ``text`` names, zero among them, or ``None``."""
    return int(str(text)) if KEY.fullmatch(str(text)) else None


def year_in(text: object) -> int | None:
    """The year of this century that ``text`` names, or ``None``."""
    return int(str(text)) if YEAR.fullmatch(str(text)) else None
