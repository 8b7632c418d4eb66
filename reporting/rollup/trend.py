"""Months side by side: typed and registry figures of one unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from string import Template

from orgs.models import OrgUnit
from reporting.models import Cycle, CycleFact, CycleTotal
from reporting.rollup.basis import Basis, basis_for
from reporting.rollup.statements import scope_of
from reporting.rollup.totals import fetch
from reporting.selectors.facts import Fact

OPEN_MONTHS = Template("""
SELECT r.cycle_id, i.key, sum(f.value) FROM reporting_report r
JOIN reporting_figure f ON f.version_id = r.live_version_id
JOIN reporting_indicator i ON i.id = f.indicator_id AND i.space = 'sum' AND i.key = ANY(%(keys)s)
WHERE r.cycle_id = ANY(%(cycles)s) AND f.value IS NOT NULL AND $scope GROUP BY r.cycle_id, i.key
""")


@dataclass(slots=True)
class Trend:
    """``series[key][n]`` belongs to ``periods[n]``; ``None`` where nothing was reported or computed."""

    periods: list[dt.date]
    bases: list[Basis]
    series: dict[str, list[Decimal | None]] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        return [f"{period.year}年{period.month}月" for period in self.periods]


def trend(unit: OrgUnit, keys: Sequence[str], until: Cycle, months: int = 12) -> Trend:
    """The last ``months`` cycles up to ``until``, oldest first: each month's total, ratios as unrounded percentages."""
    cycles = list(
        Cycle.objects.filter(collection=until.collection_id, period__lte=until.period).order_by("-period")[
            :months
        ]
    )[::-1]
    values = {(pk, key): value for pk, key, value in _typed(unit, keys, cycles)}
    values |= {(pk, key): value for pk, key, value in _registry(unit, keys, cycles)}
    return Trend(
        periods=[cycle.period for cycle in cycles],
        bases=[basis_for(cycle) for cycle in cycles],
        series={key: [values.get((cycle.pk, key)) for cycle in cycles] for key in keys},
    )


def _typed(unit: OrgUnit, keys: Sequence[str], cycles: list[Cycle]) -> list[tuple]:
    stored = CycleTotal.objects.filter(
        cycle__in=[cycle.pk for cycle in cycles if cycle.is_locked], unit=unit, indicator__key__in=keys
    ).values_list("cycle_id", "indicator__key", "value")
    open_cycles = [cycle.pk for cycle in cycles if not cycle.is_locked]
    summed = fetch(
        OPEN_MONTHS.substitute(scope=scope_of(unit)),
        {"keys": list(keys), "cycles": open_cycles, "within": unit.pk},
    )
    return [*stored, *summed]


def _registry(unit: OrgUnit, keys: Sequence[str], cycles: list[Cycle]) -> list[tuple]:
    facts = CycleFact.objects.filter(
        cycle__in=[cycle.pk for cycle in cycles], unit=unit, indicator__key__in=keys
    ).values_list("cycle_id", "indicator__key", "numerator", "denominator")
    return [(pk, key, Fact(numerator, denominator).value) for pk, key, numerator, denominator in facts]
