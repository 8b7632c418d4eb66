"""Tables of who is in: 表7报送质量, 表10问题建议, 表11未报迟报名单."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from core import clock
from core.formats import day, moment
from reporting.choices import IssueKind
from reporting.papers.figures import Figures, Part
from reporting.papers.reading import Tardy, Words
from reporting.papers.registry_tables import lines_below
from reporting.papers.tables import TYPED_SOURCE, Cell, Column, Line, PaperTable, Role, Value, ranks
from reporting.selectors.completeness import Counts

COUNTED: list[tuple[Column, Callable[[Counts], Value]]] = [
    (Column("应报", width=8, is_summed=True), lambda counts: counts.expected),
    (Column("免报", width=8, is_summed=True), lambda counts: counts.exempt),
    (Column("按时", width=8, is_summed=True), lambda counts: counts.on_time),
    (Column("迟报", width=8, is_summed=True), lambda counts: counts.late),
    (Column("未报", width=8, is_summed=True), lambda counts: counts.missing),
    (Column("零报告", width=8, is_summed=True), lambda counts: counts.nil),
    (Column("退回", width=8, is_summed=True), lambda counts: counts.reviewed - counts.first_pass),
    (Column("一次通过率", "percent", width=11), lambda counts: counts.first_pass_rate),
    (Column("按时率", "percent", width=10), lambda counts: counts.on_time_rate),
]


def quality(figures: Figures) -> PaperTable:
    """表7. Ranks are by the rate of reports on time, zones apart."""
    columns = [
        Column("序号", "index", width=6),
        Column(figures.child_label, "text", width=18),
        *(column for column, _value in COUNTED),
        Column("位次", "rank", width=8),
    ]
    places = _places(figures.parts)
    lines = [_line(figures.whole.name, "whole", "", figures.whole.charged, None)]
    if figures.whole.quality and figures.edition.unit.level > 1:
        lines.append(_line(figures.own.name, "own", "", figures.whole.quality.cities, None))
    lines += lines_below(
        figures,
        len(columns),
        lambda part, number: _line(part.name, part.role, number, part.charged, places.get(part.unit_id)),
    )
    notes = [
        "统计市、县（市、区）和功能区三类单位的月报（份）；乡镇（街道）不计迟报、不排位。",
        "按时率＝按时÷应报；一次通过率＝未经退回即通过÷已审核；退回为曾被退回的份数；位次按按时率排列，试点和功能区分别排位。",
    ]
    if pending := figures.whole.charged.pending:
        notes.append(f"应报数中有{pending}份尚未到截止时间，未计入按时、迟报、未报。")
    return PaperTable(
        name="表7报送质量",
        title=f"各{figures.child_label}月报报送质量",
        columns=columns,
        lines=lines,
        notes=notes,
        source="各单位月报的上报、审核记录",
    )


def _places(parts: list[Part]) -> dict[int, int | None]:
    places: dict[int, int | None] = {}
    for role in ("part", "pilot", "zone"):
        alike = [part for part in parts if part.role == role]
        places |= dict(
            zip(
                [part.unit_id for part in alike],
                ranks(part.charged.on_time_rate for part in alike),
                strict=True,
            )
        )
    return places


def _line(name: str, role: Role, number: int | str, counts: Counts, place: int | None) -> Line:
    values = [Cell(value_of(counts)) for _column, value_of in COUNTED]
    return Line(role, (Cell(number, "index"), Cell(name, "text"), *values, Cell(place, "rank")))


def words(figures: Figures, found: list[Words], answers: Mapping[int, str]) -> PaperTable:
    """表10; ``answers`` say by report what became of what it raised."""
    return PaperTable(
        name="表10问题建议",
        title="各地反映的问题和意见建议",
        columns=[
            Column("序号", "index", width=6),
            Column("市", "text", width=14),
            Column("单位", "text", width=18),
            Column("存在的问题", "long", width=56),
            Column("意见建议", "long", width=56),
            Column("答复情况", "long", width=44),
        ],
        lines=[
            Line(
                "part",
                (
                    Cell(number),
                    Cell(one.city_name or one.unit_name, "text"),
                    Cell(one.unit_name, "text"),
                    Cell(one.texts.get(IssueKind.PROBLEM, ""), "long"),
                    Cell(one.texts.get(IssueKind.SUGGESTION, ""), "long"),
                    Cell(answers.get(one.report_id, ""), "long"),
                ),
            )
            for number, one in enumerate(found, start=1)
        ],
        notes=["按已审核通过的月报原文汇集，没有填写的单位不列；答复情况为制表时的情况。"],
        source=TYPED_SOURCE,
        label_columns=3,
    )


def tardy(figures: Figures, found: list[Tardy]) -> PaperTable:
    """表11."""
    return PaperTable(
        name="表11未报迟报名单",
        title="未报、迟报单位名单",
        columns=[
            Column("序号", "index", width=6),
            Column("市", "text", width=14),
            Column("单位", "text", width=24),
            Column("层级", "text", width=10),
            Column("情况", "text", width=10),
            Column("截止时间", "text", width=20),
            Column("首次上报时间", "moment", width=20),
            Column("超期（天）", "number", width=11),
            Column("缓报", "text", width=8),
        ],
        lines=[
            Line(
                "part",
                (
                    Cell(number),
                    Cell(one.city_name or one.name, "text"),
                    Cell(one.name, "text"),
                    Cell(str(one.level.label), "text"),
                    Cell(str(one.timeliness.label), "text"),
                    Cell(deadline_words(one.deadline), "text"),
                    Cell(one.submitted_at, "moment"),
                    Cell(one.days),
                    Cell("已批准" if one.is_deferred else "", "text"),
                ),
            )
            for number, one in enumerate(found, start=1)
        ],
        notes=["超期不足 1 天的按 1 天计。乡镇（街道）不列。"],
        source="各单位月报的上报、审核记录",
        label_columns=3,
    )


def deadline_words(instant: dt.datetime) -> str:
    """A half-open deadline as people say it: the midnight that ends a day is its 24时."""
    last = instant - dt.timedelta(microseconds=1)
    is_midnight = clock.local_day(last) != clock.local_day(instant)
    return f"{day(last)}24时" if is_midnight else moment(instant)
