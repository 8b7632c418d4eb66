"""Earlier values of reports: what stands beside the cell, and what the rules compare with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from reporting.models import Cycle, Figure, Report
from reporting.rules import HISTORY_CYCLES
from reporting.selectors.breaks import breaks_of, is_broken


@dataclass(slots=True)
class History:
    """Accepted values of one unit before a cycle, by indicator key, newest first; and of the same month last year.

    ``last_recorded`` is the ledgers' part of last month's figures.
    """

    past: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    last_month: dict[str, Decimal] = field(default_factory=dict)
    last_year: dict[str, Decimal] = field(default_factory=dict)
    last_recorded: dict[str, Decimal] = field(default_factory=dict)
    last_texts: dict[str, str] = field(default_factory=dict)


def histories(cycle: Cycle, unit_ids: Iterable[int]) -> dict[int, History]:
    """The history of each unit before ``cycle``, as far back as a figure means the same: six cycles back and the same month of last year, in two queries."""
    ids = set(unit_ids)
    found: dict[int, History] = {unit_id: History() for unit_id in ids}
    earlier = list(
        Cycle.objects.filter(collection=cycle.collection_id, period__lt=cycle.period)
        .order_by("-period")
        .values_list("pk", "period")[:13]
    )
    last_month, last_year = cycle.previous_period, cycle.year_ago_period
    recent = {pk for pk, _period in earlier[:HISTORY_CYCLES]}
    wanted = {pk: period for pk, period in earlier if pk in recent or period == last_year}
    rows = (
        Figure.objects.filter(version__live_of__cycle__in=wanted, version__live_of__unit__in=ids)
        .order_by("-version__live_of__cycle__period")
        .values_list(
            *("version__live_of__unit_id", "version__live_of__cycle_id"),
            *("indicator__key", "value", "recorded", "text"),
        )
    )
    breaks = breaks_of()
    for unit_id, cycle_id, key, value, recorded, text in rows:
        history = found[unit_id]
        period = wanted[cycle_id]
        if is_broken(breaks, key, period, cycle.period):
            continue
        if value is not None:
            if cycle_id in recent:
                history.past[key].append(value)
            if period == last_month:
                history.last_month[key] = value
                history.last_recorded[key] = recorded
            elif period == last_year:
                history.last_year[key] = value
        elif text and period == last_month:
            history.last_texts[key] = text
    return found


def history_of(report: Report) -> History:
    return histories(report.cycle, [report.unit_id])[report.unit_id]
