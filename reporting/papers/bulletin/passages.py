"""The bulletin's passages: where each stands, when it is said, and the words that are shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reporting.papers.bulletin import reported
from reporting.papers.bulletin.wording import Wording

ORDINALS = "一二三四五六七八"
OPENING, PROGRESS, WORKS, FINDINGS, DEMANDS = "导语", "总体进展", "做法成效", "存在问题", "下步要求"


def _always(wording: Wording) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph. Findings are numbered (一是…) as they come, so their ``lead`` is only the head of the problem."""

    key: str
    section: str
    lead: str
    text: str
    is_said: Callable[[Wording], bool] = _always

    @property
    def label(self) -> str:
        """What it is called where templates are edited."""
        return self.lead.rstrip("。") or self.section or OPENING


def has(key: str) -> Callable[[Wording], bool]:
    return lambda wording: wording.count(key) > 0


def more(key: str, than: str) -> Callable[[Wording], bool]:
    return lambda wording: wording.count(key) > wording.count(than)


def _spots(wording: Wording) -> bool:
    return bool(wording.count("blank_spots_county") + wording.count("blank_spots_township"))


PASSAGES = (
    Passage(
        "opening",
        OPENING,
        "",
        "根据“3+1”工作月报制度，现将{月份}（统计期为{统计期起}至{统计期止}）{范围}基层科协组织力“3+1”工作进展情况通报如下。",
    ),
    Passage(
        "coverage",
        PROGRESS,
        "（一）组织覆盖情况。",
        "{截至}，{范围}应建县级科协{县级应建}个，已建{县级已建}个，覆盖率{县级覆盖率}{县级覆盖率比上月}；"
        "应建乡镇（街道）科协{乡镇应建}个，已建{乡镇已建}个，覆盖率{乡镇覆盖率}{乡镇覆盖率比上月}；"
        "应建村（社区）科协{村应建}个，已建{村已建}个，覆盖率{村覆盖率}{村覆盖率比上月}。"
        "“六有”达标乡镇（街道）科协{六有达标}个，占应建数的{六有占比}。",
    ),
    Passage(
        "people",
        PROGRESS,
        "（二）“三长”吸纳情况。",
        "{范围}在任“三长”{三长总数}人，其中进入县级科协领导机构{县级三长}人、乡镇（街道）科协领导机构{乡镇三长}人，"
        "担任兼职、挂职主席和副主席{副主席以上}人；卫生、教育、农林领域分别为{卫生三长}人、{教育三长}人和{农林三长}人。"
        "吸纳“三长”的县（市、区）{吸纳县数}个，覆盖率{县级三长覆盖率}{县级三长覆盖率比上月}；"
        "乡镇（街道）{吸纳乡镇数}个，覆盖率{乡镇三长覆盖率}{乡镇三长覆盖率比上月}。"
        "本期新吸纳{新吸纳}人，其中换届选举{选举}人、届中增补{增补}人；离任{离任}人。{领先单位}",
    ),
    Passage(
        "reporting",
        PROGRESS,
        "（三）报送情况。",
        "{各地报送}市、县两级月报应报{应报份数}份，按时报送{按时份数}份，按时率{按时率}，一次通过率{一次通过率}。",
    ),
    Passage(
        "work",
        WORKS,
        "（一）围绕中心发挥作用。",
        "本月各级科协和“三长”开展健康讲堂、义诊、防癌体检{健康活动}场，服务{健康服务人次}人次；"
        "青少年科技竞赛、科普进校园{竞赛活动}场，参加{竞赛参加人次}人次；"
        "农技培训{农技培训}期、{农技培训人次}人次，推广新技术、新品种、新模式{推广三新}项次；"
        "其他科普活动{其他科普}场，受众{科普受众}人次；科技志愿服务{志愿服务}次。"
        "上述活动中“三长”牵头或参与{三长参与}场{三长参与占比}。"
        "本年累计开展各类活动{累计活动}场（期），惠及{累计惠及}人次。",
    ),
    Passage(
        "support",
        WORKS,
        "（二）加强指导和支持。",
        "本月各级科协给予下级项目{支持项目}项、经费{支持经费}万元，奖项推荐{奖项推荐}人次，人才举荐{人才举荐}人次，"
        "举办培训{支持培训}期、{支持培训人次}人次，开展督导检查{督导检查}次。"
        "本年累计给予项目{累计支持项目}项、经费{累计支持经费}万元，各级党委、政府出台规范性文件{累计出台文件}件。",
    ),
    Passage(
        "organisations",
        WORKS,
        "（三）健全组织体系。",
        "{截至}，{范围}有县级学会{县级学会}个，其中“三长”牵头{三长牵头学会}个；农技协{农技协}个，"
        "企业科协{企业科协}个，园区科协{园区科协}个，高校科协{高校科协}个。",
    ),
    Passage(
        "blank",
        FINDINGS,
        "组织覆盖还有空白。",
        "{范围}尚有空白点{空白点}个，其中县级{县级空白点}个、乡镇（街道）{乡镇空白点}个、村（社区）{村空白点}个。{覆盖率差距}",
        has("blank_spots"),
    ),
    Passage(
        "haves",
        FINDINGS,
        "基础条件仍较薄弱。",
        "还有{六有未达标}个乡镇（街道）科协未达到“六有”标准，占应建数的{六有未达标占比}；"
        "{未明确分管领导}个乡镇（街道）尚未明确分管领导，{未明确联络人员}个尚未明确相关工作人员。",
        more("units_expected_township", "six_haves_units"),
    ),
    Passage(
        "fields",
        FINDINGS,
        "“三长”结构不够均衡。",
        "已吸纳“三长”的{吸纳乡镇数}个乡镇（街道）中，卫生、教育、农林三个领域齐全的只有{三领域齐全}个，占{三领域齐全占比}。",
        more("townships_covered", "townships_three_fields"),
    ),
    Passage(
        "terms",
        FINDINGS,
        "换届工作不够及时。",
        "{截至}，有{超期未换届}个科协应换届未换届，其中县级{县级超期未换届}个、乡镇级{乡镇超期未换届}个。",
        has("terms_overdue"),
    ),
    Passage(
        "reports",
        FINDINGS,
        "报送质量有待提高。",
        "本月市、县两级月报中，{报送问题}。",
        lambda wording: bool(reported.faults(wording)),
    ),
    Passage(
        "steady",
        FINDINGS,
        "",
        "本月各项工作进展平稳，未发现突出问题。",
    ),
    Passage(
        "close_spots",
        DEMANDS,
        "（一）着力消除空白点。",
        "各{下级}要对照县、乡两级{县乡空白点}个空白点，逐一明确建成时间和责任人，"
        "实行销号管理，做到建成一个、登记一个、销号一个。",
        _spots,
    ),
    Passage(
        "keep_cover",
        DEMANDS,
        "（一）着力消除空白点。",
        "各{下级}要巩固县、乡两级科协全覆盖成果，抓好村（社区）科协建设，及时登记建立和撤并情况。",
        lambda wording: not _spots(wording),
    ),
    Passage(
        "recruit",
        DEMANDS,
        "（二）规范吸纳“三长”。",
        "要按照干部管理权限和规定程序，通过换届选举、届中增补等方式，"
        "把医院院长、学校校长、农技站站长等吸纳进县、乡两级科协领导机构，"
        "同步做好征求意见和备案工作；届满的要按时换届。",
    ),
    Passage(
        "act",
        DEMANDS,
        "（三）推动“三长”发挥作用。",
        "要结合本地实际组织“三长”开展健康服务、青少年科技教育和农技推广，"
        "对照“六有”标准补齐短板，加强对下指导和支持，做到有人办事、有章理事、有场所议事。",
    ),
    Passage(
        "next",
        DEMANDS,
        "（四）提高报送质量。",
        "下期统计期为{下期统计期起}至{下期统计期止}，各{下级}科协要严格审核把关，于{下期截止}前完成报送，"
        "做到数据真实、口径一致、按时报送，不层层加码，不得要求基层重复填报。",
    ),
)
#: Said only where no other finding is.
ONLY_ALONE = "steady"


def said(passages: Iterable[Passage], wording: Wording, findings: str) -> Iterator[tuple[Passage, str]]:
    """Each passage that the figures call for, in order, with its lead: those under ``findings`` numbered as they come."""
    found = 0
    for passage in passages:
        if not passage.is_said(wording) or (passage.key == ONLY_ALONE and found):
            continue
        lead = passage.lead
        if passage.section == findings and lead:
            lead = f"{ORDINALS[found]}是{lead}"
            found += 1
        yield passage, lead
