"""Invented data for the gallery, in the range of real months."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import clock
from core.errors import Problem
from core.grids import Entry, EntryColumn, EntryGrid, EntryRow, EntrySection
from core.tables import Column

TOWNSHIPS = [
    "柳河镇", "双桥镇", "石门街道", "东关街道", "青山镇", "白云镇", "大河乡",
    "新集镇", "南湖镇", "北岭乡", "龙泉街道", "杨庄镇", "河口镇",
]  # fmt: skip

COUNTED = [
    EntryColumn("health_events", "健康讲堂、义诊、防癌体检", "场", hint="谁主办谁填，联合主办由牵头单位填"),
    EntryColumn("health_reached", "服务人次", "人次"),
    EntryColumn("contest_events", "科技竞赛、科普进校园", "场"),
    EntryColumn("contest_reached", "参加人次", "人次"),
    EntryColumn("agri_events", "农技培训", "期"),
    EntryColumn("agri_reached", "培训人次", "人次"),
    EntryColumn("agri_adopted", "推广新技术、新品种、新模式", "项次"),
    EntryColumn("popularisation_events", "其他科普活动", "场"),
    EntryColumn("popularisation_reached", "受众人次", "人次"),
    EntryColumn("led_events", "“三长”牵头或参与", "场"),
    EntryColumn("volunteer_events", "科技志愿服务", "次"),
]

UNIT_COLUMNS = [
    Column("name", "单位", "name", link=lambda row: "#table", sort="name"),
    Column("state", "报送状态", "pill", sort="state"),
    Column("people", "在任“三长”", "number", sort="people"),
    Column("covered", "乡镇覆盖率", "percent", sort="covered", hint="已吸纳“三长”的乡镇（街道）数 / 应建数"),
    Column("funds", "项目经费（万元）", "money"),
    Column("submitted_at", "首次上报", "moment"),
]


def unit_rows() -> list[dict[str, Any]]:
    at = dt.datetime(2026, 11, 21, 3, 5, tzinfo=dt.UTC)
    return [
        {"name": "太和县", "state": ("已通过", "success"), "people": 1286, "covered": 1, "funds": 12.5, "submitted_at": at},
        {"name": "临河区", "state": ("已退回", "danger", "arrow-return-left"), "people": 342, "covered": 0.9231,
         "funds": 0, "submitted_at": at},
        {"name": "长岭市", "state": ("待审核", "info", "hourglass-split"), "people": 411, "covered": 0.875,
         "funds": 30, "submitted_at": at},
        {"name": "云台县", "state": ("迟报", "warning", "clock-history"), "people": 205, "covered": 0.7143,
         "funds": 4.25, "submitted_at": at},
        {"name": "高新技术产业开发区", "state": ("未报", "neutral", "dash-circle"), "people": None, "covered": None,
         "funds": None, "submitted_at": None},
    ]  # fmt: skip


def typing_grid() -> EntryGrid:
    rows = []
    for number, name in enumerate(TOWNSHIPS):
        entries = [
            Entry(report=900 + number, key=column.key, value=_value(number, place), revision=1,
                  last=(number * 7 + place * 3) % 23, last_year=(number * 5 + place) % 19)
            for place, column in enumerate(COUNTED)
        ]  # fmt: skip
        note = "自报" if number in (2, 6) else ""
        if note:
            entries = [Entry(**{**_fields(entry), "is_locked": True}) for entry in entries]
        rows.append(EntryRow(name, entries, note))
    rows[0].entries[1].problems = [
        Problem("unusual", "比近 6 期平均数（120）高出 3 倍以上，请核对。", level="warning")
    ]
    rows[1].entries[9].problems = [
        Problem("led_over_events", "“三长”牵头的场次不能超过以上场次之和（6 场）。")
    ]
    return EntryGrid(
        COUNTED,
        rows,
        row_head="乡镇（街道）",
        caption="11月乡镇数据",
        row_sum_label="活动场次",
        row_sum_keys=("health_events", "contest_events", "agri_events", "popularisation_events"),
    )


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__slots__}


def _value(number: int, place: int) -> int | None:
    if number > 8:
        return None
    return 486 if (number, place) == (0, 1) else (number * 3 + place * 5) % 17


def own_sections() -> list[EntrySection]:
    def fact(key: str, label: str, unit: str, value: int, last: int) -> tuple[EntryColumn, Entry]:
        return EntryColumn(key, label, unit), Entry(
            812, key, value, last=last, last_year=last - 9, is_fact=True
        )

    def typed(column: EntryColumn, value: int | None, last: int) -> tuple[EntryColumn, Entry]:
        return column, Entry(812, column.key, value, revision=2, last=last, last_year=last + 1)

    funds = EntryColumn("support_funds", "给予下级经费", "万元", "money", hint="本级安排，不含上级转拨")
    return [
        EntrySection(
            "三长吸纳（由台账自动计算）",
            [
                fact("key_people_total", "在任“三长”总人数", "人", 1286, 1274),
                fact("townships_covered", "已吸纳“三长”的乡镇（街道）数", "个", 13, 12),
            ],
        ),
        EntrySection(
            "作用发挥（县本级）",
            [typed(COUNTED[0], 4, 3), typed(COUNTED[1], 260, 240), typed(COUNTED[4], None, 2)],
        ),
        EntrySection(
            "上级指导", [(funds, Entry(812, "support_funds", "12.50", revision=1, last=8, last_year=None))]
        ),
    ]


def narrative() -> tuple[EntryColumn, Entry]:
    text = "本月新吸纳乡镇卫生院院长 3 名、农技站站长 2 名进入乡镇科协领导班子。"
    return EntryColumn("progress", "本月进展情况"), Entry(812, "progress", text, revision=1)


def events() -> list[dict[str, Any]]:
    def at(day: int, hour: int) -> dt.datetime:
        return dt.datetime(2026, 11, day, hour, 12, tzinfo=clock.SHANGHAI)

    return [
        {"at": at(23, 9), "title": "已退回", "who": "王芳（市科协）", "tone": "danger", "symbol": "arrow-return-left",
         "note": "“健康讲堂服务人次”与上月相差较大，请核对柳河镇数据后重报。"},
        {"at": at(22, 16), "title": "已上报（带缺上报：北岭乡、河口镇）", "who": "李明（县科协）", "tone": "info", "symbol": "send"},
        {"at": at(22, 15), "title": "已签批", "who": "赵国强（分管领导）", "tone": "success", "symbol": "pen", "note": "同意上报。"},
        {"at": at(20, 10), "title": "开始填报", "who": "李明（县科协）", "tone": "neutral", "symbol": "pencil"},
    ]  # fmt: skip


def charts() -> dict[str, dict[str, Any]]:
    months = [f"{month}月" for month in (12, *range(1, 12))]
    cities = ["济川", "青屿", "淄河", "枣岭", "东营口", "烟霞", "潍水", "宁阳", "泰岳", "威澜"]
    growth = [612, 655, 690, 742, 781, 826, 858, 902, 935, 961, 988, None]
    return {
        "line": {
            "type": "line", "unit": "人", "category_name": "月份", "categories": months,
            "series": [
                {"name": "卫生", "data": growth},
                {"name": "教育", "data": [value and round(value * 0.81) for value in growth]},
                {"name": "农林", "data": [value and round(value * 0.63) for value in growth]},
            ],
        },
        "bar": {
            "type": "bar", "unit": "%", "category_name": "市", "categories": cities,
            "series": [{"name": "乡镇覆盖率", "data": [1, 0.98, 0.953, 0.94, 0.91, 0.902, 0.87, 0.84, 0.79, 0.71]}],
        },
        "stack": {
            "type": "stack", "unit": "个", "category_name": "市", "categories": cities,
            "series": [
                {"name": "按时", "data": [11, 10, 8, 6, 5, 9, 10, 8, 5, 3]},
                {"name": "迟报", "data": [1, 0, 0, 0, 0, 1, 2, 1, 0, 0]},
                {"name": "未报", "data": [0, 0, 0, 0, 0, 1, 0, 2, 1, 1]},
            ],
        },
        "tiles": {
            "type": "tiles", "unit": "%", "category_name": "月份", "categories": months,
            "series": [
                {"name": city, "data": [min(1, 0.4 + 0.05 * step + 0.03 * place) for step in range(11)] + [None]}
                for place, city in enumerate(cities[:6])
            ],
        },
    }  # fmt: skip


def tree_nodes() -> list[dict[str, Any]]:
    return [
        {"label": "济川市科学技术协会", "url": "#tree", "children_url": "?part=tree", "meta": "12 个县（市、区）"},
        {"label": "青屿市科学技术协会", "url": "#tree", "children_url": "?part=tree", "meta": "10 个县（市、区）"},
        {"label": "市直属高校科协", "url": "#tree", "children_url": "", "meta": "",
         "state": {"label": "筹建中", "tone": "warning"}},
    ]  # fmt: skip
