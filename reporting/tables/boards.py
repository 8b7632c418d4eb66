"""Lists of the pages that look on, as tables: their columns, their order and where a cell leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from core import clock, formats
from core.tables import Column
from orgs.choices import EstablishmentState, Level, UnitKind
from orgs.selectors.units import BlankSpot
from reporting.choices import CaseState, ReportState, Timeliness
from reporting.models import Cycle
from reporting.rollup import Contribution
from reporting.selectors.below import STATE_TONES
from reporting.selectors.completeness import CompletenessRow, Counts
from reporting.selectors.counted import NOT_CHARGED
from reporting.selectors.coverage import CoverageRow
from reporting.selectors.quality_months import MonthsLine
from reporting.selectors.states import StateRow

T = TypeVar("T")
Address = Callable[[int], str | None]
Pill = tuple[str, str, str]

TIMELINESS_TONES = {
    Timeliness.PENDING: ("neutral", "clock"),
    Timeliness.IN: ("success", "check"),
    Timeliness.ON_TIME: ("success", "check-circle-fill"),
    Timeliness.LATE: ("warning", "exclamation-triangle-fill"),
    Timeliness.MISSING: ("danger", "x-octagon"),
    Timeliness.EXEMPT: ("neutral", "slash-circle"),
}
CASE_TONES = {
    CaseState.OPEN: ("info", "hourglass-split"),
    CaseState.CONFIRMED: ("success", "check-circle-fill"),
    CaseState.REFUSED: ("danger", "x-octagon"),
    CaseState.WITHDRAWN: ("neutral", "reply"),
}


def case_pill(case: Any) -> Pill:
    return case.get_state_display(), *CASE_TONES[CaseState(case.state)]


def _state(row: StateRow) -> Pill | None:
    if row.timeliness == Timeliness.EXEMPT:
        return "免报", "neutral", "slash-circle"
    return (row.state.label, *STATE_TONES[row.state]) if row.state else None


def _named(row: StateRow) -> str:
    return f"{row.name}（{row.carried} 份月报）" if row.carried > 1 else row.name


def _timeliness(row: StateRow) -> Pill | None:
    return (row.timeliness.label, *TIMELINESS_TONES[row.timeliness]) if row.timeliness else None


def _of_units(address: Address) -> Callable[[int], str | None]:
    """``address`` for units; a group of what was divided has a negative key and no page."""
    return lambda pk: address(pk) if pk > 0 else None


def matrix_columns(
    *, report: Address, drill: Address, below: str, charges_lateness: bool = True
) -> list[Column]:
    """The units directly below: their own report, whether it came in time, and how the reports below them stand."""
    columns = [
        Column(
            "name",
            "单位",
            "name",
            value=_named,
            link=lambda row: drill(row.unit_id) if row.unit_id > 0 else None,
        ),
        Column("state", "本级报表", "pill", value=_state),
        Column("timeliness", "及时性", "pill", value=_timeliness),
        Column(
            "report_id",
            "办理",
            value=lambda row: "查看报表" if row.report_id else None,
            link=lambda row: report(row.report_id) if row.report_id else None,
        ),
        *(
            Column(state.value, f"{below}{state.label}", "number", value=_below(state))
            for state in (ReportState.ACCEPTED, ReportState.SUBMITTED, ReportState.RETURNED)
        ),
        Column("open", f"{below}填报中", "number", value=_still_open),
    ]
    return columns if charges_lateness else [column for column in columns if column.key != "timeliness"]


def _below(state: ReportState) -> Callable[[StateRow], int]:
    return lambda row: row.below[state]


def _still_open(row: StateRow) -> int:
    return sum(row.below[state] for state in (ReportState.DRAFT, ReportState.SIGNING, ReportState.SIGNED))


@dataclass(frozen=True, slots=True)
class CompletenessLine:
    """One unit's counts of the tier that is shown."""

    row: CompletenessRow
    counts: Counts

    @property
    def name(self) -> str:
        return self.row.name

    def value(self, key: str) -> Any:
        """What the list may be ordered by."""
        return self.row.code if key == "code" else getattr(self.counts, key)


COUNTED = [
    ("expected", "应报"),
    ("exempt", "免报"),
    ("deferred", "缓报"),
    ("submitted", "已报"),
    ("on_time", "按时"),
    ("late", "迟报"),
    ("missing", "未报"),
    ("nil", "零报告"),
    ("sent_back", "曾退回"),
    ("returned", "退回未改"),
    ("accepted", "已通过"),
]
#: The reports behind one number of one unit, where there is a list of them.
WayDown = Callable[[int, str], str]


