"""The passages of a year's summary with their shipped words, and the names that these may use beside the bulletin's."""

from __future__ import annotations

from collections.abc import Callable

from reporting.papers.bulletin.passages import ONLY_ALONE, Passage, has, more
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.papers.summary.year import YearWording
from reporting.rules.papers import BRACES

OVERALL, WORK, LACKS, PLANS = "总体情况", "主要工作和成效", "存在的困难和问题", "下一年度打算"

YEAR_WORDS: dict[str, Callable[[YearWording], str]] = {
    "年份": lambda wording: str(wording.year.number),
    "全年": lambda wording: "全年" if wording.year.is_whole else "今年以来",
    "期数": lambda wording: str(len(wording.year.cycles)),
    "乡镇覆盖率比年初": lambda wording: wording.since_words(
        "townships_established", "coverage_rate_township"
    ),
    "村覆盖率比年初": lambda wording: wording.since_words("villages_established", "coverage_rate_village"),
    "乡镇三长覆盖率比年初": lambda wording: wording.since_words(
        "townships_covered", "township_coverage_rate"
    ),
    "三长比年初": lambda wording: wording.growth_words("key_people_total"),
    "全年新吸纳": lambda wording: wording.flow("recruited"),
    "全年选举": lambda wording: wording.flow("recruited_election"),
    "全年增补": lambda wording: wording.flow("recruited_co_option"),
    "全年离任": lambda wording: wording.flow("left"),
    "全年应报份数": lambda wording: f"{wording.year.expected:,}",
    "全年按时份数": lambda wording: f"{wording.year.on_time:,}",
    "全年按时率": lambda wording: wording.on_time_words,
    "全年退回次数": lambda wording: f"{wording.year.returns:,}",
    "活动高峰": lambda wording: wording.busiest(),
}
YEAR_MEANINGS = {
    "年份": "2026",
    "全年": "“全年”，十二期未齐时为“今年以来”",
    "期数": "本年已有的月报期数",
    "乡镇覆盖率比年初": "“，比年初提高X个百分点”",
    "村覆盖率比年初": "“，比年初提高X个百分点”",
    "乡镇三长覆盖率比年初": "“，比年初提高X个百分点”",
    "三长比年初": "“，比年初净增X人”",
    "全年新吸纳": "本年新吸纳“三长”人数",
    "全年选举": "其中换届选举",
    "全年增补": "其中届中增补",
    "全年离任": "本年离任人数",
    "全年应报份数": "市、县两级本年应报月报",
    "全年按时份数": "市、县两级本年按时报送",
    "全年按时率": "按时÷应报",
    "全年退回次数": "市、县两级本年审核退回",
    "活动高峰": "“活动以X月最为集中，达X场（期）。”，没有明显高峰时为空",
}
NAMES = (*PLACEHOLDERS, *YEAR_WORDS)

