"""Typed sums of two months over the units that are counted in both, so that a month that is not all in can be compared."""

from __future__ import annotations

from decimal import Decimal
from string import Template

from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup import Basis, basis_for
from reporting.rollup.statements import VERSION_COLUMN, scope_of
from reporting.rollup.totals import fetch

COMPARABLE = Template("""
SELECT i.key, sum(now.value), sum(past.value)
FROM reporting_report r
JOIN reporting_report p ON p.unit_id = r.unit_id AND p.cycle_id = %(before)s
JOIN reporting_figure now ON now.version_id = r.$version AND now.value IS NOT NULL
JOIN reporting_figure past ON past.version_id = p.$version_before AND past.indicator_id = now.indicator_id
     AND past.value IS NOT NULL
JOIN reporting_indicator i ON i.id = now.indicator_id AND i.space = 'sum'
WHERE r.cycle_id = %(cycle)s AND $scope GROUP BY i.key
""")

Sums = dict[str, tuple[Decimal, Decimal]]


def cycle_before(cycle: Cycle) -> Cycle | None:
    """The cycle of the same collection before this one."""
    past = Cycle.objects.filter(collection=cycle.collection_id, period__lt=cycle.period)
    return past.order_by("-period").first()


def cycle_a_year_ago(cycle: Cycle) -> Cycle | None:
    """The cycle of the same month of last year."""
    return Cycle.objects.filter(collection=cycle.collection_id, period=cycle.year_ago_period).first()


def comparable_sums(cycle: Cycle, past: Cycle | None, unit: OrgUnit, basis: Basis) -> Sums:
    """The sums of ``cycle`` and of ``past`` over the units that are counted in both, by indicator key; empty where there
    is no such cycle."""
    if past is None:
        return {}
    sql = COMPARABLE.substitute(
        version=VERSION_COLUMN[basis],
        version_before=VERSION_COLUMN[basis_for(past)],
        scope=scope_of(unit),
    )
    rows = fetch(sql, {"cycle": cycle.pk, "before": past.pk, "within": unit.pk})
    return {key: (now, then) for key, now, then in rows}
