"""Long lists behind the papers: every report, every blank spot, every figure; streamed row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.xlsx import SheetColumn, write_rows
from files.registry import Built, Progress
from orgs.choices import Level
from orgs.models import OrgUnit, UnitEdition
from reporting.choices import ReportState, ValueKind
from reporting.models import Cycle, Figure, Report
from reporting.models.report import ReportQuerySet
from reporting.papers.asking import day_asked, lens_asked, tree_words
from reporting.papers.edition import Edition, edition_of
from reporting.rollup import reports_within
from reporting.rollup.statements import VERSION_COLUMN
from reporting.selectors.spots import SpotQuery, moment_of, spots_of
from reporting.selectors.stays import REVIEWING, Stay, stays_of_many

Rows = Iterator[tuple[Any, ...]]
Params = dict[str, Any]
CHUNK = 2000
#: The columns that say where a row belongs.
PLACE = [
    SheetColumn("行政区划代码", width=15),
    SheetColumn("单位", width=34),
    SheetColumn("层级", width=9),
    SheetColumn("市", width=12),
    SheetColumn("县（市、区）", width=18),
]


@dataclass(frozen=True, slots=True)
class DetailList:
    """``rows`` yields the values in the order of ``columns``; ``count`` says how many there will be."""

    kind: str
    title: str
    columns: list[SheetColumn]
    rows: Callable[[Edition, Params], Rows]
    count: Callable[[Edition, Params], int] = lambda edition, params: 0


def write_list(
    detail: DetailList,
    cycle: Cycle,
    unit: OrgUnit,
    path: str,
    *,
    params: Params,
    made_by: str,
    progress: Progress,
) -> Built:
    """Write one list of ``unit`` in ``cycle``, narrowed as the page was where the list can be."""
    edition = edition_of(cycle, unit)
    total = detail.count(edition, params)
    tree = tree_words(params)
    written = write_rows(
        path,
        detail.columns,
        detail.rows(edition, params),
        sheet=detail.title,
        title=f"{unit.display_name}{cycle.label}{detail.title}",
        note="　　".join(part for part in (edition.basis_line, tree, f"制表：{made_by}") if part),
        total=total,
        progress=progress,
    )
    record = edition.record("—") | {"行数": written}
    return Built(edition.file_name(detail.title, "xlsx"), record)


def _reports(edition: Edition, params: Params) -> ReportQuerySet:
    """The reports that the page's numbers are made of: those of the unit's subtree in the tree asked for."""
    reports = Report.objects.filter(cycle=edition.cycle)
    lens = lens_asked(params)
    if lens.is_then:
        return reports.within(edition.unit)
    return reports.filter(pk__in=reports_within(edition.cycle, edition.unit, lens))


def _report_rows(edition: Edition, params: Params) -> Rows:
    listed = _reports(edition, params)
    reports = listed.select_related("cycle", "city", "county", "unit", "custodian", "reviewer")
    stays = stays_of_many(listed, reports, edition.made_at)
    for report in reports.order_by("unit__division_code").iterator(chunk_size=CHUNK):
        yield (
            report.unit.division_code,
            report.unit_name,
            Level(report.level).label,
            report.city.name if report.city else "",
            report.county.name if report.county else "",
            report.get_entry_mode_display(),
            report.deadline,
            report.first_submitted_at,
            report.timeliness(edition.made_at).label,
            ReportState(report.state).label,
            "是" if report.is_nil else "",
            report.returns,
            report.accepted_at,
            *_lain(stays[report.pk]),
        )


def _lain(stays: list[Stay]) -> list[float | None]:
    """Days at the desk that types (with its leader), days at the reviewing desk, days overdue."""
    day, nothing = dt.timedelta(days=1), dt.timedelta(0)
    spans = (
        sum((stay.time for stay in stays if stay.work != REVIEWING), nothing),
        sum((stay.time for stay in stays if stay.work == REVIEWING), nothing),
        sum((stay.overdue for stay in stays), nothing),
    )
    return [round(span / day, 1) if span else None for span in spans]


COMPLETENESS = DetailList(
    kind="reporting.completeness",
    title="月报报送明细",
    columns=[
        *PLACE,
        SheetColumn("填报方式", width=10),
        SheetColumn("截止时间", "moment", 18),
        SheetColumn("首次上报时间", "moment", 18),
        SheetColumn("及时性", width=9),
        SheetColumn("状态", width=9),
        SheetColumn("零报告", width=8),
        SheetColumn("退回次数", "number", 9),
        SheetColumn("通过时间", "moment", 18),
        SheetColumn("填报停留（天）", "days", 12),
        SheetColumn("审核停留（天）", "days", 12),
        SheetColumn("其中逾期（天）", "days", 12),
    ],
    rows=_report_rows,
    count=lambda edition, params: _reports(edition, params).count(),
)


def _blank_rows(edition: Edition, params: Params) -> Rows:
    query = SpotQuery.of(params)
    at = moment_of(edition.cycle, query, day_asked(params))
    parts = OrgUnit.objects.filter(parent=edition.unit)
    spots = spots_of(edition.unit, at, query, parts)
    places = {
        unit_id: (city or "", county or "", township or "")
        for unit_id, city, county, township in UnitEdition.objects.on(at.day)
        .filter(unit__in=[spot.unit_id for spot in spots])
        .values_list("unit_id", "city__name", "county__name", "township__name")
    }
    for spot in spots:
        yield (
            spot.division_code,
            spot.name,
            spot.level.label,
            *places.get(spot.unit_id, ("", "", "")),
            spot.state.label,
            spot.reason,
            spot.planned_on,
            spot.responsible,
        )


BLANK_SPOTS = DetailList(
    kind="reporting.blank_spots",
    title="空白点名单",
    columns=[
        *PLACE,
        SheetColumn("乡镇（街道）", width=18),
        SheetColumn("建立情况", width=10),
        SheetColumn("未建原因", width=36),
        SheetColumn("计划建成时间", "day", 14),
        SheetColumn("责任人", width=14),
    ],
    rows=_blank_rows,
)


def _figures(edition: Edition, params: Params) -> Any:
    """Numeric figures of the versions that count on the edition's basis."""
    column = VERSION_COLUMN[edition.basis].removesuffix("_id")
    versions = _reports(edition, params).values(column)
    return Figure.objects.filter(version__in=versions, value__isnull=False)


