"""四、下步要求: to whom, what, by when."""

from __future__ import annotations

from core.formats import number, short_day
from core.windows import month_window, next_month
from orgs.choices import Level
from reporting.papers.bulletin.wording import Paragraph, Wording
from reporting.services.cycles import deadline_day


def paragraphs(wording: Wording) -> list[Paragraph]:
    return [
        Paragraph("（一）着力消除空白点。", _blank(wording)),
        Paragraph(
            "（二）规范吸纳“三长”。",
            "要按照干部管理权限和规定程序，通过换届选举、届中增补等方式，"
            "把医院院长、学校校长、农技站站长等吸纳进县、乡两级科协领导机构，"
            "同步做好征求意见和备案工作；届满的要按时换届。",
        ),
        Paragraph(
            "（三）推动“三长”发挥作用。",
            "要结合本地实际组织“三长”开展健康服务、青少年科技教育和农技推广，"
            "对照“六有”标准补齐短板，加强对下指导和支持，做到有人办事、有章理事、有场所议事。",
        ),
        Paragraph("（四）提高报送质量。", _next_report(wording)),
    ]


def _blank(wording: Wording) -> str:
    spots = wording.count("blank_spots_county") + wording.count("blank_spots_township")
    if not spots:
        return f"各{wording.child}要巩固县、乡两级科协全覆盖成果，抓好村（社区）科协建设，及时登记建立和撤并情况。"
    return (
        f"各{wording.child}要对照县、乡两级{number(spots)}个空白点，逐一明确建成时间和责任人，"
        "实行销号管理，做到建成一个、登记一个、销号一个。"
    )


def _next_report(wording: Wording) -> str:
    cycle = wording.figures.edition.cycle
    collection, period = cycle.collection, next_month(cycle.period)
    window = month_window(period.year, period.month, first_day=collection.window_first_day)
    is_province = wording.figures.edition.unit.level == Level.PROVINCE
    due = deadline_day(collection, period, Level.CITY if is_province else Level.COUNTY)
    return (
        f"下期统计期为{short_day(window.first)}至{short_day(window.last)}，"
        f"各{wording.child}科协要严格审核把关，于{short_day(due)}前完成报送，"
        "做到数据真实、口径一致、按时报送，不层层加码，不得要求基层重复填报。"
    )
