"""What makes a total: the unit's own figure and each child's, so that a page drills level by level."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from string import Template

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import ReportState
from reporting.models import Cycle, Indicator
from reporting.rollup.basis import Basis
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import VERSION_COLUMN, scope_of
from reporting.rollup.totals import fetch

#: The unit under the total's own to which a report contributes, by the total's level; levels may be skipped.
CHILD = {
    Level.PROVINCE: "COALESCE(r.city_id, r.county_id, r.unit_id)",
    Level.CITY: "COALESCE(r.county_id, r.unit_id)",
    Level.COUNTY: "r.unit_id",
    Level.TOWNSHIP: "r.unit_id",
}

#: The unit's own part is one row for each unit that reported it: through a lens those that merged into it stand apart.
CONTRIBUTIONS = Template("""
SELECT parts.child, parts.reporter, parts.value, parts.reporters, parts.reports,
       CASE WHEN parts.own_reports = 1 THEN parts.report END, CASE WHEN parts.own_reports = 1 THEN parts.state END
FROM (
    SELECT $child AS child, CASE WHEN r.unit_id = %(within)s THEN r.$reporter END AS reporter,
           sum(f.value) AS value, count(f.value) AS reporters, count(*) AS reports,
           count(*) FILTER (WHERE r.unit_id = $child) AS own_reports,
           min(r.id) FILTER (WHERE r.unit_id = $child) AS report,
           min(r.state) FILTER (WHERE r.unit_id = $child) AS state
    FROM $reports r
    LEFT JOIN reporting_figure f ON f.version_id = r.$version AND f.indicator_id = %(indicator)s
    WHERE r.cycle_id = %(cycle)s AND $scope GROUP BY 1, 2
) parts
""")


REPORTS = Template("SELECT r.id FROM $reports r WHERE r.cycle_id = %(cycle)s AND $scope")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One direct part of a total. ``value`` is ``None`` where nobody in that part has been accepted yet; ``reports``
    counts the reports that stand under it, ``reporters`` those that contribute. ``report_id`` is its own report, where
    it has just one. Through a lens, what a unit reported that has merged into this one stands apart (``is_merged``),
    and a group of what was divided (``is_group``) has a negative ``unit_id``."""

    unit_id: int
    unit_name: str
    level: Level
    is_own: bool
    is_merged: bool
    value: Decimal | None
    reporters: int
    reports: int
    report_id: int | None
    state: ReportState | None

    @property
    def is_group(self) -> bool:
        return self.unit_id < 0


def sources_of(
    cycle: Cycle, unit: OrgUnit, indicator: Indicator, basis: Basis, lens: Lens = THEN
) -> list[Contribution]:
    """The parts of ``unit``'s total of ``indicator``: its own report first, then each child in code order."""
    placed = placement(lens, [cycle])
    child = CHILD.get(Level(unit.level), "r.unit_id")
    sql = CONTRIBUTIONS.substitute(
        placed.words,
        child=f"CASE WHEN r.unit_id = %(within)s THEN r.unit_id ELSE {child} END",
        version=VERSION_COLUMN[basis],
        scope=scope_of(unit),
    )
    values = {
        "cycle": cycle.pk,
        "within": unit.pk,
        "indicator": indicator.pk,
        **placed.values,
    }
    rows = fetch(sql, values)
    day = lens.day or clock.local_day(cycle.opened_at)
    names = placed.names({pk for row in rows for pk in row[:2] if pk is not None}, day)
    rows.sort(key=lambda row: (row[0] != unit.pk, row[1] != unit.pk, names[row[1] or row[0]].code, row[0]))
    return [
        Contribution(
            unit_id=place,
            unit_name=names[reporter or place].name,
            level=names[place].level,
            is_own=place == unit.pk,
            is_merged=reporter is not None and reporter != place,
            value=value,
            reporters=reporters,
            reports=reports,
            report_id=report_id,
            state=ReportState(state) if state else None,
        )
        for place, reporter, value, reporters, reports, report_id, state in rows
    ]


def reports_within(cycle: Cycle, unit: OrgUnit, lens: Lens) -> list[int]:
    """The reports that ``lens`` places in the subtree of ``unit``."""
    placed = placement(lens, [cycle])
    sql = REPORTS.substitute(placed.words, scope=scope_of(unit))
    return [pk for (pk,) in fetch(sql, {"cycle": cycle.pk, "within": unit.pk, **placed.values})]
