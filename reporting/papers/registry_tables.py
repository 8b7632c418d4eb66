"""Tables from the registry: 表2组织覆盖, 表3三长吸纳."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reporting.papers.figures import Figures, Part
from reporting.papers.tables import (
    REGISTRY_SOURCE,
    Cell,
    Column,
    Line,
    PaperTable,
    Role,
    band,
)

CellOf = Callable[[Figures, Part], Cell]
Spec = tuple[Column, CellOf]
#: Sorts of units that are ranked apart stand under heads of their own.
APART: dict[Role, str] = {"pilot": "试点（单列）", "zone": "功能区（单列）"}


def count(key: str, label: str, group: str = "", *, width: float = 9.0, summed: bool = True) -> Spec:
    """A column with a registry count."""
    return (
        Column(label, "number", group, width, is_summed=summed),
        lambda figures, part: figures.registry(part, key),
    )


def rate(measure: str, label: str, group: str = "") -> Spec:
    return Column(label, "percent", group, 9.0), lambda figures, part: figures.rate(part, measure)


def rank(measure: str, group: str = "", label: str = "位次") -> Spec:
    return Column(label, "rank", group, 7.0), lambda figures, part: figures.rank(part, measure)


def typed(figures: Figures, key: str, label: str, group: str = "", *, year: bool = False) -> Spec:
    """A column with a typed total of this month or of the year."""
    money = figures.indicators[key].value_kind == "money"
    width = 12.0 if money or key.endswith("_reached") else 9.5
    return (
        Column(label, "money" if money else "number", group, width, is_summed=True),
        lambda figures, part: figures.typed(part, key, year=year),
    )


def table_of(
    figures: Figures, specs: Sequence[Spec], *, name: str, title: str, own: bool = False, **more: object
) -> PaperTable:
    """Whole first, then the units below in code order, 本级 where it has figures, zones under their own head."""
    columns = [
        Column("序号", "index", width=6.0),
        Column(figures.child_label, "text", width=_name_width(figures)),
    ]
    columns += [column for column, _cell in specs]
    table = PaperTable(name=name, title=title, columns=columns, lines=[], **more)  # type: ignore[arg-type]
    table.lines.append(_line(figures, figures.whole, "", specs))
    if own:
        table.lines.append(_line(figures, figures.own, "", specs))
    table.lines += lines_below(
        figures, len(columns), lambda part, number: _line(figures, part, number, specs)
    )
    return table


def _name_width(figures: Figures) -> float:
    """Room for the longest name in one line, within reason."""
    longest = max((len(part.name) for part in figures.parts), default=0)
    return min(max(16.0, 2.0 * longest + 3), 30.0)


def lines_below(figures: Figures, columns: int, line_of: Callable[[Part, int], Line]) -> list[Line]:
    """A line for each unit below, numbered; pilots and zones under their own heads."""
    lines: list[Line] = []
    headed: Role = "part"
    for number, part in enumerate(figures.parts, start=1):
        if part.role != headed:
            headed = part.role
            lines.append(band(APART[headed], columns))
        lines.append(line_of(part, number))
    return lines


def _line(figures: Figures, part: Part, number: int | str, specs: Sequence[Spec]) -> Line:
    cells = (cell_of(figures, part) for _column, cell_of in specs)
    return Line(part.role, (Cell(number, "index"), Cell(part.name, "text"), *cells))


def coverage(figures: Figures) -> PaperTable:
    """表2."""
    specs: list[Spec] = []
    for level, group, measure in (
        ("county", "县级", "counties_established"),
        ("township", "乡镇（街道）", "townships_established"),
        ("village", "村（社区）", "villages_established"),
    ):
        specs += [
            count(f"units_expected_{level}", "应建", group),
            count(f"units_established_{level}", "已建", group),
            rate(measure, "率", group),
        ]
        if level == "township":
            specs.append(rank(measure, group))
    specs += [
        count("blank_spots", "空白点", width=8.0),
        count("six_haves_units", "六有达标", width=9.0),
    ]
    return table_of(
        figures,
        specs,
        name="表2组织覆盖",
        title=f"各{figures.child_label}基层科协组织覆盖情况",
        notes=[
            "率＝已建÷应建；位次按乡镇（街道）科协覆盖率由高到低排列，并列者位次相同；应建数为0的不计算、不排位；试点和功能区分别排位。",
            "空白点为县、乡、村三级应建未建数；六有达标为“六有”齐全的乡镇（街道）科协数。",
        ],
        source=REGISTRY_SOURCE,
    )


def key_people(figures: Figures) -> PaperTable:
    """表3."""
    heads, field, county, township, flow = (
        "在任“三长”（人）",
        "按领域（人）",
        "县级覆盖",
        "乡镇（街道）覆盖",
        "本期变动（人）",
    )
    specs = [
        count("key_people_total", "总人数", heads),
        count("key_people_county", "进入县级领导机构", heads, width=10),
        count("key_people_township", "进入乡镇级领导机构", heads, width=10),
        count("vice_chairs", "兼（挂）职主席、副主席", heads, width=11),
        count("key_people_health", "卫生", field, width=8),
        count("key_people_education", "教育", field, width=8),
        count("key_people_agriculture", "农林", field, width=8),
        count("key_people_other", "其他", field, width=8),
        count("key_people_pan", "其中泛三长", field, width=8),
        count("counties_covered", "县数", county, width=7),
        rate("counties_covered", "覆盖率", county),
        count("townships_covered", "乡镇数", township, width=8),
        rate("townships_covered", "覆盖率", township),
        rank("townships_covered", township),
        count("townships_three_fields", "三领域齐全", township, width=8),
        count("key_people_opening", "期初", flow, width=8),
        count("recruited", "新吸纳", flow, width=8),
        count("recruited_election", "选举", flow, width=7),
        count("recruited_co_option", "增补", flow, width=7),
        count("recruited_other", "其他方式", flow, width=7),
        count("backfilled", "补录", flow, width=7),
        count("left", "离任", flow, width=7),
        count("moved_in", "划入", flow, width=7),
        count("moved_out", "划出", flow, width=7),
        count("corrected", "更正", flow, width=7),
        count("in_procedure", "履行程序中", flow, width=8),
        count("filed", "备案", flow, width=7),
        count("village_workers", "村（社区）队伍（人）", width=10),
    ]
    return table_of(
        figures,
        specs,
        name="表3三长吸纳",
        title=f"各{figures.child_label}“三长”吸纳情况",
        paper="A3",
        notes=[
            "一人在县、乡两级任职的计1人，跨地区任职的在合计中计1人，故合计可能小于各地之和。",
            "期末（总人数）＝期初＋新吸纳＋补录－离任＋划入－划出＋更正；位次按乡镇（街道）“三长”覆盖率排列。",
        ],
        source=REGISTRY_SOURCE,
    )
