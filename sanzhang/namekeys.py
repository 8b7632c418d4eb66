"""Search and sort keys of people's names: surnames are read otherwise than the same character in a word."""

from __future__ import annotations

from core.sortkeys import initials, reading

#: Surnames whose reading the general dictionary gets wrong.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "华": "hua",
    "盖": "ge", "朴": "piao", "翟": "zhai", "缪": "miao", "乐": "yue", "员": "yun", "召": "shao", "种": "chong",
    "秘": "bi", "燕": "yan", "冼": "xian", "尹": "yin", "纪": "ji", "洗": "xian", "折": "she", "黑": "he",
    "万俟": "moqi", "尉迟": "yuchi", "澹台": "tantai", "长孙": "zhangsun", "单于": "chanyu", "令狐": "linghu",
}  # fmt: skip


def name_keys(name: str) -> tuple[str, str]:
    """``(pinyin, initials)`` of a name, without spaces: 单晓华 → ``("shanxiaohua", "sxh")``."""
    for length in (2, 1):
        surname, given = name[:length], name[length:]
        if surname in SURNAMES and given:
            spoken = SURNAMES[surname]
            first = spoken[0] if length == 1 else initials(surname)
            sound, letters = reading(given)
            return spoken + sound, first + letters
    return reading(name)
