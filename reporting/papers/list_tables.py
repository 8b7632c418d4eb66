"""Lists by name: 表8县级明细, 表9空白点名单."""

from __future__ import annotations

from orgs.choices import Level
from orgs.models import UnitEdition
from orgs.selectors.units import BlankSpot
from reporting.papers.figures import Figures, Part
from reporting.papers.registry_tables import Spec, count, rate, typed
from reporting.papers.tables import REGISTRY_SOURCE, TYPED_SOURCE, Cell, Column, Line, PaperTable
from reporting.papers.work_tables import FLOW_NOTE
from reporting.selectors.completeness import Counts

TYPED = {
    "health_events": "健康（场）",
    "contest_events": "竞赛进校园（场）",
    "agri_events": "农技（期）",
    "popularisation_events": "其他科普（场）",
    "led_events": "“三长”参与（场）",
    "volunteer_events": "志愿服务（次）",
}


def counties(figures: Figures) -> PaperTable:
    """表8: every county and zone with its main figures, in code order, without ranks."""
    township, village, people, work = "乡镇（街道）科协", "村（社区）科协", "三长吸纳", "本月作用发挥"
    specs: list[Spec] = [
        count("units_expected_township", "应建", township, width=7),
        count("units_established_township", "已建", township, width=7),
        rate("townships_established", "覆盖率", township),
        count("units_expected_village", "应建", village, width=8),
        count("units_established_village", "已建", village, width=8),
        rate("villages_established", "覆盖率", village),
        count("blank_spots", "空白点", width=8),
        count("six_haves_units", "“六有”达标", width=8),
        count("key_people_total", "在任（人）", people, width=8, summed=False),
        count("recruited", "新吸纳（人）", people, width=8, summed=False),
        rate("townships_covered", "乡镇覆盖率", people),
    ]
    specs += [typed(figures, key, label, work) for key, label in TYPED.items() if key in figures.indicators]
    columns = [
        Column("序号", "index", width=6),
        Column("市", "text", width=12),
        Column("县（市、区）", "text", width=20),
        Column("类别", "text", width=9),
        *(column for column, _cell in specs),
        Column("月报", "text", width=9),
    ]
    lines = [_county(figures, part, number, specs) for number, part in enumerate(figures.counties, start=1)]
    return PaperTable(
        name="表8县级明细",
        title="县（市、区）和功能区明细",
        columns=columns,
        lines=[_whole(figures, specs), *lines],
        notes=[FLOW_NOTE, "合计含不属于县（市、区）的本级数。"],
        source=f"{REGISTRY_SOURCE}；{TYPED_SOURCE}",
        paper="A3",
        label_columns=3,
    )


def _county(figures: Figures, part: Part, number: int, specs: list[Spec]) -> Line:
    return Line(
        "part",
        (
            Cell(number, "index"),
            Cell(part.parent_name, "text"),
            Cell(part.name, "text"),
            Cell("功能区" if part.role == "zone" else "县级", "text"),
            *(cell_of(figures, part) for _column, cell_of in specs),
            Cell(_standing(part.charged), "text"),
        ),
    )


def _whole(figures: Figures, specs: list[Spec]) -> Line:
    whole = figures.whole
    return Line(
        "whole",
        (
            Cell("", "index"),
            Cell(whole.name, "text"),
            Cell("", "text"),
            Cell("", "text"),
            *(cell_of(figures, whole) for _column, cell_of in specs),
            Cell("", "text"),
        ),
    )


def _standing(counts: Counts) -> str:
    """The county's own report in one word."""
    words = {
        "免报": counts.exempt and not counts.expected,
        "按时": counts.on_time,
        "迟报": counts.late,
        "未报": counts.missing,
        "未到期": counts.pending,
    }
    return next((word for word, holds in words.items() if holds), "—")


def blank_spots(figures: Figures, spots: list[BlankSpot]) -> PaperTable:
    """表9: counties and townships by name; villages are counted in 表2 and listed in a file of their own."""
    names = _places(figures, [spot.unit_id for spot in spots])
    nothing = ("", "", "")
    return PaperTable(
        name="表9空白点名单",
        title="县、乡两级科协组织空白点名单",
        columns=[
            Column("市", "text", width=14),
            Column("县（市、区）", "text", width=22),
            Column("乡镇（街道）", "text", width=24),
            Column("未建原因", "long", width=46),
            Column("计划建成时间", "day", width=16),
            Column("责任人", "text", width=16),
        ],
        lines=[
            Line(
                "part",
                (
                    *(Cell(name, "text") for name in names.get(spot.unit_id, nothing)),
                    Cell(spot.reason, "long"),
                    Cell(spot.planned_on, "day"),
                    Cell(spot.responsible, "text"),
                ),
            )
            for spot in spots
        ],
        notes=["村（社区）空白点数见表1、表2，名单在“空白点名单”页选择层级后导出。"],
        label_columns=3,
        source=REGISTRY_SOURCE,
    )


def _places(figures: Figures, unit_ids: list[int]) -> dict[int, tuple[str, str, str]]:
    """City, county and township of each unit by name, on the day of the figures."""
    rows = (
        UnitEdition.objects.on(figures.coverage.as_of)
        .filter(unit__in=unit_ids)
        .values_list("unit_id", "level", "name", "city__name", "county__name")
    )
    return {
        unit_id: (city or "", county or "", name if level >= Level.TOWNSHIP else "")
        for unit_id, level, name, city, county in rows
    }
