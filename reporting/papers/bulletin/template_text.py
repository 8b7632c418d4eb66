"""A template's words with this month's figures in place of the names in braces."""

from __future__ import annotations

from collections.abc import Mapping

from reporting.papers.book import Book
from reporting.papers.bulletin.wording import Wording
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.rules.papers import BRACES


def filled(text: str, wording: Wording) -> str:
    """``text`` as it reads this month; every name in braces is one of the list."""
    return BRACES.sub(lambda found: PLACEHOLDERS[found[1]].value(wording), text.strip())


def values_of(book: Book) -> dict[str, str]:
    """What every name reads by itself, as if nothing had been named before it."""
    return {name: one.value(Wording(book)) for name, one in PLACEHOLDERS.items()}


def with_values(text: str, values: Mapping[str, str]) -> str:
    """``text`` with values that were worked out before."""
    return BRACES.sub(lambda found: values[found[1]], text.strip())
