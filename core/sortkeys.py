"""Sort and search keys of Chinese names, kept in columns because the database has no ICU."""

from __future__ import annotations

from functools import lru_cache

#: Place-name readings that the general dictionary gets wrong.
PLACE_READINGS = {
    "莘县": "shen xian",
    "东阿": "dong e",
    "单县": "shan xian",
    "乐陵": "lao ling",
    "费县": "fei xian",
    "牟平": "mu ping",
}


def _read(text: str, *, is_short: bool = False) -> list[str]:
    """The dictionary's readings. It takes 50 MB, so that only a process that asks it loads it."""
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(text, style=Style.FIRST_LETTER if is_short else Style.NORMAL)


@lru_cache(maxsize=65536)
def pinyin(text: str) -> str:
    """Toneless pinyin with spaces between syllables: 历城区 → ``li cheng qu``."""
    for place, reading in PLACE_READINGS.items():
        if text.startswith(place):
            return f"{reading} {pinyin(text[len(place) :])}".strip()
    return " ".join(_read(text))


def reading(text: str) -> tuple[str, str]:
    """Pinyin without spaces and first letters, the dictionary asked once; the same as :func:`pinyin`, :func:`initials`."""
    if text.startswith(tuple(PLACE_READINGS)):
        return pinyin(text).replace(" ", ""), initials(text)
    words = _read(text)
    return "".join(words).replace(" ", ""), "".join(word if word in text else word[0] for word in words)


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """First letters: 历城区 → ``lcq``."""
    for place, reading in PLACE_READINGS.items():
        if text.startswith(place):
            return "".join(word[0] for word in reading.split()) + initials(text[len(place) :])
    return "".join(_read(text, is_short=True))
