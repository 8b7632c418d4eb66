"""Invented names and numbers. Any likeness to a living person is chance."""

from __future__ import annotations

import random

from orgs.choices import BlankReason

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
)
COMMON_SURNAMES = "王李张刘陈杨赵孙于徐马宋高郭"
RARE_SURNAMES = ("欧阳", "尉迟", "司马", "单", "仇", "盖", "逄", "亓", "呼延", "綦")
FIRST = "建国文志永海春立明晓玉德兴宝振庆学家福传效维广光世长新继宗绍"
SECOND = "军伟强涛斌鹏辉杰勇刚平峰超波林东亮华民成生祥凯毅忠义武荣庆海山川岩松柏"
WOMEN = "芳敏静丽娟霞燕红梅英玲娜莉艳洁萍琳琴凤兰蕾雪倩颖丹慧婷莹云"
RARE_GIVEN = ("喆", "赟", "堃", "犇", "淼", "翀")
LEADERS = (
    "党委副书记",
    "党委委员、副镇长",
    "党工委副书记",
    "党工委委员、办事处副主任",
    "党委宣传委员",
    "副乡镇长",
)
LIAISONS = ("科协干事", "党政综合办公室干事", "农业综合服务中心干事", "文化站干事", "社会事务办公室干事")
BLANK_REASONS = (
    (BlankReason.REORGANISED, "区划调整后尚未重新组建"),
    (BlankReason.NO_STAFF, "无专职人员，筹建班子未落实"),
    (BlankReason.NO_PREMISES, "办公场所正在协调"),
    (BlankReason.NO_CHAIR, "主席人选待党委研究"),
    (BlankReason.SHARED_OFFICE, "与文化站合署，尚未单独挂牌"),
    (BlankReason.NO_POSTS, "成立文件已报，待批复"),
    (BlankReason.TERM_PENDING, "社区“两委”换届后再行组建"),
    (BlankReason.REORGANISED, "村级合并未完成"),
)


def person_name(chance: random.Random, *, is_woman: bool) -> str:
    """A name of two to four characters; now and then a rare one."""
    roll = chance.random()
    if roll < 0.012:
        surname = chance.choice(RARE_SURNAMES)
    else:
        surname = chance.choice(COMMON_SURNAMES if roll < 0.55 else SURNAMES)
    if chance.random() < 0.006:
        return surname + chance.choice(RARE_GIVEN)
    last = chance.choice(WOMEN if is_woman else SECOND)
    return surname + (last if chance.random() < 0.18 else chance.choice(FIRST) + last)


def phone_number(chance: random.Random) -> str:
    """A number of the series 199 0000, which no one holds here."""
    return f"1990000{chance.randint(0, 9999):04d}"
