"""三、存在问题: only those that the figures show."""

from __future__ import annotations

from core.formats import number
from reporting.papers.bulletin.wording import Paragraph, Wording, percent, points, share

ORDINALS = "一二三四五六七八"
#: A difference between best and worst that is worth a sentence.
WIDE = 0.05


def paragraphs(wording: Wording) -> list[Paragraph]:
    found = [
        text
        for text in (_blank(wording), _haves(wording), _fields(wording), _terms(wording), _reports(wording))
        if text
    ]
    if not found:
        return [Paragraph("", "本月各项工作进展平稳，未发现突出问题。")]
    return [Paragraph(f"{ORDINALS[place]}是{head}。", text) for place, (head, text) in enumerate(found)]


def _blank(wording: Wording) -> tuple[str, str] | None:
    blank = wording.count("blank_spots")
    if not blank:
        return None
    text = (
        f"{wording.whole}尚有空白点{number(blank)}个，其中县级{wording.number('blank_spots_county')}个、"
        f"乡镇（街道）{wording.number('blank_spots_township')}个、村（社区）{wording.number('blank_spots_village')}个。"
    )
    spread = wording.spread("townships_established")
    if spread is not None and spread >= WIDE:
        behind = wording.names([wording.ordered("townships_established")[-1].name], 1)
        text += f"各{wording.child}乡镇（街道）科协覆盖率最高与最低相差{points(spread)}个百分点"
        text += f"，{behind}相对靠后。" if behind else "。"
    return "组织覆盖还有空白", text


def _haves(wording: Wording) -> tuple[str, str] | None:
    expected, met = wording.count("units_expected_township"), wording.count("six_haves_units")
    if expected <= met:
        return None
    return (
        "基础条件仍较薄弱",
        f"还有{number(expected - met)}个乡镇（街道）科协未达到“六有”标准，"
        f"占应建数的{percent(share(expected - met, expected))}；"
        f"{number(max(expected - wording.count('leader_in_charge_units'), 0))}个乡镇（街道）尚未明确分管领导，"
        f"{number(max(expected - wording.count('liaison_units'), 0))}个尚未明确相关工作人员。",
    )


def _fields(wording: Wording) -> tuple[str, str] | None:
    covered, full = wording.count("townships_covered"), wording.count("townships_three_fields")
    if covered <= full:
        return None
    return (
        "“三长”结构不够均衡",
        f"已吸纳“三长”的{number(covered)}个乡镇（街道）中，卫生、教育、农林三个领域齐全的只有{number(full)}个，"
        f"占{percent(share(full, covered))}。",
    )


def _terms(wording: Wording) -> tuple[str, str] | None:
    overdue = wording.count("terms_overdue")
    if not overdue:
        return None
    return (
        "换届工作不够及时",
        f"{wording.as_of}，有{number(overdue)}个科协应换届未换届，其中县级{wording.number('terms_overdue_county')}个、"
        f"乡镇级{wording.number('terms_overdue_township')}个。",
    )


def _reports(wording: Wording) -> tuple[str, str] | None:
    charged = wording.figures.whole.charged
    returned = charged.reviewed - charged.first_pass
    parts = [
        f"{number(value)}份{word}"
        for value, word in (
            (charged.late, "迟报"),
            (charged.missing, "未报"),
            (returned, "因数据或材料问题被退回"),
        )
        if value
    ]
    if not parts:
        return None
    return "报送质量有待提高", f"本月市、县两级月报中，{'，'.join(parts)}。"
