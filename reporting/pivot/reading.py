"""The figures a question needs, read at once: stored totals of locked cycles, sums of the open ones, stored registry facts.

A typed amount is in hundredths, so that sums are of whole numbers and exact; a registry amount is its numerator, of a
ratio with the denominator beside it. As pages do, locked cycles count on their official versions and open ones live.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any

from orgs.models import OrgUnit
from reporting.models import Cycle, Indicator
from reporting.rollup.lenses import Placement
from reporting.rollup.statements import scope_of, version_of
from reporting.rollup.totals import fetch

#: ``(numerator, denominator)``; a count has no denominator.
Amount = tuple[int, int | None]
CycleAmounts = dict[int, Amount]

STORED = """
SELECT t.indicator_id, t.unit_id, array_agg(t.cycle_id), array_agg((t.value * 100)::bigint), NULL
FROM reporting_cycletotal t
WHERE t.cycle_id = ANY(%(kept)s) AND t.unit_id = ANY(%(units)s) AND t.indicator_id = ANY(%(typed)s)
GROUP BY t.indicator_id, t.unit_id
"""
FACTS = """
SELECT f.indicator_id, f.unit_id, array_agg(f.cycle_id), array_agg(f.numerator), array_agg(f.denominator)
FROM reporting_cyclefact f
WHERE f.cycle_id = ANY(%(cycles)s) AND f.unit_id = ANY(%(units)s) AND f.indicator_id = ANY(%(registry)s)
GROUP BY f.indicator_id, f.unit_id
"""
#: The units that a report counts for: itself and those above it.
COUNTS_FOR = """CROSS JOIN LATERAL (
    SELECT DISTINCT u FROM (VALUES (r.unit_id), (r.county_id), (r.city_id), (r.province_id)) v(u)
    WHERE u = ANY(%(units)s)
) x"""
OPEN = Template("""
SELECT s.indicator_id, s.unit_id, array_agg(s.cycle_id), array_agg(s.value), NULL FROM (
    SELECT f.indicator_id, x.u AS unit_id, r.cycle_id, (sum(f.value) * 100)::bigint AS value
    FROM $reports r
    JOIN reporting_figure f ON f.version_id = $version AND f.indicator_id = ANY(%(typed)s)
    $counts_for
    WHERE r.cycle_id = ANY(%(open)s) AND f.value IS NOT NULL AND $scope
    GROUP BY f.indicator_id, x.u, r.cycle_id
) s GROUP BY s.indicator_id, s.unit_id
""")
#: States of reports that say nothing at a period's end, as they were last accepted within the period.
CARRIED = Template("""
SELECT latest.indicator_id, x.u, latest.end_cycle, (sum(latest.value) * 100)::bigint, count(*) FROM (
    SELECT DISTINCT ON (r.id, i.indicator_id)
           r.unit_id, r.county_id, r.city_id, r.province_id, r.cycle_id AS end_cycle, i.indicator_id, f.value
    FROM $reports r
    JOIN reporting_cycle c ON c.id = r.cycle_id
    JOIN reporting_formitem i ON i.version_id = c.form_version_id AND i.indicator_id = ANY(%(states)s)
         AND r.$reporter_level = ANY(i.owed_by)
    JOIN unnest(%(ends)s::bigint[], %(befores)s::bigint[], %(places)s::int[]) e(end_cycle, past_cycle, place)
         ON e.end_cycle = r.cycle_id
    JOIN reporting_report past ON past.cycle_id = e.past_cycle AND past.unit_id = r.$reporter
    JOIN reporting_figure f ON f.version_id = $past_version AND f.indicator_id = i.indicator_id AND f.value IS NOT NULL
    WHERE r.cycle_id = ANY(%(ends)s) AND $scope AND NOT EXISTS (
        SELECT 1 FROM reporting_figure n
        WHERE n.version_id = $version AND n.indicator_id = i.indicator_id AND n.value IS NOT NULL
    )
    ORDER BY r.id, i.indicator_id, e.place DESC
) latest
CROSS JOIN LATERAL (
    SELECT DISTINCT u
    FROM (VALUES (latest.unit_id), (latest.county_id), (latest.city_id), (latest.province_id)) v(u)
    WHERE u = ANY(%(units)s)
) x GROUP BY latest.indicator_id, x.u, latest.end_cycle
""")


@dataclass(slots=True)
class Reading:
    """``amounts[indicator][unit][cycle]``; ``carried[indicator][unit][last cycle of a period]`` what stale states add there, with
    how many reports they are of. ``unread`` are cycles whose registry facts were too many to count anew."""

    amounts: dict[int, dict[int, CycleAmounts]] = field(default_factory=lambda: defaultdict(dict))
    carried: dict[int, dict[int, dict[int, tuple[int, int]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    unread: set[int] = field(default_factory=set)

    def put(self, rows: Iterable[tuple]) -> None:
        for indicator, unit, cycles, above, below in rows:
            held = self.amounts[indicator].setdefault(unit, {})
            pairs = zip(above, below if below is not None else [None] * len(above), strict=True)
            held.update(zip(cycles, pairs, strict=True))


def read(
    root: OrgUnit,
    units: Sequence[int],
    indicators: Iterable[Indicator],
    cycles: Sequence[Cycle],
    carried_over: Sequence[tuple[Cycle, Sequence[Cycle]]] = (),
    *,
    placed: Placement | None = None,
    facts_of: Sequence[Cycle] | None = None,
) -> Reading:
    """Amounts of ``units`` of ``root``'s subtree in ``cycles``; ``carried_over`` are the periods, each by its last cycle and those
    before, in which states are carried. Four queries.

    Where a lens has ``placed`` the reports, typed figures are summed from them and stored totals not read; stored facts
    are those of ``facts_of`` alone.
    """
    indicators = list(indicators)
    typed = [one.pk for one in indicators if one.is_reported]
    states = [one.pk for one in indicators if one.is_reported and not one.is_flow]
    locked = [cycle.pk for cycle in cycles if cycle.is_locked]
    kept = locked if placed is None else []
    pairs = [(end.pk, past.pk, place) for end, before in carried_over for place, past in enumerate(before)]
    values: dict[str, Any] = {
        "units": list(units),
        "typed": typed,
        "registry": [one.pk for one in indicators if not one.is_reported],
        "states": states,
        "cycles": [cycle.pk for cycle in (cycles if facts_of is None else facts_of)],
        "kept": kept,
        "open": [cycle.pk for cycle in cycles if cycle.pk not in kept],
        "official_cycles": locked,
        "within": root.pk,
        "ends": [end for end, _past, _place in pairs],
        "befores": [past for _end, past, _place in pairs],
        "places": [place for _end, _past, place in pairs],
        **(placed.values if placed else {}),
    }
    reading = Reading()
    words = (placed or Placement()).words | {"scope": scope_of(root), "version": version_of("r")}
    reading.put(fetch(STORED, values) if typed and kept else ())
    reading.put(fetch(OPEN.substitute(words, counts_for=COUNTS_FOR), values) if typed else ())
    reading.put(fetch(FACTS, values) if values["registry"] else ())
    if states and pairs:
        sql = CARRIED.substitute(words, past_version=version_of("past"))
        for indicator, unit, end, amount, reports in fetch(sql, values):
            reading.carried[indicator][unit][end] = (amount, reports)
    return reading
