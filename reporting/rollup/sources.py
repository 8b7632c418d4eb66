"""What makes a total: the unit's own figure and each child's, so that a page drills level by level."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from string import Template

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import ReportState
from reporting.models import Cycle, Indicator
from reporting.rollup.basis import Basis
from reporting.rollup.statements import VERSION_COLUMN, scope_of
from reporting.rollup.totals import fetch

#: The unit under the total's own to which a report contributes, by the total's level; levels may be skipped.
CHILD = {
    Level.PROVINCE: "COALESCE(r.city_id, r.county_id, r.unit_id)",
    Level.CITY: "COALESCE(r.county_id, r.unit_id)",
    Level.COUNTY: "r.unit_id",
    Level.TOWNSHIP: "r.unit_id",
}

CONTRIBUTIONS = Template("""
SELECT u.id, u.display_name, u.level, parts.value, parts.reporters, parts.expected, own.id, own.state
FROM (
    SELECT CASE WHEN r.unit_id = %(within)s THEN r.unit_id ELSE $child END AS child, sum(f.value) AS value,
           count(f.value) AS reporters, count(*) AS expected
    FROM reporting_report r
    LEFT JOIN reporting_figure f ON f.version_id = r.$version AND f.indicator_id = %(indicator)s
    WHERE r.cycle_id = %(cycle)s AND $scope GROUP BY 1
) parts
JOIN orgs_orgunit u ON u.id = parts.child
LEFT JOIN reporting_report own ON own.cycle_id = %(cycle)s AND own.unit_id = parts.child
ORDER BY u.id <> %(within)s, u.division_code
""")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One direct part of a total. ``value`` is ``None`` where nobody in that part has been accepted yet; ``reports``
    counts the reports that stand under it, ``reporters`` those that contribute."""

    unit_id: int
    unit_name: str
    level: Level
    is_own: bool
    value: Decimal | None
    reporters: int
    reports: int
    report_id: int | None
    state: ReportState | None


def sources_of(cycle: Cycle, unit: OrgUnit, indicator: Indicator, basis: Basis) -> list[Contribution]:
    """The parts of ``unit``'s total of ``indicator``: its own report first, then each child in code order."""
    sql = CONTRIBUTIONS.substitute(
        child=CHILD.get(Level(unit.level), "r.unit_id"), version=VERSION_COLUMN[basis], scope=scope_of(unit)
    )
    rows = fetch(sql, {"cycle": cycle.pk, "within": unit.pk, "indicator": indicator.pk})
    return [
        Contribution(
            unit_id=unit_id,
            unit_name=name,
            level=Level(level),
            is_own=unit_id == unit.pk,
            value=value,
            reporters=reporters,
            reports=reports,
            report_id=report_id,
            state=ReportState(state) if state else None,
        )
        for unit_id, name, level, value, reporters, reports, report_id, state in rows
    ]
