"""Columns of 报送质量 period by period, and of its table as a sheet."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from core.tables import Column
from core.xlsx import SheetColumn
from reporting.models import Cycle
from reporting.selectors.completeness import Counts
from reporting.selectors.counted import NOT_CHARGED
from reporting.selectors.quality import PeriodLine
from reporting.tables.boards import COUNTED


def counted_for(*, is_township: bool) -> list[tuple[str, str]]:
    """What is counted of a tier: a township is never charged with lateness."""
    return [(name, label) for name, label in COUNTED if not (is_township and name in NOT_CHARGED)]


def rates_for(*, is_township: bool) -> list[tuple[str, str]]:
    if is_township:
        return [("submitted_rate", "上报率")]
    return [("submitted_rate", "上报率"), ("on_time_rate", "按时率"), ("first_pass_rate", "一次通过率")]


def period_columns(link: Callable[[Cycle], str], *, is_township: bool) -> list[Column]:
    """One line a cycle; each leads to that cycle alone."""

    def count(name: str) -> Callable[[PeriodLine], Any]:
        return lambda line: getattr(line.counts, name)

    return [
        Column(
            "cycle", "统计期", "name", value=lambda line: line.cycle.label, link=lambda line: link(line.cycle)
        ),
        *(
            Column(name, label, "number", value=count(name))
            for name, label in counted_for(is_township=is_township)
        ),
        *(
            Column(name, label, "percent", value=count(name))
            for name, label in rates_for(is_township=is_township)
        ),
    ]


def sheet_columns(*, is_township: bool) -> list[SheetColumn]:
    return [
        SheetColumn("行政区划代码", width=15),
        SheetColumn("单位", width=26),
        SheetColumn("统计期", width=26),
        *(SheetColumn(label, "number", 9) for _name, label in counted_for(is_township=is_township)),
        *(SheetColumn(label, "percent", 11) for _name, label in rates_for(is_township=is_township)),
    ]


def sheet_row(code: str, name: str, label: str, counts: Counts, *, is_township: bool) -> list[Any]:
    shown = [*counted_for(is_township=is_township), *rates_for(is_township=is_township)]
    values = (getattr(counts, key) for key, _label in shown)
    return [code, name, label, *(float(one) if isinstance(one, Fraction) else one for one in values)]