PASSAGES = (
    Passage(
        "opening",
        "",
        "",
        "{年份}年，{范围}各级科协扎实推进基层科协组织力“3+1”工作，健全组织、吸纳“三长”、发挥作用、加强指导，各项工作取得新进展。"
        "现将{全年}（共{期数}期月报，{截至}）工作情况总结如下。",
    ),
    Passage(
        "coverage",
        OVERALL,
        "（一）扩大组织覆盖。",
        "{截至}，应建县级科协{县级应建}个，已建{县级已建}个；应建乡镇（街道）科协{乡镇应建}个，已建{乡镇已建}个，"
        "覆盖率{乡镇覆盖率}{乡镇覆盖率比年初}；应建村（社区）科协{村应建}个，已建{村已建}个，覆盖率{村覆盖率}{村覆盖率比年初}。"
        "“六有”达标乡镇（街道）科协{六有达标}个，占应建数的{六有占比}。",
    ),
    Passage(
        "people",
        OVERALL,
        "（二）壮大“三长”队伍。",
        "在任“三长”{三长总数}人{三长比年初}，其中进入县级科协领导机构{县级三长}人、乡镇（街道）科协领导机构{乡镇三长}人，"
        "担任兼职、挂职主席和副主席{副主席以上}人。{全年}新吸纳{全年新吸纳}人，其中换届选举{全年选举}人、届中增补{全年增补}人，"
        "离任{全年离任}人。乡镇（街道）“三长”覆盖率{乡镇三长覆盖率}{乡镇三长覆盖率比年初}。",
    ),
    Passage(
        "action",
        WORK,
        "（一）围绕中心发挥作用。",
        "{全年}开展各类活动{累计活动}场（期），惠及{累计惠及}人次，其中健康讲堂、义诊、防癌体检{累计健康活动}场，"
        "青少年科技竞赛、科普进校园{累计竞赛活动}场，农技培训{累计农技培训}期，推广新技术、新品种、新模式{累计推广三新}项次，"
        "其他科普活动{累计其他科普}场；科技志愿服务{累计志愿服务}次。“三长”牵头或参与{累计三长参与}场。{活动高峰}",
    ),
    Passage(
        "support",
        WORK,
        "（二）加强指导和支持。",
        "{全年}给予下级项目{累计支持项目}项、经费{累计支持经费}万元，奖项推荐{累计奖项推荐}人次，人才举荐{累计人才举荐}人次，"
        "举办培训{累计支持培训}期、{累计支持培训人次}人次，开展督导检查{累计督导检查}次，"
        "各级党委、政府出台规范性文件{累计出台文件}件。",
    ),
    Passage(
        "organisations",
        WORK,
        "（三）健全组织体系。",
        "{截至}，有县级学会{县级学会}个，其中“三长”牵头{三长牵头学会}个；农技协{农技协}个，企业科协{企业科协}个，"
        "园区科协{园区科协}个，高校科协{高校科协}个。",
    ),
    Passage(
        "reports",
        WORK,
        "（四）落实月报制度。",
        "{全年}市、县两级应报月报{全年应报份数}份，按时报送{全年按时份数}份，按时率{全年按时率}，审核退回{全年退回次数}次。",
    ),
    Passage(
        "blank",
        LACKS,
        "组织覆盖还不平衡。",
        "尚有空白点{空白点}个，其中县级{县级空白点}个、乡镇（街道）{乡镇空白点}个、村（社区）{村空白点}个。",
        has("blank_spots"),
    ),
    Passage(
        "haves",
        LACKS,
        "基础条件仍较薄弱。",
        "还有{六有未达标}个乡镇（街道）科协未达到“六有”标准，{未明确分管领导}个乡镇（街道）尚未明确分管领导。",
        more("units_expected_township", "six_haves_units"),
    ),
    Passage(
        "fields",
        LACKS,
        "“三长”结构不够均衡。",
        "已吸纳“三长”的{吸纳乡镇数}个乡镇（街道）中，卫生、教育、农林三个领域齐全的有{三领域齐全}个，占{三领域齐全占比}。",
        more("townships_covered", "townships_three_fields"),
    ),
    Passage(
        "terms",
        LACKS,
        "换届工作不够及时。",
        "{截至}，应换届未换届的科协{超期未换届}个，其中县级{县级超期未换届}个、乡镇级{乡镇超期未换届}个。",
        has("terms_overdue"),
    ),
    Passage(
        ONLY_ALONE,
        LACKS,
        "",
        "各项工作进展平稳，未发现突出问题。",
    ),
    Passage(
        "plans",
        PLANS,
        "",
        "一是对照空白点名单，逐一明确建成时间和责任人，推动应建尽建。二是按程序、按时限做好“三长”吸纳和换届工作，"
        "健全履职规范，支持“三长”在健康、教育、农技等领域发挥专长。三是加强对下指导和支持，对照“六有”标准补齐短板。"
        "四是坚持数出一源，减轻基层填报负担。",
    ),
)


def filled(text: str, wording: YearWording) -> str:
    """``text`` as it reads this year."""

    def value(name: str) -> str:
        return YEAR_WORDS[name](wording) if name in YEAR_WORDS else PLACEHOLDERS[name].value(wording)

    return BRACES.sub(lambda found: value(found[1]), text.strip())


def values_of_year(wording: YearWording) -> dict[str, str]:
    """What every name reads by itself, as if nothing had been named before it."""
    alone = {name: one.value(YearWording(wording.book, wording.year)) for name, one in PLACEHOLDERS.items()}
    return alone | {name: value(wording) for name, value in YEAR_WORDS.items()}
