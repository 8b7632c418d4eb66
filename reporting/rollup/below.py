"""What a desk's units add up to while it types: accepted figures, and the drafts of those that it types for.

Apart from the totals, since a draft counts in no total; it must count here, or the sums under a grid would stand still
while its cells are filled.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from string import Template

from orgs.choices import ANCESTOR_FIELD, Level
from reporting.models import Cycle, Report
from reporting.rollup.basis import Basis
from reporting.rollup.statements import VERSION_COLUMN
from reporting.rollup.totals import fetch
from reporting.selectors.layout import layout_of
from reporting.selectors.ledger import ledger_of

BELOW = Template("""
SELECT i.key, sum(v.value) FROM (
    SELECT f.indicator_id, f.value
    FROM reporting_report r JOIN reporting_figure f ON f.version_id = r.$version
    WHERE r.cycle_id = %(cycle)s AND r.${ancestor}_id = %(unit)s AND r.unit_id <> %(unit)s AND f.value IS NOT NULL
    UNION ALL
    SELECT c.indicator_id, c.value
    FROM reporting_report r JOIN reporting_cell c ON c.report_id = r.id
    WHERE r.cycle_id = %(cycle)s AND r.custodian_id = %(unit)s AND r.unit_id <> %(unit)s
      AND r.$version IS NULL AND r.exempted_at IS NULL AND c.value IS NOT NULL
) v JOIN reporting_indicator i ON i.id = v.indicator_id
WHERE i.space = 'sum' AND (%(keys)s::text[] IS NULL OR i.key = ANY(%(keys)s))
GROUP BY i.key
""")


def sums_below(
    cycle: Cycle, *, unit_id: int, level: int, keys: Iterable[str] | None = None
) -> dict[str, Decimal]:
    """What the units below add up to by indicator key: accepted figures, and of those typed at this desk the cells with
    what the ledgers know."""
    if level >= Level.TOWNSHIP:
        return {}
    sql = BELOW.substitute(version=VERSION_COLUMN[Basis.LIVE], ancestor=ANCESTOR_FIELD[Level(level)])
    wanted = None if keys is None else list(keys)
    sums = dict(fetch(sql, {"cycle": cycle.pk, "unit": unit_id, "keys": wanted}))
    for key, number in _recorded_below(cycle, unit_id).items():
        if wanted is None or key in wanted:
            sums[key] = sums.get(key, Decimal(0)) + number
    return sums


def _recorded_below(cycle: Cycle, unit_id: int) -> dict[str, Decimal]:
    """台账数 of the reports whose cells count: typed at this desk, not yet accepted."""
    drafts = Report.objects.owed().filter(cycle=cycle, custodian=unit_id, live_version__isnull=True)
    ledger = ledger_of(drafts.exclude(unit=unit_id), layout_of(cycle.form_version))
    sums: dict[str, Decimal] = {}
    for numbers in ledger.numbers.values():
        for key, number in numbers.items():
            sums[key] = sums.get(key, Decimal(0)) + number
    return sums
