"""Search keys of division names: pinyin with spaces, without, and initials."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from core.sortkeys import pinyin

#: Endings that tens of thousands of names share, longest first: their reading is looked up once.
_ENDINGS = ("社区居民委员会", "村村民委员会", "村民委员会", "居民委员会", "街道", "社区")


class SearchKeys(NamedTuple):
    pinyin: str
    joined: str
    initials: str


def search_keys(name: str) -> SearchKeys:
    """历城区 → ``li cheng qu``, ``lichengqu``, ``lcq``."""
    ending = next((ending for ending in _ENDINGS if name.endswith(ending) and name != ending), "")
    syllables = [*_syllables(name.removesuffix(ending)), *(_syllables(ending) if ending else ())]
    initials = "".join([syllable[0] for syllable in syllables])
    return SearchKeys(" ".join(syllables)[:240], "".join(syllables)[:240], initials[:80])


@lru_cache(maxsize=65536)
def _syllables(text: str) -> tuple[str, ...]:
    return tuple(pinyin(text).lower().split())
