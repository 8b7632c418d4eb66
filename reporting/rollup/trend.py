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
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import scope_of, version_of
from reporting.rollup.totals import fetch
from reporting.selectors.carried import carried_months
from reporting.selectors.facts import Fact
from reporting.selectors.registry import COMPUTED

SUMMED_MONTHS = Template("""
SELECT r.cycle_id, i.key, sum(f.value) FROM $reports r
JOIN reporting_figure f ON f.version_id = $version
JOIN reporting_indicator i ON i.id = f.indicator_id AND i.space = 'sum' AND i.key = ANY(%(keys)s)
WHERE r.cycle_id = ANY(%(cycles)s) AND f.value IS NOT NULL AND $scope GROUP BY r.cycle_id, i.key
""")


@dataclass(slots=True)
class Trend:
    """``series[key][n]`` belongs to ``periods[n]``; ``None`` where nothing was reported or computed."""

    periods: list[dt.date]
    labels: list[str]
    bases: list[Basis]
    series: dict[str, list[Decimal | None]] = field(default_factory=dict)


def trend(unit: OrgUnit, keys: Sequence[str], until: Cycle, months: int = 12, *, lens: Lens = THEN) -> Trend:
    """The last ``months`` cycles up to ``until``, oldest first: each month's total, ratios as unrounded percentages.

    Through a ``lens`` typed figures are summed and registry figures computed anew for what ``unit`` has come to.
    """
    cycles = list(
        Cycle.objects.filter(collection=until.collection_id, period__lte=until.period).order_by("-period")[
            :months
        ]
    )[::-1]
    values = {(pk, key): value for pk, key, value in _typed(unit, keys, cycles, lens)}
    values |= {(pk, key): value for pk, key, value in _registry(unit, keys, cycles, lens)}
    return Trend(
        periods=[cycle.period for cycle in cycles],
        labels=[cycle.label for cycle in cycles],
        bases=[basis_for(cycle) for cycle in cycles],
        series={key: [values.get((cycle.pk, key)) for cycle in cycles] for key in keys},
    )


def _typed(unit: OrgUnit, keys: Sequence[str], cycles: list[Cycle], lens: Lens) -> list[tuple]:
    kept = [cycle.pk for cycle in cycles if lens.is_then and cycle.is_locked]
    stored = CycleTotal.objects.filter(cycle__in=kept, unit=unit, indicator__key__in=keys).values_list(
        "cycle_id", "indicator__key", "value"
    )
    placed = placement(lens, cycles)
    summed = fetch(
        SUMMED_MONTHS.substitute(placed.words, version=version_of("r"), scope=scope_of(unit)),
        {
            "keys": list(keys),
            "cycles": [cycle.pk for cycle in cycles if cycle.pk not in kept],
            "official_cycles": [cycle.pk for cycle in cycles if basis_for(cycle) == Basis.OFFICIAL],
            "within": unit.pk,
            **placed.values,
        },
    )
    return [*stored, *summed]


def _registry(unit: OrgUnit, keys: Sequence[str], cycles: list[Cycle], lens: Lens) -> list[tuple]:
    wanted = [key for key in keys if key in COMPUTED]
    if lens.day is not None:
        months = carried_months(cycles, unit, lens.day) if wanted else {}
        return [
            (pk, key, fact.value)
            for pk, table in months.items()
            for key, fact in table.of(unit.pk).items()
            if key in wanted
        ]
    facts = CycleFact.objects.filter(
        cycle__in=[cycle.pk for cycle in cycles], unit=unit, indicator__key__in=wanted
    ).values_list("cycle_id", "indicator__key", "numerator", "denominator")
    return [(pk, key, Fact(numerator, denominator).value) for pk, key, numerator, denominator in facts]
