"""Choices counted by option, rows of tables added up by their key: what figures are to sums, these are to answers.

One statement each, over the versions that count on a basis; a locked cycle's official versions are what they were, so
that nothing more needs to be stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from string import Template

from orgs.models import OrgUnit
from reporting.choices import ValueKind
from reporting.models import Cycle, FormItem
from reporting.rollup.basis import Basis, basis_for
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import scope_of, version_of
from reporting.rollup.totals import fetch

#: One row a choice and option; NULL counts the reports that chose anything.
CHOSEN = Template("""
SELECT i.key, option, count(*) FROM $reports r
JOIN reporting_figure f ON f.version_id = $version
JOIN reporting_indicator i ON i.id = f.indicator_id AND i.key = ANY(%(keys)s)
CROSS JOIN LATERAL (SELECT unnest(string_to_array(f.text, ',')) UNION ALL SELECT NULL) options(option)
WHERE r.cycle_id = ANY(%(cycles)s) AND f.text <> '' AND $scope GROUP BY i.key, option
""")

#: One row a key of the table and column: how many rows say something there, and what the numbers add up to.
ROWS = Template("""
SELECT line ->> %(key_column)s, cell.key, count(*),
       sum(CASE WHEN cell.key = ANY(%(numeric)s) THEN cell.value::numeric END), count(DISTINCT r.unit_id)
FROM $reports r
JOIN reporting_figure f ON f.version_id = $version
JOIN reporting_indicator i ON i.id = f.indicator_id AND i.key = %(key)s
CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN f.text = '' THEN '[]' ELSE f.text END::jsonb) line
CROSS JOIN LATERAL jsonb_each_text(line) cell
WHERE r.cycle_id = ANY(%(cycles)s) AND $scope GROUP BY 1, 2
""")


@dataclass(slots=True)
class Chosen:
    """How often each option of a choice was taken; ``answered`` counts the reports that took any."""

    answered: int = 0
    options: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class RowTotal:
    """All rows with one key: in how many units, how many rows, and the sums of its numeric columns."""

    key: str
    units: int = 0
    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)


def choice_counts(
    cycle: Cycle,
    keys: Iterable[str],
    *,
    basis: Basis,
    within: OrgUnit | None = None,
    lens: Lens = THEN,
) -> dict[str, Chosen]:
    """Counts per option of some choices of ``cycle``, for ``within`` and everything below it."""
    found = {key: Chosen() for key in keys}
    placed = placement(lens, [cycle])
    sql = CHOSEN.substitute(placed.words, version=version_of("r"), scope=scope_of(within))
    for key, option, count in fetch(
        sql, _values(cycle, [cycle], basis, within, keys=list(found)) | placed.values
    ):
        if option is None:
            found[key].answered = count
        else:
            found[key].options[option] = count
    return found


def table_totals(
    cycle: Cycle,
    item: FormItem,
    *,
    basis: Basis,
    within: OrgUnit | None = None,
    until_now: bool = False,
    lens: Lens = THEN,
) -> list[RowTotal]:
    """The rows of a table of ``cycle`` added up by its key column, largest first; ``until_now`` of the year so far."""
    columns = list(item.columns.all())
    key_column = next((column.key for column in columns if column.is_key), None)
    if item.indicator.value_kind != ValueKind.TABLE or key_column is None:
        return []
    cycles = list(Cycle.objects.of_year_until(cycle)) if until_now else [cycle]
    placed = placement(lens, cycles)
    sql = ROWS.substitute(placed.words, version=version_of("r"), scope=scope_of(within))
    values = _values(cycle, cycles, basis, within, key=item.indicator.key) | {
        "key_column": key_column,
        "numeric": [column.key for column in columns if column.is_numeric],
    }
    found: dict[str, RowTotal] = {}
    for key, column, count, total, units in fetch(sql, values | placed.values):
        row = found.setdefault(key or "", RowTotal(key or ""))
        if column == key_column:
            row.rows, row.units = count, units
        elif total is not None:
            row.sums[column] = total
    return sorted(found.values(), key=lambda row: (-row.rows, row.key))


def _values(
    cycle: Cycle, cycles: list[Cycle], basis: Basis, within: OrgUnit | None, **more: object
) -> dict[str, object]:
    official = [
        one.pk for one in cycles if (basis if one.pk == cycle.pk else basis_for(one)) == Basis.OFFICIAL
    ]
    return {
        "cycles": [one.pk for one in cycles],
        "official_cycles": official,
        "within": within.pk if within is not None else None,
        **more,
    }
