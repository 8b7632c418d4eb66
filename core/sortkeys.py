"""Sort and search keys of Chinese names, kept in columns because the database has no ICU."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

#: Place-name readings that the general dictionary gets wrong.
PLACE_READINGS = {
    "莘县": "shen xian",
    "东阿": "dong e",
    "单县": "shan xian",
    "乐陵": "lao ling",
    "费县": "fei xian",
    "牟平": "mu ping",
}


@lru_cache(maxsize=65536)
def pinyin(text: str) -> str:
    """Toneless pinyin with spaces between syllables: 历城区 → ``li cheng qu``."""
    for place, reading in PLACE_READINGS.items():
        if text.startswith(place):
            return f"{reading} {pinyin(text[len(place) :])}".strip()
    return " ".join(lazy_pinyin(text))


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """First letters: 历城区 → ``lcq``."""
    for place, reading in PLACE_READINGS.items():
        if text.startswith(place):
            return "".join(word[0] for word in reading.split()) + initials(text[len(place) :])
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