def _figure_rows(edition: Edition, params: Params) -> Rows:
    rows = (
        _figures(edition, params)
        .order_by("version__report__unit__division_code", "indicator_id")
        .values_list(
            "version__report__unit__division_code",
            "version__report__unit_name",
            "version__report__level",
            "version__report__city__name",
            "version__report__county__name",
            "indicator__name",
            "indicator__unit_label",
            "indicator__value_kind",
            "value",
            "version__number",
            "explanation",
        )
    )
    for code, name, level, city, county, indicator, label, kind, value, number, explanation in rows.iterator(
        chunk_size=CHUNK
    ):
        is_money = kind == ValueKind.MONEY
        yield (
            code,
            name,
            Level(level).label,
            city or "",
            county or "",
            indicator,
            label,
            None if is_money else value,
            value if is_money else None,
            f"V{number}",
            explanation,
        )


FIGURES = DetailList(
    kind="reporting.figures",
    title="填报数据明细",
    columns=[
        *PLACE,
        SheetColumn("指标", width=34),
        SheetColumn("计量单位", width=9),
        SheetColumn("数值", "number", 12),
        SheetColumn("金额", "money", 12),
        SheetColumn("版次", width=8),
        SheetColumn("说明", width=36),
    ],
    rows=_figure_rows,
    count=lambda edition, params: _figures(edition, params).count(),
)
