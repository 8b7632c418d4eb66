"""口径调整 as breaks of a series: values on both sides of one are not compared, and a chart shows the gap."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from reporting.models import DefinitionChange

Breaks = Mapping[str, Sequence[dt.date]]


def breaks_of(keys: Collection[str] | None = None) -> dict[str, list[dt.date]]:
    """The first periods of new definitions by indicator key, oldest first; of all indicators or of ``keys``."""
    changes = DefinitionChange.objects.order_by("period")
    if keys is not None:
        changes = changes.filter(indicator__key__in=list(keys))
    found: dict[str, list[dt.date]] = {}
    for key, period in changes.values_list("indicator__key", "period"):
        found.setdefault(key, []).append(period)
    return found


def is_broken(breaks: Breaks, key: str, earlier: dt.date | None, later: dt.date) -> bool:
    """Whether the definition changed after ``earlier`` and no later than ``later``."""
    return earlier is not None and any(earlier < period <= later for period in breaks.get(key, ()))


def break_words(breaks: Breaks, key: str, until: dt.date) -> str:
    """自2026年11月起口径调整, of the last change that counts; nothing where there is none."""
    past = [period for period in breaks.get(key, ()) if period <= until]
    return f"自{past[-1].year}年{past[-1].month}月起口径调整，与以前不可比" if past else ""


def broken_series(
    name: str, periods: Sequence[dt.date], values: Sequence[Any], changes: Sequence[dt.date]
) -> list[dict[str, Any]]:
    """One series for the chart of each stretch with one definition, older ones dashed and named so."""
    edges = [period for period in changes if periods and periods[0] < period <= periods[-1]]
    bounds = [dt.date.min, *edges, dt.date.max]
    series = []
    for number, (first, end) in enumerate(itertools.pairwise(bounds)):
        data = [
            value if first <= period < end else None for period, value in zip(periods, values, strict=True)
        ]
        is_last = number == len(edges)
        label = name if is_last else f"{name}（{end.year}年{end.month}月前口径）"
        series.append({"name": label, "data": data, **({} if is_last else {"dashed": True})})
    return series
