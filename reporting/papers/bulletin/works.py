"""二、做法成效: what key people did, what superiors gave, who is ahead."""

from __future__ import annotations

from core.formats import number
from reporting.papers.bulletin.wording import Paragraph, Wording, percent, share

EVENTS = ("health_events", "contest_events", "agri_events", "popularisation_events")
REACHED = ("health_reached", "contest_reached", "agri_reached", "popularisation_reached")
AHEAD = "townships_covered"


def paragraphs(wording: Wording) -> list[Paragraph]:
    return [
        Paragraph("（一）围绕中心发挥作用。", _work(wording)),
        Paragraph("（二）加强指导和支持。", _support(wording)),
        Paragraph("（三）健全组织体系。", _organisations(wording)),
    ]


def _work(wording: Wording) -> str:
    led, events = wording.total("led_events"), sum(wording.total(key) for key in EVENTS)
    share_led = share(led, events)
    led_words = f"，占{percent(share_led)}" if share_led is not None else ""
    return (
        f"本月各级科协和“三长”开展健康讲堂、义诊、防癌体检{wording.typed('health_events')}场，"
        f"服务{wording.typed('health_reached')}人次；"
        f"青少年科技竞赛、科普进校园{wording.typed('contest_events')}场，参加{wording.typed('contest_reached')}人次；"
        f"农技培训{wording.typed('agri_events')}期、{wording.typed('agri_reached')}人次，"
        f"推广新技术、新品种、新模式{wording.typed('agri_adopted')}项次；"
        f"其他科普活动{wording.typed('popularisation_events')}场，受众{wording.typed('popularisation_reached')}人次；"
        f"科技志愿服务{wording.typed('volunteer_events')}次。"
        f"上述活动中“三长”牵头或参与{number(led, 0)}场{led_words}。"
        f"本年累计开展各类活动{number(sum(wording.total(key, year=True) for key in EVENTS), 0)}场（期），"
        f"惠及{number(sum(wording.total(key, year=True) for key in REACHED), 0)}人次。"
    )


def _support(wording: Wording) -> str:
    return (
        f"本月各级科协给予下级项目{wording.typed('support_projects')}项、经费{wording.typed('support_funds')}万元，"
        f"奖项推荐{wording.typed('support_awards')}人次，人才举荐{wording.typed('support_talent')}人次，"
        f"举办培训{wording.typed('support_training')}期、{wording.typed('support_trained')}人次，"
        f"开展督导检查{wording.typed('inspections')}次。"
        f"本年累计给予项目{wording.typed('support_projects', year=True)}项、"
        f"经费{wording.typed('support_funds', year=True)}万元，"
        f"各级党委、政府出台规范性文件{wording.typed('documents_issued', year=True)}件。"
    )


def _organisations(wording: Wording) -> str:
    text = (
        f"{wording.as_of}，{wording.whole}有县级学会{wording.typed('societies')}个，"
        f"其中“三长”牵头{wording.typed('societies_led')}个；农技协{wording.typed('agri_associations')}个，"
        f"企业科协{wording.typed('enterprise_associations')}个，园区科协{wording.typed('park_associations')}个，"
        f"高校科协{wording.typed('university_associations')}个。"
    )
    ahead = wording.names([part.name for part in wording.ordered(AHEAD)[:2]], 2)
    return f"{text}{ahead}乡镇（街道）“三长”覆盖率位居前列。" if ahead else text
