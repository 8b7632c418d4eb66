"""Columns of composition and coverage, for pages and workbooks alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from core import formats
from core.tables import Column
from sanzhang.choices import VERDICT_TONES, Measure, Unknown, Verdict
from sanzhang.selectors.bodies_composed import BodyRow, ChildRow
from sanzhang.selectors.composition import Composition
from sanzhang.selectors.coverage import UnitCover

Link = Callable[..., str | None]
#: Measures that a list shows at first; the others are offered.
MAIN = (Measure.CORE, Measure.PAN, Measure.FRONT_LINE, Measure.YOUNG, Measure.WOMEN)


def _no_link(*_: Any, **__: Any) -> str | None:
    return None


def _composition(row: Any) -> Composition:
    return row.composition


def _measures(people: Link) -> list[Column]:
    """Members, then each measure's share, with the number behind it, then what is unknown."""

    def of_measure(measure: Measure) -> Column:
        return Column(
            measure.value,
            str(measure.label),
            "percent",
            value=lambda row: _composition(row).share(measure),
            link=lambda row: people(row, measure) if _composition(row).count(measure) else None,
            sort=measure.value,
            is_extra=measure not in MAIN,
        )

    def of_unknown(unknown: Unknown) -> Column:
        return Column(
            unknown.value,
            str(unknown.label),
            "number",
            value=lambda row: _composition(row).count(unknown),
            link=lambda row: people(row, unknown) if _composition(row).count(unknown) else None,
            sort=unknown.value,
            is_extra=unknown != Unknown.AGE,
        )

    return [
        Column(
            "members",
            "在任人数",
            "number",
            value=lambda row: _composition(row).members,
            link=lambda row: people(row, None) if _composition(row).members else None,
            sort="members",
            is_fixed=True,
        ),
        *map(of_measure, Measure),
        *map(of_unknown, Unknown),
    ]


def child_columns(child: Link = _no_link, people: Link = _no_link, bodies: Link = _no_link) -> list[Column]:
    """The units right below, each with all bodies in its subtree."""
    return [
        Column(
            "name", "单位", "name", value=lambda row: row.unit.name, link=child, sort="code", is_fixed=True
        ),
        *_measures(people),
        Column("asked", "有要求的机构", "number", link=bodies, sort="asked"),
        Column("met", "达到要求", "number", sort="met"),
        Column("met_rate", "达到率", "percent", sort="met_rate"),
    ]


def body_columns(unit: Link = _no_link, people: Link = _no_link) -> list[Column]:
    """Body by body with the verdict."""
    return [
        Column(
            "name",
            "单位",
            "name",
            value=lambda row: row.unit.association,
            link=unit,
            sort="code",
            is_fixed=True,
        ),
        Column("kind", "领导机构", value=lambda row: row.kind.label, sort="kind"),
        *_measures(people),
        Column("verdict", "比例要求", "pill", value=verdict_pill, sort="verdict"),
        Column("checks", "未达到的要求", value=checks_in_words),
    ]


def verdict_pill(row: BodyRow) -> tuple[str, str, str]:
    """达到 / 未达到 / 资料不全 / 没有要求."""
    icons = {
        Verdict.MET: "check-circle-fill",
        Verdict.UNMET: "x-octagon",
        Verdict.OPEN: "question-circle",
    }
    found = row.verdict
    if found is None:
        return ("没有要求", "neutral", "")
    return (str(found.label), VERDICT_TONES[found], icons[found])


def checks_in_words(row: BodyRow) -> str:
    """45岁及以下不低于30%，现为20.0%；…"""
    return "；".join(
        f"{check.target.get_measure_display()}{check.target.get_bound_display()}{check.target.percent}%，"
        f"现为{formats.percent(check.share)}"
        + (f"（{check.unknown}人未填）" if check.verdict == Verdict.OPEN else "")
        for check in row.checks
        if check.verdict != Verdict.MET
    )


