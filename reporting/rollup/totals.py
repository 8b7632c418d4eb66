"""The totals of one cycle, for all units at once."""

from __future__ import annotations

from string import Template
from typing import Any

from django.db import connection, transaction

from orgs.models import OrgUnit
from reporting.models import Cycle, CycleTotal
from reporting.rollup.basis import Basis
from reporting.rollup.statements import cascade, of_cycle, units_within
from reporting.rollup.tables import TotalsTable

KEYED = Template(
    "SELECT t.unit_id, i.key, t.own, t.total, t.reporters, t.own_reporters, t.stale"
    " FROM ($totals) t JOIN reporting_indicator i ON i.id = t.indicator_id AND i.space = 'sum'"
)
STORED = Template(
    "SELECT t.unit_id, i.key, t.own, t.value, t.reporters, (t.own IS NOT NULL)::int, 0"
    " FROM reporting_cycletotal t JOIN reporting_indicator i ON i.id = t.indicator_id"
    " WHERE t.cycle_id = ANY(%(cycles)s) AND $scope"
)
STORE = Template(
    "INSERT INTO reporting_cycletotal (cycle_id, unit_id, indicator_id, own, value, reporters)"
    " SELECT %(cycle)s, t.unit_id, t.indicator_id, t.own, t.total, t.reporters FROM ($totals) t"
    " JOIN reporting_indicator i ON i.id = t.indicator_id AND i.space = 'sum'"
)


def fetch(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def keyed(totals: str, *, alone: bool) -> str:
    """The rows of ``totals`` with the keys of their indicators; ``alone`` those of ``%(within)s`` only."""
    sql = KEYED.substitute(totals=totals)
    return f"{sql} WHERE t.unit_id = %(within)s" if alone else sql


def cycle_totals(
    cycle: Cycle, *, basis: Basis, within: OrgUnit | None = None, alone: bool = False
) -> TotalsTable:
    """Every typed figure of ``cycle``, summed for ``within`` (default: all) and each unit below it, in one query.

    ``alone`` answers for ``within`` itself only. A locked cycle's official totals are read as they were stored.
    """
    alone = alone and within is not None
    values = {
        "cycles": [cycle.pk],
        "within": within.pk if within is not None else None,
    }
    if cycle.is_locked and basis == Basis.OFFICIAL:
        scope = f"t.unit_id IN ({units_within(within)})" if within is not None else "true"
        scope = "t.unit_id = %(within)s" if alone else scope
        return TotalsTable.of(basis, fetch(STORED.substitute(scope=scope), values))
    totals = cascade(of_cycle(within=within, basis=basis), within=within)
    return TotalsTable.of(basis, fetch(keyed(totals, alone=alone), values))


@transaction.atomic
def store_totals(cycle: Cycle) -> int:
    """Store the official totals of ``cycle`` once more, as its official versions stand now; returns how many."""
    CycleTotal.objects.filter(cycle=cycle).delete()
    totals = cascade(of_cycle(within=None, basis=Basis.OFFICIAL), within=None)
    with connection.cursor() as cursor:
        cursor.execute(
            STORE.substitute(totals=totals),
            {"cycle": cycle.pk, "cycles": [cycle.pk]},
        )
        return cursor.rowcount
