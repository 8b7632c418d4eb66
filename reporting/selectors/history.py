"""Earlier values of reports: what stands beside the cell, and what the rules compare with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from reporting.models import Cycle, Report
from reporting.rules.filling import HISTORY_CYCLES
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
    """The history of each unit before ``cycle``, as far back as a figure means the same: six cycles back and the same
    month of last year, in one query and one for the breaks."""
    found: dict[int, History] = {unit_id: History() for unit_id in unit_ids}
    last_month, last_year = cycle.previous_period, cycle.year_ago_period
    with connection.cursor() as cursor:
        cursor.execute(
            _ACCEPTED,
            {
                "collection": cycle.collection_id,
                "period": cycle.period,
                "last_year": last_year,
                "recent": HISTORY_CYCLES,
                "units": list(found),
            },
        )
        rows = cursor.fetchall()
    breaks = breaks_of() if rows else {}
    for unit_id, period, is_recent, key, value, recorded, text in rows:
        history = found[unit_id]
        if is_broken(breaks, key, period, cycle.period):
            continue
        if value is not None:
            if is_recent:
                history.past[key].append(value)
            if period == last_month:
                history.last_month[key] = value
                history.last_recorded[key] = recorded
            elif period == last_year:
                history.last_year[key] = value
        elif text and period == last_month:
            history.last_texts[key] = text
    return found


#: Figures that count of the cycles before one, newest first. Written out, as each submission asks it.
_ACCEPTED = """
WITH earlier AS (
    SELECT id, period, row_number() OVER (ORDER BY period DESC) AS place
    FROM reporting_cycle WHERE collection_id = %(collection)s AND period < %(period)s
    ORDER BY period DESC LIMIT 13
)
SELECT report.unit_id, earlier.period, earlier.place <= %(recent)s, indicator.key,
       figure.value, figure.recorded, figure.text
FROM earlier
JOIN reporting_report AS report ON report.cycle_id = earlier.id AND report.unit_id = ANY(%(units)s)
JOIN reporting_figure AS figure ON figure.version_id = report.live_version_id
JOIN reporting_indicator AS indicator ON indicator.id = figure.indicator_id
WHERE earlier.place <= %(recent)s OR earlier.period = %(last_year)s
ORDER BY earlier.period DESC
"""


def history_of(report: Report) -> History:
    return histories(report.cycle, [report.unit_id])[report.unit_id]
