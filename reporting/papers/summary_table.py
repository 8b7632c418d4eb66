"""表1全省汇总: every figure of the form this month, over the year, beside last month and last year."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.windows import next_month
from reporting.choices import ValueKind
from reporting.models import Indicator
from reporting.papers.figures import Figures
from reporting.papers.tables import (
    REGISTRY_SOURCE,
    STAR,
    TYPED_SOURCE,
    Cell,
    Column,
    Kind,
    Line,
    PaperTable,
    band,
    decimal_of,
)
from reporting.selectors.paces import share_done

COLUMNS = [
    Column("指标", "text", width=40),
    Column("单位", "text", width=8),
    Column("本月", width=13),
    Column("本年累计", width=13),
    Column("上月", width=13),
    Column("环比", "change", width=14),
    Column("上年同期", width=13),
    Column("同比", "change", width=14),
    Column("目标", width=12),
    Column("完成率", "percent", width=11),
]
RATE_OF = {
    "coverage_rate": "established",
    "coverage_rate_county": "counties_established",
    "coverage_rate_township": "townships_established",
    "coverage_rate_village": "villages_established",
    "county_coverage_rate": "counties_covered",
    "township_coverage_rate": "townships_covered",
}


def summary(figures: Figures) -> PaperTable:
    """The numeric indicators by section of the form."""
    whole = figures.edition.whole
    table = PaperTable(
        name=f"表1{whole}汇总",
        title=f"{figures.edition.unit.display_name}基层科协组织力“3+1”工作主要指标汇总",
        columns=COLUMNS,
        lines=[],
        label_columns=1,
        notes=[
            "期末数指标不作累计；比率的环比、同比为百分点差。",
            "环比带“*”的，只按本月和上月均已计入的单位计算；本月数带“*”的，含沿用上期的数。",
            "目标为上级下达的本年目标；完成率＝本年累计（期末数指标为本月数）÷目标，没有下达目标的记“—”。",
        ],
        source=f"{REGISTRY_SOURCE}；{TYPED_SOURCE}",
    )
    for section, items in figures.layout.sections():
        numeric = [item.indicator for item in items if item.indicator.is_numeric]
        if numeric:
            table.lines.append(band(section.name, len(COLUMNS)))
            table.lines += [_line(figures, indicator) for indicator in numeric]
    return table


def _line(figures: Figures, indicator: Indicator) -> Line:
    kind: Kind = {ValueKind.MONEY: "money", ValueKind.RATIO: "percent"}.get(  # type: ignore[assignment]
        ValueKind(indicator.value_kind), "number"
    )
    now = _now(figures, indicator)
    before, last_year = _past(figures, indicator, 1), _past(figures, indicator, 12)
    return Line(
        "part",
        (
            Cell(indicator.name, "text"),
            Cell(indicator.unit_label, "text"),
            Cell(now.value, kind, now.mark),
            Cell(_year(figures, indicator), kind),
            Cell(before, kind),
            _against_last_month(figures, indicator, now.value, before),
            Cell(last_year, kind),
            _change(indicator, now.value, last_year),
            Cell(figures.targets.get(indicator.key), kind),
            _attained(figures, indicator, now.value),
        ),
    )


def _attained(figures: Figures, indicator: Indicator, now: Any) -> Cell:
    """The share of the target that is reached: flows by the year so far, states and ratios by this month."""
    target = decimal_of(figures.targets.get(indicator.key))
    reached = decimal_of(_year(figures, indicator) if indicator.is_flow else now)
    if target is None:
        return Cell(None, "percent")
    return Cell(share_done(indicator.key, target, reached), "percent")


def _now(figures: Figures, indicator: Indicator) -> Cell:
    key = indicator.key
    if indicator.is_reported:
        return figures.typed(figures.whole, key)
    if key in RATE_OF:
        return figures.rate(figures.whole, RATE_OF[key])
    return figures.registry(figures.whole, key)


def _year(figures: Figures, indicator: Indicator) -> Decimal | int | None:
    if not indicator.is_flow:
        return None
    if not indicator.is_reported:
        return figures.registry_year.get(indicator.key)
    return figures.year.total(figures.whole.unit_id, indicator.key)


def _past(figures: Figures, indicator: Indicator, months: int) -> Decimal | Fraction | None:
    """The value ``months`` cycles before; only where that calendar month has a cycle."""
    period = figures.edition.cycle.period
    for back, value in zip(
        figures.months.periods, figures.months.series.get(indicator.key, []), strict=False
    ):
        later = back
        for _ in range(months):
            later = next_month(later)
        if later == period:
            is_ratio = indicator.value_kind == ValueKind.RATIO
            return Fraction(value) / 100 if is_ratio and value is not None else value
    return None


def _against_last_month(figures: Figures, indicator: Indicator, now: Any, before: Any) -> Cell:
    sums = figures.comparable.get(indicator.key) if indicator.is_flow and indicator.is_reported else None
    if sums is None or sums == (now, before):
        return _change(indicator, now, before)
    changed = _change(indicator, *sums)
    return Cell(changed.value, changed.kind, STAR if changed.value is not None else "")


def _change(indicator: Indicator, now: Any, before: Any) -> Cell:
    """A ratio's difference in percentage points, a count's relative change; none against nothing or zero."""
    if now is None or before is None:
        return Cell(None, "change")
    if indicator.value_kind == ValueKind.RATIO:
        return Cell((Fraction(now) - Fraction(before)) * 100, "points")
    if not before:
        return Cell(None, "change")
    return Cell(Fraction(now) / Fraction(before) - 1, "change")
