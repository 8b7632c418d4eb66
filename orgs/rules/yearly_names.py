"""How far two names of divisions say the same: without what only tells their sort, and by their characters."""

from __future__ import annotations

import re
from functools import lru_cache

_SORTS = re.compile(
    r"(社区居民委员会|村村民委员会|村民委员会|居民委员会|社区居委会|社区|村委会|居委会|村"
    r"|街道办事处|街道|民族乡|镇|乡|自治县|县|市|区)$"
)


@lru_cache(maxsize=200_000)
def core_of(name: str) -> str:
    """张家村村民委员会 and 张家社区居民委员会 → 张家."""
    core = _SORTS.sub("", name)
    return core or name


def likeness(one: str, other: str) -> float:
    """Between 0 and 1, by the pairs of neighbouring characters that both cores have."""
    first, second = core_of(one), core_of(other)
    if first == second:
        return 1.0
    if len(first) > 1 and len(second) > 1 and (first in second or second in first):
        return 0.7
    pairs, others = _pairs(first), _pairs(second)
    return len(pairs & others) / len(pairs | others) if pairs and others else 0.0


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1)) or frozenset(text)
