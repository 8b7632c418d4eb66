"""The totals of one cycle, for all units at once."""

from __future__ import annotations

from string import Template
from typing import Any

from django.db import connection, transaction

from orgs.models import OrgUnit
from reporting.choices import Space
from reporting.models import Cycle, CycleTotal, Indicator
from reporting.rollup.basis import Basis
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import month_elsewhere, packed_month, tall_month, units_within
from reporting.rollup.tables import TotalsTable

STORED = Template("""
SELECT t.unit_id, array_agg(t.indicator_id), array_agg(t.own), array_agg(t.value), array_agg(t.reporters), NULL, NULL
FROM reporting_cycletotal t WHERE t.cycle_id = %(cycle)s AND $scope GROUP BY t.unit_id
""")
#: One row a unit of ``(unit_id, indicator_id, own, total, reporters, own_reporters, stale)``.
PACKED = Template("""
SELECT t.unit_id, array_agg(t.indicator_id), array_agg(t.own), array_agg(t.total), array_agg(t.reporters::int),
       array_agg(t.own_reporters::int), array_agg(t.stale::int)
FROM ($totals) t $only GROUP BY t.unit_id
""")
STORE = Template("""
INSERT INTO reporting_cycletotal (cycle_id, unit_id, indicator_id, own, value, reporters)
SELECT %(cycle)s, t.unit_id, t.indicator_id, t.own, t.total, t.reporters FROM ($totals) t
JOIN reporting_indicator i ON i.id = t.indicator_id AND i.space = 'sum'
""")


def fetch(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def summed_keys() -> dict[int, str]:
    """Indicators that are summed over units, by id."""
    return dict(Indicator.objects.filter(space=Space.SUM).values_list("pk", "key"))


def cycle_totals(
    cycle: Cycle,
    *,
    basis: Basis,
    within: OrgUnit | None = None,
    alone: bool = False,
    lens: Lens = THEN,
) -> TotalsTable:
    """Every typed figure of ``cycle``, summed for ``within`` (default: all) and each unit below it, in one statement.

    ``alone`` answers for ``within`` itself only. A locked cycle's official totals are read as they were stored;
    through a ``lens`` they are summed from the same versions.
    """
    alone = alone and within is not None
    if not lens.is_then:
        return _carried(cycle, basis, within, alone, lens)
    values = {
        "cycle": cycle.pk,
        "cycles": [cycle.pk],
        "within": within.pk if within is not None else None,
    }
    if cycle.is_locked and basis == Basis.OFFICIAL:
        scope = f"t.unit_id IN ({units_within(within)})" if within is not None else "true"
        sql = STORED.substitute(scope="t.unit_id = %(within)s" if alone else scope)
    else:
        sql = packed_month(within=within, basis=basis, alone=alone)
    return TotalsTable.of(basis, summed_keys(), fetch(sql, values))


def _carried(cycle: Cycle, basis: Basis, within: OrgUnit | None, alone: bool, lens: Lens) -> TotalsTable:
    placed = placement(lens, [cycle])
    sql = PACKED.substitute(
        totals=month_elsewhere(within=within, basis=basis, placed=placed),
        only="WHERE t.unit_id = %(within)s" if alone else "",
    )
    values = {"cycle": cycle.pk, "within": within.pk if within is not None else None} | placed.values
    return TotalsTable.of(basis, summed_keys(), fetch(sql, values), groups=placed.groups)


@transaction.atomic
def store_totals(cycle: Cycle) -> int:
    """Store the official totals of ``cycle`` once more, as its official versions stand now; returns how many."""
    CycleTotal.objects.filter(cycle=cycle).delete()
    with connection.cursor() as cursor:
        cursor.execute(STORE.substitute(totals=tall_month(basis=Basis.OFFICIAL)), {"cycle": cycle.pk})
        return cursor.rowcount