def completeness_columns(
    drill: Address, *, is_township: bool, way_down: WayDown | None = None
) -> list[Column]:
    """应报 … 按时率. Townships are shown in code order, without timeliness, and never ranked."""

    def count(name: str) -> Callable[[CompletenessLine], Any]:
        return lambda line: getattr(line.counts, name)

    def down(name: str) -> Callable[[CompletenessLine], str | None]:
        return lambda line: way_down(line.row.unit_id, name) if way_down and count(name)(line) else None

    columns = [
        Column(
            "name",
            "单位",
            "name",
            link=lambda line: _of_units(drill)(line.row.unit_id),
            sort=None if is_township else "code",
        )
    ]
    columns += [
        Column(name, label, "number", value=count(name), link=down(name), sort=None if is_township else name)
        for name, label in COUNTED
        if not (is_township and name in NOT_CHARGED)
    ]
    if is_township:
        return [*columns, Column("submitted_rate", "上报率", "percent", value=count("submitted_rate"))]
    return [
        *columns,
        Column(
            "on_time_rate",
            "按时率",
            "percent",
            value=count("on_time_rate"),
            sort="on_time_rate",
            hint="按时上报 ÷ 应报；缓报期内上报算按时",
        ),
        Column(
            "first_pass_rate",
            "一次通过率",
            "percent",
            value=count("first_pass_rate"),
            sort="first_pass_rate",
            hint="未经退回即通过的 ÷ 已审核的",
        ),
    ]


def quality_columns(
    cycles: Sequence[Cycle], rate: Callable[[CompletenessRow], Any], address: Callable[[int, int], str]
) -> list[Column]:
    """One column a month; each leads to that unit in that month."""

    def value(cycle: Cycle) -> Callable[[MonthsLine], Any]:
        return lambda line: rate(line.rows[cycle.pk]) if cycle.pk in line.rows else None

    def link(cycle: Cycle) -> Callable[[MonthsLine], str | None]:
        return lambda line: (
            address(line.unit_id, cycle.pk) if line.unit_id > 0 and cycle.pk in line.rows else None
        )

    return [
        Column("name", "单位", "name"),
        *(
            Column(f"cycle{cycle.pk}", cycle.label, "percent", value=value(cycle), link=link(cycle))
            for cycle in cycles
        ),
    ]


def in_order(lines: Sequence[T], order: str, value: Callable[[T, str], Any]) -> list[T]:
    """``lines`` by ``order`` (a leading ``-`` turns it); what is absent stands last either way."""
    key = order.removeprefix("-")
    known = [line for line in lines if value(line, key) is not None]
    absent = [line for line in lines if value(line, key) is None]
    return sorted(known, key=lambda line: value(line, key), reverse=order.startswith("-")) + absent


def coverage_value(row: CoverageRow, key: str) -> Any:
    """What the coverage list may be ordered by: a measure's ratio, a count, or the code."""
    if key == "code":
        return row.code
    if key in row.measures:
        return row.measures[key].rate
    return row.number(key)


def coverage_columns(drill: Address, *, is_ranked: bool, way: Callable[[str, int], str]) -> list[Column]:
    """Ratios with their rank, the counts behind them, blank spots, each with its way down. Ranks are of ratios only."""

    def down(key: str) -> Callable[[CoverageRow], str | None]:
        return lambda row: None if row.is_group else way(key, row.unit_id)

    def count(key: str) -> Callable[[CoverageRow], Any]:
        return lambda row: row.number(key)

    def rate(name: str) -> Callable[[CoverageRow], Any]:
        return lambda row: row.measures[name].rate if name in row.measures else None

    def rank(name: str) -> Callable[[CoverageRow], Any]:
        return lambda row: row.measures[name].rank if name in row.measures else None

    columns = [Column("name", "单位", "name", link=lambda row: _of_units(drill)(row.unit_id), sort="code")]
    for name, label, key, hint in SHOWN_RATES:
        columns.append(
            Column(
                name,
                label,
                "percent",
                value=rate(name),
                sort=name if is_ranked else None,
                link=down(key),
                hint=hint,
            )
        )
        if is_ranked and name in RANKED:
            columns.append(
                Column(f"{name}_rank", "位次", "number", value=rank(name), hint=f"{label}位次，同率同位")
            )
    columns += [
        Column("units_established", "已建/应建", value=_established),
        Column(
            "blank_spots",
            "空白点",
            "number",
            value=count("blank_spots"),
            sort="blank_spots" if is_ranked else None,
            link=lambda row: down("blank_spots")(row) if row.number("blank_spots") else None,
        ),
        Column(
            "key_people_total",
            "“三长”",
            "number",
            value=count("key_people_total"),
            sort="key_people_total" if is_ranked else None,
            link=down("key_people_total"),
            hint="在任“三长”人数",
        ),
    ]
    return columns