def cover_columns(child: Link = _no_link, people: Link = _no_link, units: Link = _no_link) -> list[Column]:
    """The units right below: how many of the expected ones have somebody."""
    return [
        Column("name", "单位", "name", value=str, link=child, sort="code", is_fixed=True),
        Column("expected", "应建单位", "number", link=lambda row: units(row, ""), sort="expected"),
        Column("covered", "已覆盖", "number", link=lambda row: units(row, "covered"), sort="covered"),
        Column(
            "blank",
            "未覆盖",
            "number",
            link=lambda row: units(row, "blank") if row.blank else None,
            sort="blank",
        ),
        Column("rate", "覆盖率", "percent", sort="rate"),
        Column("townships", "应建乡镇（街道）", "number", sort="townships", is_extra=True),
        Column(
            "three_fields",
            "三个领域齐全的乡镇（街道）",
            "number",
            link=lambda row: units(row, "three"),
            sort="three_fields",
        ),
        Column("three_fields_rate", "齐全率", "percent", sort="three_fields_rate"),
        Column("heads", "人数", "number", link=people, sort="heads", hint="一人任多职计一次"),
    ]


def kind_columns(units: Link = _no_link) -> list[Column]:
    """One position, field or occupation: in how many units."""
    return [
        Column("label", "", "name"),
        Column("covered", "有人任职的单位", "number", link=units),
        Column("rate", "占应建单位", "percent"),
    ]


def unit_columns(unit: Link = _no_link, people: Link = _no_link) -> list[Column]:
    """Unit by unit: who is there, what is missing, and what is on record about a blank spot."""
    return [
        Column("name", "单位", "name", value=str, link=unit, sort="code", is_fixed=True),
        Column("state", "覆盖情况", "pill", value=cover_pill, sort="state"),
        Column("heads", "人数", "number", link=lambda row: people(row) if row.heads else None, sort="heads"),
        Column(
            "missing", "缺少的领域", value=lambda row: "、".join(str(one.label) for one in row.missing_fields)
        ),
        Column("establishment", "科协建立情况", value=establishment_in_words),
        Column("reason", "空白点原因", value=lambda row: _said(row, "reason_words")),
        Column(
            "planned_on", "计划建成", "day", value=lambda row: _said(row, "planned_on"), sort="planned_on"
        ),
        Column("responsible", "责任人", value=lambda row: _said(row, "responsible")),
    ]


def cover_pill(row: UnitCover) -> tuple[str, str, str]:
    """已覆盖 / 未覆盖."""
    return ("已覆盖", "success", "check-circle-fill") if row.is_covered else ("未覆盖", "danger", "x-octagon")


def establishment_in_words(row: UnitCover) -> str:
    """已建 / 筹建 / 未建, as was on record that day."""
    return row.establishment.get_state_display() if row.establishment else "未建"


def _said(row: UnitCover, name: str) -> Any:
    """What is on record about a unit whose association does not stand."""
    return getattr(row.establishment, name) if row.establishment and not row.is_established else None


def sorted_rows(rows: Iterable[Any], order: str, columns: Sequence[Column]) -> list[Any]:
    """``rows`` by the column that ``order`` names (``-`` downwards), those without a value last; ties stay in code order."""
    found = list(rows)
    key = order.removeprefix("-")
    column = next((one for one in columns if one.sort == key), None)
    if column is None or key == "code":
        return found[::-1] if order == "-code" else found

    def value_of(row: Any) -> Any:
        raw = column.value(row) if column.value else getattr(row, column.key)
        return raw[0] if isinstance(raw, tuple) else raw

    known = [row for row in found if value_of(row) not in (None, "")]
    unknown = [row for row in found if value_of(row) in (None, "")]
    return sorted(known, key=value_of, reverse=order.startswith("-")) + unknown


def written(row: BodyRow | ChildRow | UnitCover | Any, columns: Sequence[Column]) -> list[Any]:
    """The cells of one row as a workbook holds them: ratios as numbers, pills in words."""
    cells = []
    for column in columns:
        raw = column.value(row) if column.value else getattr(row, column.key)
        raw = raw[0] if isinstance(raw, tuple) else raw
        cells.append(float(raw) if isinstance(raw, Fraction) else raw)
    return cells
