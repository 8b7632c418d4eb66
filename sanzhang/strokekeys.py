"""姓氏笔画: the order of surnames in which rosters of meetings are printed.

Fewer strokes stand first; of equal ones the first stroke decides: 横 一, 竖 丨, 撇 丿, 点 丶, 折 乛.
"""

from __future__ import annotations

from functools import lru_cache

#: The usual surnames by their first stroke, 1 横 to 5 折. Rarer ones stand behind them among equals.
FIRST_STROKES = (
    (1, "丁于万王韦丰尤车支艾亓古左石龙平甘厉邢毕成匡吉芮花苏杜李杨严巫来芦劳连武苗英苟茅林杭郁欧幸范项荆胡柯查柏柳封"
        "赵郝荀荣南戚顾夏贾聂莫袁耿秦班桂桑栗索敖盛梅曹黄萧萨龚葛董蒋韩彭斯覃惠蒙蓝雷靳楚裘赖甄蔡綦樊薛霍戴檀"),
    (2, "卢叶田史申冉贝水吕曲吴肖时岑罗尚易旷明卓柴虞晏党崔常景喻裴路瞿"),
    (3, "毛牛仇从丛代付白包丘乐仝朱乔任全邬华向伍仲危印何余邹邱谷狄佟佘鱼周金季岳郗侯俞钟段饶修禹徐钱倪殷翁奚符"
        "傅程焦舒鲁鲍解詹管简黎穆魏滕"),
    (4, "卞方文冯刘许汤江池安齐庄关闫米祁宁应汪沈宋辛闵沙冷庞郑郎单房宗洪施祝祖姜娄宫宣闻诸高郭唐凌席涂谈"
        "康章阎梁商麻鹿曾谢温游童窦褚廖谭颜潘"),
    (5, "刁马习尹孔邓巴司边皮母牟孙纪阮张陈陆邵屈孟姚姬贺费骆陶隋翟强缪熊"),
)  # fmt: skip
#: Where the table of the Unicode consortium counts as in Taiwan and not as on the mainland.
MAINLAND = {"范": 8}
LONGEST = 6
#: The strokes of a character that the table does not know: behind all others.
UNKNOWN_STROKES = 99


def _first_strokes() -> dict[str, int]:
    return {surname: stroke for stroke, surnames in FIRST_STROKES for surname in surnames}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, int], dict[str, int]]:
    """Stroke counts and first strokes; a megabyte, read when the first name is sorted."""
    from strokes.strokes import data

    return data | MAINLAND, _first_strokes()


@lru_cache(maxsize=65536)
def stroke_key(name: str) -> str:
    """A text that sorts as the surnames' strokes do: 丁 < 于 < 马 < 王 < 毛. At most 48 characters."""
    counts, firsts = _tables()
    return "".join(
        f"{counts.get(character) or UNKNOWN_STROKES:02d}{firsts.get(character, 6)}{min(ord(character), 0xFFFFF):05x}"
        for character in name[:LONGEST]
    )