def _established(row: CoverageRow) -> str | None:
    expected, established = row.number("units_expected"), row.number("units_established")
    return f"{formats.number(established)}/{formats.number(expected)}" if expected else None


SHOWN_RATES = [
    ("established", "组织覆盖", "coverage_rate", "已建 ÷ 应建，县、乡镇、村合计"),
    ("townships_established", "乡镇组织", "coverage_rate_township", "已建乡镇（街道）科协 ÷ 应建"),
    ("counties_covered", "县级吸纳", "county_coverage_rate", "已吸纳“三长”的县 ÷ 应建县"),
    ("townships_covered", "乡镇吸纳", "township_coverage_rate", "已吸纳“三长”的乡镇（街道） ÷ 应建"),
    ("six_haves", "“六有”达标", "six_haves_units", "六项齐备的乡镇（街道）科协 ÷ 应建"),
]
RANKED = {"established", "townships_covered"}


def township_columns(drill: Address, people: Address) -> list[Column]:
    """Townships of one county: what stands and what is missing, in code order."""

    def count(key: str) -> Callable[[CoverageRow], Any]:
        return lambda row: row.number(key)

    def stands(row: CoverageRow) -> Pill:
        if not row.number("units_expected_township"):
            return "不计应建", "neutral", "dash-circle"
        if row.number("blank_spots_township"):
            return "空白点", "danger", "x-octagon"
        return "已建", "success", "check-circle-fill"

    return [
        Column("name", "乡镇（街道）", "name", link=lambda row: _of_units(drill)(row.unit_id)),
        Column("stands", "科协", "pill", value=stands),
        Column(
            "six_haves", "“六有”达标", value=lambda row: "达标" if row.number("six_haves_units") else "未达标"
        ),
        Column(
            "key_people_total",
            "在任“三长”",
            "number",
            value=count("key_people_total"),
            link=lambda row: _of_units(people)(row.unit_id),
        ),
        Column("key_people_health", "卫生", "number", value=count("key_people_health")),
        Column("key_people_education", "教育", "number", value=count("key_people_education")),
        Column("key_people_agriculture", "农林", "number", value=count("key_people_agriculture")),
        Column("units_expected_village", "应建村级", "number", value=count("units_expected_village")),
        Column("units_established_village", "已建村级", "number", value=count("units_established_village")),
    ]


SPOT_STATES = {
    EstablishmentState.PREPARING: ("warning", "hourglass-split"),
    EstablishmentState.ABSENT: ("danger", "x-octagon"),
}


def spot_columns(page: Address) -> list[Column]:
    """Blank spots by name, with reason, plan and who is responsible."""
    return [
        Column("name", "单位", "name", link=lambda spot: page(spot.unit_id)),
        Column("level", "层级", value=_spot_level),
        Column("state", "建立情况", "pill", value=lambda spot: (spot.state.label, *SPOT_STATES[spot.state])),
        Column("reason", "未建原因"),
        Column("planned_on", "计划建成", value=_plan),
        Column("responsible", "责任人"),
    ]


def _spot_level(spot: BlankSpot) -> str:
    return "功能区" if spot.kind == UnitKind.ZONE else str(Level(spot.level).label)


def _plan(spot: BlankSpot) -> str | None:
    if spot.planned_on is None:
        return None
    words = formats.day(spot.planned_on)
    return f"{words}（已过）" if spot.planned_on < clock.today() else words


def source_columns(drill: Address, report: Address, *, is_money: bool, whole: Decimal | None) -> list[Column]:
    """The parts of one total."""

    def share(part: Contribution) -> Decimal | None:
        return part.value / whole if whole and part.value is not None else None

    def leads_to(part: Contribution) -> str | None:
        is_last = part.level >= Level.TOWNSHIP and part.reports == 1
        return None if part.is_own or part.is_group or is_last else drill(part.unit_id)

    def name(part: Contribution) -> str:
        if part.is_merged:
            return f"{part.unit_name}（已并入）"
        return f"{part.unit_name}（本级）" if part.is_own else part.unit_name

    def state(part: Contribution) -> Pill | None:
        return (part.state.label, *STATE_TONES[part.state]) if part.state else None

    return [
        Column(
            "unit_name",
            "来源",
            "name",
            value=name,
            link=leads_to,
        ),
        Column("value", "数值", "money" if is_money else "number"),
        Column("share", "占比", "percent", value=share),
        Column(
            "reporters",
            "计入份数",
            value=lambda part: f"{part.reporters}/{part.reports}",
            hint="计入汇总的报表 ÷ 应有的报表",
        ),
        Column("state", "本级报表", "pill", value=state),
        Column(
            "report",
            "报表",
            value=lambda part: "查看" if part.report_id else None,
            link=lambda part: report(part.report_id) if part.report_id else None,
        ),
    ]
