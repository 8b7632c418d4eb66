"""The year so far: flows added up, states as last accepted."""

from __future__ import annotations

from string import Template

from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup.basis import Basis, basis_for
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import cascade, flows_of_year, states, units_within
from reporting.rollup.tables import TotalsTable
from reporting.rollup.totals import PACKED, fetch, summed_keys

#: Stored totals of locked cycles and sums of the open ones, added up by unit.
YEAR = Template("""
SELECT unit_id, indicator_id, sum(own) AS own, sum(total) AS total, sum(reporters) AS reporters,
       sum(own_reporters) AS own_reporters, sum(stale) AS stale
FROM (
    SELECT t.unit_id, t.indicator_id, t.own, t.value AS total, t.reporters, (t.own IS NOT NULL)::int AS own_reporters,
           0 AS stale
    FROM reporting_cycletotal t JOIN reporting_indicator i ON i.id = t.indicator_id AND i.time = 'sum'
    WHERE t.cycle_id = ANY(%(stored)s) AND $scope
    UNION ALL
    SELECT * FROM ($open) open
) parts GROUP BY unit_id, indicator_id
""")


def year_to_date(
    cycle: Cycle,
    *,
    basis: Basis,
    within: OrgUnit | None = None,
    alone: bool = False,
    lens: Lens = THEN,
) -> TotalsTable:
    """From the year's first cycle up to ``cycle``: flows summed, states as each unit's last accepted value.

    ``cycle`` itself counts on ``basis``, each earlier one on its own: official once locked, live before. A unit's
    state that is not from ``cycle`` is counted in ``stale``. Units are as they were in each cycle, or where ``lens``
    places what they reported. ``alone`` answers for ``within`` itself only, in a fraction of the time.
    """
    alone = alone and within is not None
    year = list(Cycle.objects.of_year_until(cycle))
    bases = {past.pk: basis if past.pk == cycle.pk else basis_for(past) for past in year}
    placed = placement(lens, year)
    is_kept = lens.is_then
    stored = [past.pk for past in year if is_kept and past.is_locked and bases[past.pk] == Basis.OFFICIAL]
    values = {
        "cycle": cycle.pk,
        "year": list(bases),
        "stored": stored,
        "cycles": [pk for pk in bases if pk not in stored],
        "official_cycles": [pk for pk, chosen in bases.items() if chosen == Basis.OFFICIAL],
        "within": within.pk if within is not None else None,
        **placed.values,
    }
    scope = "true"
    if alone:
        scope = "t.unit_id = %(within)s"
    elif within is not None and stored:
        scope = f"t.unit_id IN ({units_within(within)})".replace("%(cycles)s", "%(year)s")
    flows = YEAR.substitute(
        scope=scope, open=cascade(flows_of_year(within=within, placed=placed), within=within)
    )
    latest = cascade(states(within=within, placed=placed), within=within)
    only = "WHERE t.unit_id = %(within)s" if alone else ""
    packed = [PACKED.substitute(totals=totals, only=only) for totals in (flows, latest)]
    rows = [row for sql in packed for row in fetch(sql, values)]
    return TotalsTable.of(basis, summed_keys(), rows, groups=placed.groups)
