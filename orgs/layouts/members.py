"""Members by occupation as people write them: “医务人员 120、教师 36”."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_ITEM = re.compile(r"(\D{1,40}?)[\s：:]*(\d{1,8})\s*人?")


def parse_split(text: str) -> dict[str, int]:
    """Occupations with their counts, one a line or separated by commas; raises ``ValueError`` in words."""
    found: dict[str, int] = {}
    for item in re.split(r"[\n、,，;；]", text):
        item = item.strip()
        if not item:
            continue
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ValueError(f"“{item[:30]}”应先写职业再写人数，如“医务人员 120”。")
        label = match[1].strip()
        if label in found:
            raise ValueError(f"“{label}”出现了两次，请合并为一项。")
        found[label] = int(match[2])
    return found


def split_words(split: Mapping[str, int] | Iterable[tuple[str, int]], separator: str = "、") -> str:
    """The same written again."""
    pairs = split.items() if isinstance(split, Mapping) else split
    return separator.join(f"{label} {count}" for label, count in pairs)
