"""Tables from what units typed: 表4作用发挥, 表5组织体系, 表6指导与支持."""

from __future__ import annotations

from reporting.papers.figures import Figures
from reporting.papers.registry_tables import Spec, table_of, typed
from reporting.papers.tables import TYPED_SOURCE, PaperTable

ACTION = {
    "health_events": "健康讲堂义诊（场）",
    "health_reached": "健康服务（人次）",
    "contest_events": "竞赛、进校园（场）",
    "contest_reached": "参加（人次）",
    "agri_events": "农技培训（期）",
    "agri_reached": "农技培训（人次）",
    "agri_adopted": "推广三新（项次）",
    "popularisation_events": "其他科普（场）",
    "popularisation_reached": "科普受众（人次）",
    "led_events": "“三长”参与（场）",
    "volunteer_events": "志愿服务（次）",
}
ORGANISATIONS = {
    "societies": "县级学会",
    "societies_led": "其中“三长”牵头",
    "agri_associations": "农技协",
    "enterprise_associations": "企业科协",
    "park_associations": "园区科协",
    "university_associations": "高校科协",
    "transformed_orgs": "变革型组织",
    "members": "个人会员（人）",
}
SUPPORT = {
    "support_projects": "给予项目（项）",
    "support_funds": "给予经费（万元）",
    "support_awards": "奖项推荐（人次）",
    "support_talent": "人才举荐（人次）",
    "support_exchange": "干部交流（人次）",
    "support_training": "培训（期）",
    "support_trained": "培训（人次）",
    "inspections": "督导检查（次）",
    "documents_issued": "出台文件（件）",
}
MONTH, YEAR = "本月", "本年累计"
FLOW_NOTE = "“未计入*”：本月尚未审核通过，其本月数未计入合计；累计数为已通过各期之和。"
STATE_NOTE = "带“*”的数含沿用上期的数：本月尚未审核通过的单位按最近一期已通过的数计。"


def _present(figures: Figures, labels: dict[str, str]) -> dict[str, str]:
    """Only what the form of this cycle asks."""
    return {key: label for key, label in labels.items() if key in figures.indicators}


def _month_and_year(figures: Figures, labels: dict[str, str]) -> list[Spec]:
    month = [typed(figures, key, label, MONTH) for key, label in labels.items()]
    return month + [typed(figures, key, label, YEAR, year=True) for key, label in labels.items()]


def action(figures: Figures) -> PaperTable:
    """表4."""
    labels = _present(figures, ACTION)
    return table_of(
        figures,
        _month_and_year(figures, labels),
        name="表4作用发挥",
        title=f"各{figures.child_label}“三长”作用发挥情况",
        own=figures.own_keys(labels),
        paper="A3",
        source=TYPED_SOURCE,
        notes=[FLOW_NOTE, "联合主办的活动由牵头单位填报一次（谁主办谁填）。"],
    )


def organisations(figures: Figures) -> PaperTable:
    """表5."""
    labels = _present(figures, ORGANISATIONS)
    return table_of(
        figures,
        [typed(figures, key, label) for key, label in labels.items()],
        name="表5组织体系",
        title=f"各{figures.child_label}基层科协组织体系情况",
        own=figures.own_keys(labels),
        source=TYPED_SOURCE,
        notes=[STATE_NOTE, "个人会员为登记数，跨组织登记的可能重复。"],
    )


def guidance(figures: Figures) -> PaperTable:
    """表6."""
    labels = _present(figures, SUPPORT)
    return table_of(
        figures,
        _month_and_year(figures, labels),
        name="表6指导与支持",
        title=f"各{figures.child_label}上级科协指导与支持情况",
        own=figures.own_keys(labels),
        paper="A3",
        source=TYPED_SOURCE,
        notes=[FLOW_NOTE, "经费为本级安排数，不含上级转拨；本级一行为本单位自身所做工作。"],
    )
