"""What must hold of the words of a paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from core.errors import Problem

LONGEST_TEMPLATE, LONGEST_TEXT = 2000, 4000
MOST_NAMED = 5
BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Named:
    """Units that a text names, in code order."""

    townships: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def template_is_plain(text: str, known: Collection[str]) -> Iterator[Problem]:
    """A template is one paragraph of words and names in braces; nothing else is understood, nothing is run."""
    if not text.strip():
        yield Problem("text_wanted", "请填写模板文字；要用回原来的文字，请点“恢复默认”。", "text")
    if len(text) > LONGEST_TEMPLATE:
        yield Problem("too_long", f"模板请控制在 {LONGEST_TEMPLATE} 字以内。", "text")
    unknown = [name for name in BRACES.findall(text) if name not in known]
    if unknown:
        told = "、".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        yield Problem("unknown_placeholder", f"没有这样的数据项：{told}。请从清单中选用。", "text")
    if re.search(r"[{}]", BRACES.sub("", text)):
        yield Problem("open_brace", "花括号没有成对：数据项写作{名称}，正文里不能单用花括号。", "text")
    if re.search(r"[\r\n]", text.strip()):
        yield Problem("one_paragraph", "一个模板是一段文字，请不要换行。", "text")


def text_has_words(text: str, key: str) -> Iterator[Problem]:
    """A paragraph is not empty, not endless, and one paragraph."""
    if not text.strip():
        yield Problem("text_wanted", "这一段不能为空。", key)
    if len(text) > LONGEST_TEXT:
        yield Problem("too_long", f"这一段请控制在 {LONGEST_TEXT} 字以内。", key)


def names_few_and_no_township(named: Named) -> Iterator[Problem]:
    """通报点名不超过5个单位，不点到乡镇."""
    if named.townships:
        yield Problem(
            "township_named",
            f"正文点到了乡镇（街道）：{'、'.join(named.townships[:MOST_NAMED])}。通报不点名乡镇，请改用数量表述。",
        )
    if len(named.others) > MOST_NAMED:
        yield Problem(
            "many_named",
            f"正文点名了 {len(named.others)} 个单位（{'、'.join(named.others)}），请控制在 {MOST_NAMED} 个以内。",
        )


def figures_are_the_present_ones(taken: str, present: str) -> Iterator[Problem]:
    """Text and annexes of one paper hold the same figures."""
    if taken != present:
        yield Problem(
            "figures_moved",
            f"数据已有变化（正文校验码 {taken}，现在 {present}），请先“重新取数”再定稿。",
        )
