"""A narrative taken apart into the entries that it raises: one a paragraph, without its number."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from reporting.choices import IssueKind

#: How people number paragraphs: 一、 （二） 1. 1．2、 ① 第三， 一是
_NUMBER = re.compile(
    r"""^(?:
        [一二三四五六七八九十]{1,3}\s*[、.．：]
        | [（(]\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）]\s*[、.．]?
        | \d{1,2}\s*(?:[、．：)）]|\.(?!\d))
        | [①-⑳]
        | [•·●■◆*-]\s+
    )\s*""",
    re.VERBOSE,
)
#: What is written where there is nothing to say.
_NOTHING = frozenset({"无", "暂无", "没有", "无问题", "无建议", "暂无问题", "暂无建议", "无意见"})


def entries_in(text: str) -> list[str]:
    """The paragraphs of ``text`` as entries, each once, in order; “无” and the like are none."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        words = _NUMBER.sub("", line.strip(" \t\u3000")).strip(" \t\u3000")
        if words and words.rstrip("。.！") not in _NOTHING:
            found.setdefault(words, None)
    return list(found)


def raised_in(texts: Iterable[tuple[str, str]]) -> dict[IssueKind, list[str]]:
    """What narratives raise, by sort, each once: ``texts`` are what their indicators raise ("" for nothing) and what was
    written."""
    found: dict[IssueKind, dict[str, None]] = {kind: {} for kind in IssueKind}
    for raises, text in texts:
        if raises:
            found[IssueKind(raises)] |= dict.fromkeys(entries_in(text))
    return {kind: list(entries) for kind, entries in found.items() if entries}


def digest_of_words(words: str) -> str:
    """By which an entry is known again, whatever its spacing and its full stop."""
    plain = re.sub(r"\s+", "", words).rstrip("。.；;")
    return hashlib.sha256(plain.encode()).hexdigest()
